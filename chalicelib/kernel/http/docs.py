"""The API's own pages: health, the OpenAPI document, and a readable page of it at /docs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any

from pydantic import StringConstraints

from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.http import openapi
from chalicelib.kernel.http.routes import Link, Raw, Route, Routes
from chalicelib.kernel.model import Model

_ASSETS = {"swagger-ui-bundle.min.js": "text/javascript", "swagger-ui.min.css": "text/css"}
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Rapport API</title>
<link rel="stylesheet" href="docs/swagger-ui.min.css">
</head>
<body>
<div id="page"></div>
<script src="docs/swagger-ui-bundle.min.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""
_START = 'SwaggerUIBundle({url: "v1/openapi.json", dom_id: "#page", deepLinking: true});\n'
_POLICY = {
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "frame-ancestors 'none'"
}
_CACHED = {**_POLICY, "Cache-Control": "public, max-age=86400"}


class Health(Model):
    status: str
    version: str


def docs_routes(
    described: Callable[[], Iterable[Route]], extended_by: Iterable[Callable[[dict[str, Any]], None]] = ()
) -> Routes:
    """The routes that describe the routes; `extended_by` add to the document what this business defined."""
    routes = Routes("About", __name__)

    @routes.get("/v1/health", public=True)
    def read_health() -> Health:
        """Say that the API answers. It calls nothing else, so it stays up when the table does not."""
        return Health(status="ok", version=openapi.VERSION)

    @routes.get("/v1/openapi.json", public=True, content=("application/json",))
    def read_openapi(link: Link) -> Raw:
        """The OpenAPI 3.1 document of this API."""
        document = openapi.document(described(), link(""))
        for extend in extended_by:
            extend(document)
        text = json.dumps(document, ensure_ascii=False)
        return Raw(text, "application/json", {"Cache-Control": "public, max-age=300"})

    @routes.get("/docs", public=True)
    def read_docs() -> Raw:
        """Show the API as a readable page."""
        return Raw(_PAGE, "text/html; charset=utf-8", _POLICY)

    @routes.get("/docs/{asset}", public=True, content=tuple(sorted({*_ASSETS.values()})))
    def read_docs_asset(asset: Annotated[str, StringConstraints(max_length=100)]) -> Raw:
        """The scripts and styles of the page."""
        if asset == "start.js":
            return Raw(_START, "text/javascript", _CACHED)
        if asset not in _ASSETS:
            raise NotFound("There is no such asset.")
        return Raw(_swagger_ui(asset), _ASSETS[asset], _CACHED)

    return routes


def _swagger_ui(asset: str) -> str:
    """Powertools ships Swagger UI; we read the file without importing its event handler."""
    import aws_lambda_powertools

    folder = Path(aws_lambda_powertools.__file__).parent / "event_handler" / "openapi" / "swagger_ui"
    return (folder / asset).read_text(encoding="utf-8")
