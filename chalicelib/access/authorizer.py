"""Temporary."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint

blueprint = Blueprint(__name__)


@blueprint.authorizer(ttl_seconds=60, name="authorizer")
def authorizer(request: Any) -> Any:
    from chalice.app import AuthResponse

    print("authorizer")
    return AuthResponse(routes=["*"] if request.token == "Bearer yes" else [], principal_id="x")
