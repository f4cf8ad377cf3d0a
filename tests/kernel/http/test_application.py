"""The app mounts its features all at once, or each with the first request for it."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.features import FEATURES
from chalicelib.kernel.http.application import Application, serving
from tests.api import match, proxy_event

HEALTH, KEYS = "chalicelib.about", "chalicelib.access.routes"


def _unguarded(work: Any) -> None:
    return


def _asked(app: Application, method: str, path: str) -> int:
    route = match(path)
    assert route is not None
    context = SimpleNamespace(aws_request_id="1", function_name="api")
    return int(app(proxy_event(method, path, "", route, None, {}), context)["statusCode"])


@pytest.fixture
def index(tmp_path: Path) -> Path:
    path = tmp_path / "routes.json"
    path.write_text(json.dumps(serving(FEATURES)))
    return path


def _late(index: Path) -> Application:
    app = Application("test", FEATURES, guard=_unguarded)
    app.mount_late(index)
    return app


def test_nothing_is_mounted_before_it_is_asked_for(index: Path) -> None:
    assert _late(index).routes == {}


def test_a_request_mounts_its_own_feature(index: Path) -> None:
    app = _late(index)
    assert _asked(app, "GET", "/v1/health") == 200
    assert set(app.routes) == {"/v1/health", "/v1/openapi.json", "/docs", "/docs/{asset}"}
    assert _asked(app, "GET", "/v1/health") == 200


def test_features_that_share_a_path_come_one_by_one(index: Path) -> None:
    app = _late(index)
    assert _asked(app, "POST", "/v1/customers") == 401
    assert "GET" not in app.routes["/v1/customers"]
    assert _asked(app, "GET", "/v1/customers") == 401


def test_what_the_index_does_not_know_mounts_all_and_is_refused(index: Path) -> None:
    app = _late(index)
    assert _asked(app, "DELETE", "/v1/health") == 405
    assert _asked(app, "GET", "/v1/keys") == 401


def test_without_an_index_everything_is_mounted(tmp_path: Path) -> None:
    app = _late(tmp_path / "none.json")
    paths = {route.partition(" ")[2] for route in serving(FEATURES)}
    assert set(app.routes) == paths


def test_each_route_is_served_by_one_feature() -> None:
    listed = serving(FEATURES)
    assert listed["GET /v1/health"] == HEALTH
    assert listed["POST /v1/keys"] == KEYS
