"""What anybody may read: health, the OpenAPI document, its page; and what a browser asks before it calls."""

from __future__ import annotations

import re

from tests.e2e.caller import Caller


def test_health(anybody: Caller) -> None:
    answer = anybody.get("/v1/health")
    assert answer.ok()["status"] == "ok"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_openapi_document_says_where_the_api_is(anybody: Caller) -> None:
    document = anybody.get("/v1/openapi.json").ok()
    assert document["openapi"].startswith("3.1")
    assert document["servers"] == [{"url": anybody.base_url}]
    assert "post" in document["paths"]["/v1/customers"]


def test_the_page_loads_what_it_names(anybody: Caller) -> None:
    answer = anybody.get("/docs")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/html")
    files = re.findall(r'(?:href|src)="(docs/[^"]+)"', answer.content.decode())
    assert files
    for file in files:
        loaded = anybody.get(f"/{file}")
        assert loaded.status == 200
        assert loaded.content


def test_a_browser_may_call_from_another_origin(anybody: Caller) -> None:
    asks = {
        "Origin": "https://shop.example",
        "Access_Control_Request_Method": "POST",
        "Access_Control_Request_Headers": "authorization",
    }
    answer = anybody.call("OPTIONS", "/v1/customers", None, asks)
    assert answer.status in {200, 204}
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert "authorization" in answer.headers["access-control-allow-headers"].lower()
