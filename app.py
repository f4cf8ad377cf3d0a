"""The Chalice app: mounts every feature (chalicelib/features.py). No logic."""

from __future__ import annotations

import os
from pathlib import Path

from chalicelib.features import FEATURES, WORKERS
from chalicelib.kernel.http.application import Application
from chalicelib.kernel.http.edge import edge
from chalicelib.kernel.work import Work


def require_actor(work: Work) -> None:
    """Commit only if the member of staff whom the caller acts for exists."""
    from chalicelib.access import service as access

    access.require_actor(work)


app = Application("rapport", FEATURES, guard=require_actor)
app.register_middleware(edge, "http")
if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:  # there this function answers HTTP, and nothing else
    app.mount_late(Path(__file__).with_name("routes.json"))
else:
    from chalicelib.access import authorizer

    app.register_blueprint(authorizer.blueprint)
    app.mount_all(authorizer.authorizer, WORKERS)
