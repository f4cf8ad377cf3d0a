"""The Chalice app: mounts every feature. No logic."""

from __future__ import annotations

from chalice.app import Chalice

from chalicelib import timers
from chalicelib.access import routes as access
from chalicelib.access.authorizer import authorizer
from chalicelib.access.authorizer import blueprint as authorizer_blueprint
from chalicelib.access.service import require_actor
from chalicelib.customers import routes as customers
from chalicelib.feedback import routes as feedback
from chalicelib.feedback import worker as feedback_worker
from chalicelib.kernel import publisher
from chalicelib.kernel.http.docs import docs_routes
from chalicelib.kernel.http.edge import edge
from chalicelib.mail import routes as mail
from chalicelib.mail import worker as mail_workers
from chalicelib.support import routes as support
from chalicelib.support import worker as support_workers
from chalicelib.timeline import routes as timeline

features = [
    access.routes,
    customers.routes,
    timeline.routes,
    mail.routes,
    support.routes,
    feedback.routes,
]
features.append(docs_routes(lambda: [route for feature in features for route in feature.table]))

app = Chalice(app_name="rapport", configure_logs=False)
app.api.binary_types.clear()  # bodies are text both ways; files go by presigned links
app.register_middleware(edge, "http")
app.register_blueprint(authorizer_blueprint)
for feature in features:
    app.register_blueprint(feature.blueprint(authorizer, require_actor))
for workers in (publisher, feedback_worker, mail_workers, support_workers, timers):
    app.register_blueprint(workers.worker)
