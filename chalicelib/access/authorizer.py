"""The API Gateway authorizer: an API key becomes a principal with scopes.

API Gateway caches the answer by token for a minute, policy included, so the policy allows every path;
each route then checks its own scope in code (kernel/http/answering.py).
"""

from __future__ import annotations

from chalice.app import AuthRequest, AuthResponse, Blueprint

from chalicelib.access import service as access
from chalicelib.kernel import ids, telemetry

blueprint = Blueprint(__name__)
CACHED_SECONDS = 60


class Unauthorized(Exception):
    """API Gateway answers 401 to this very text."""

    def __init__(self) -> None:
        super().__init__("Unauthorized")


@blueprint.authorizer(ttl_seconds=CACHED_SECONDS, name="authorizer")
def authorizer(request: AuthRequest) -> AuthResponse:
    """Raises Unauthorized unless the header is `Bearer rk_…` with a key that is valid now."""
    scheme, _, text = request.token.partition(" ")
    key = access.authenticate(text.strip(), ids.now()) if scheme.lower() == "bearer" else None
    telemetry.logger.info("authorized" if key else "refused", key_id=key.id if key else None)
    if key is None:
        raise Unauthorized
    return AuthResponse(routes=["*"], principal_id=key.id, context={"scopes": " ".join(key.scopes)})
