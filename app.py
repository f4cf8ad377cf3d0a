"""The Chalice app: mounts every feature. No logic."""

from __future__ import annotations

import os
from importlib import import_module

from chalice.app import Chalice

from chalicelib.access import routes as access
from chalicelib.access.authorizer import authorizer
from chalicelib.access.authorizer import blueprint as authorizer_blueprint
from chalicelib.access.service import require_actor
from chalicelib.consent import routes as consent
from chalicelib.customers import field_routes as fields
from chalicelib.customers import member_routes as members
from chalicelib.customers import routes as customers
from chalicelib.customers.field_schemas import extend as describe_fields
from chalicelib.directory import routes as directory
from chalicelib.duplicates import routes as duplicates
from chalicelib.feedback import routes as feedback
from chalicelib.kernel.http.docs import docs_routes
from chalicelib.kernel.http.edge import edge
from chalicelib.mail import routes as mail
from chalicelib.organisations import routes as organisations
from chalicelib.overview import routes as overview
from chalicelib.privacy import routes as privacy
from chalicelib.subscriptions import routes as subscriptions
from chalicelib.support import routes as support
from chalicelib.tasks import routes as tasks
from chalicelib.timeline import routes as timeline
from chalicelib.transfer import export_routes as exports
from chalicelib.transfer import routes as imports
from chalicelib.webhooks import routes as webhooks

features = [
    access.routes,
    organisations.routes,
    customers.routes,
    members.routes,
    fields.routes,
    directory.routes,
    timeline.routes,
    consent.routes,
    imports.routes,
    mail.routes,
    support.routes,
    feedback.routes,
    privacy.routes,
    subscriptions.routes,
    tasks.routes,
    duplicates.routes,
    exports.routes,
    overview.routes,
    webhooks.routes,
]
features.append(
    docs_routes(
        lambda: [route for feature in features for route in feature.table], extended_by=[describe_fields]
    )
)

WORKERS = (
    "chalicelib.kernel.publisher",
    "chalicelib.directory.worker",
    "chalicelib.duplicates.worker",
    "chalicelib.mail.worker",
    "chalicelib.webhooks.worker",
    "chalicelib.support.worker",
    "chalicelib.feedback.worker",
    "chalicelib.overview.worker",
    "chalicelib.timers",
    "chalicelib.jobs",
)
"""Modules that are mounted for who builds the package, and for tests."""

app = Chalice(app_name="rapport", configure_logs=False)
app.api.binary_types.clear()  # bodies are text both ways; files go by presigned links
app.register_middleware(edge, "http")
app.register_blueprint(authorizer_blueprint)
for feature in features:
    app.register_blueprint(feature.blueprint(authorizer, require_actor))
if "AWS_LAMBDA_FUNCTION_NAME" not in os.environ:  # there each worker is a function, and this one answers HTTP
    for module in WORKERS:
        app.register_blueprint(import_module(module).worker)
