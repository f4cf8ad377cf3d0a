"""The API Gateway authorizer: an API key becomes a principal with scopes.

API Gateway caches the answer by token for a minute, policy included, so the policy allows every path or
none; each route then checks its own scope in code (kernel/http/answering.py). A key that opens nothing is
refused by policy, which API Gateway answers with 401 (infra/api.yaml), rather than by an exception: it is
cached too, and a caller's mistake is no error of the function, so it rings no alarm.
"""

from __future__ import annotations

from chalice.app import AuthRequest, AuthResponse, Blueprint

from chalicelib.access import service as access
from chalicelib.kernel import ids, telemetry

blueprint = Blueprint(__name__)
CACHED_SECONDS = 60


@blueprint.authorizer(ttl_seconds=CACHED_SECONDS, name="authorizer")
def authorizer(request: AuthRequest) -> AuthResponse:
    """Let in who sends `Bearer rk_…` with a key that is valid now."""
    scheme, _, text = request.token.partition(" ")
    key = access.authenticate(text.strip(), ids.now()) if scheme.lower() == "bearer" else None
    telemetry.logger.info("authorized" if key else "refused", key_id=key.id if key else None)
    if key is None:
        return AuthResponse(routes=[], principal_id="nobody")
    return AuthResponse(routes=["*"], principal_id=key.id, context={"scopes": " ".join(key.scopes)})
