"""What the app is made of: each feature's routes, and the workers that run beside it. Names, for app.py."""

from __future__ import annotations

FEATURES = (
    "chalicelib.access.routes",
    "chalicelib.organisations.routes",
    "chalicelib.customers.routes",
    "chalicelib.customers.member_routes",
    "chalicelib.customers.field_routes",
    "chalicelib.directory.routes",
    "chalicelib.timeline.routes",
    "chalicelib.consent.routes",
    "chalicelib.transfer.routes",
    "chalicelib.transfer.export_routes",
    "chalicelib.knowledge.routes",
    "chalicelib.knowledge.public_routes",
    "chalicelib.knowledge.page_routes",
    "chalicelib.hours.routes",
    "chalicelib.templates.routes",
    "chalicelib.mail.routes",
    "chalicelib.sla.routes",
    "chalicelib.mail.mailbox_routes",
    "chalicelib.support.routes",
    "chalicelib.support.article_routes",
    "chalicelib.support.due_routes",
    "chalicelib.rules.routes",
    "chalicelib.support.rule_routes",
    "chalicelib.support.view_routes",
    "chalicelib.macros.routes",
    "chalicelib.notices.routes",
    "chalicelib.feedback.routes",
    "chalicelib.privacy.routes",
    "chalicelib.subscriptions.routes",
    "chalicelib.subscriptions.choice_routes",
    "chalicelib.tasks.routes",
    "chalicelib.duplicates.routes",
    "chalicelib.overview.routes",
    "chalicelib.webhooks.routes",
    "chalicelib.about",
)
"""Modules that have `routes`."""

WORKERS = (
    "chalicelib.kernel.publisher",
    "chalicelib.directory.worker",
    "chalicelib.duplicates.worker",
    "chalicelib.mail.worker",
    "chalicelib.webhooks.worker",
    "chalicelib.support.worker",
    "chalicelib.support.index_worker",
    "chalicelib.feedback.worker",
    "chalicelib.notices.worker",
    "chalicelib.overview.worker",
    "chalicelib.timers",
    "chalicelib.jobs",
)
"""Modules that have a `worker`; each is a function of its own, which Lambda does not reach through app.py."""
