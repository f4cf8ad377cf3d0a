"""The app as a whole: what importing it costs, and how many AWS calls a request makes (the budgets)."""

from __future__ import annotations

import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import chalicelib
from tests.api import Api
from tests.calls import counted

ROOT = Path(__file__).parent.parent
MODULES = [module.name for module in pkgutil.walk_packages(chalicelib.__path__, "chalicelib.")]
LATE = (
    "aws_lambda_powertools.event_handler",
    "aws_lambda_powertools.utilities.batch",
    "aws_lambda_powertools.utilities.data_classes",
    "aws_lambda_powertools.utilities.idempotency",
    "aws_lambda_powertools.utilities.parser",
    "aws_xray_sdk",
    "charset_normalizer",
    "email_validator",
    "inscriptis",
    "lxml",
    "nh3",
    "phonenumbers",
    "pydantic_settings",
)
"""What few requests need, and all would pay for at a cold start."""


def _python(code: str) -> str:
    """Run code in a fresh interpreter that knows nothing of AWS, of us, or of a network."""
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    no_network = (
        "import socket\n"
        "def refuse(*_): raise AssertionError('it calls the network')\n"
        "socket.socket.connect = socket.getaddrinfo = refuse\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", no_network + code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_module_imports_without_aws_environment_or_network() -> None:
    assert len(MODULES) > 30
    _python("import importlib\n" + f"for name in {MODULES!r}: importlib.import_module(name)")


@pytest.mark.parametrize(
    "handler",
    ["app", "chalicelib.access.authorizer", "chalicelib.kernel.publisher"],
)
def test_a_handler_imports_nothing_that_few_requests_need(handler: str) -> None:
    loaded = _python(f"import sys, {handler}; print(*sys.modules)").split()
    assert sorted(set(loaded) & set(LATE)) == []


def test_no_client_is_made_at_import() -> None:
    made = "sum(getattr(aws, name).cache_info().currsize for name in ('dynamodb', 'sqs', 's3', 'ssm'))"
    assert _python(f"import app; from chalicelib.kernel import aws; print({made})") == "0\n"


def test_calls_of_requests_about_customers(api: Api) -> None:
    api.get("/v1/openapi.json").ok()  # reads the custom fields' definitions, once in half a minute
    with counted() as calls:
        ada = api.post(
            "/v1/customers", {"name": "Ada", "emails": ["ada@example.org"]}, Idempotency_Key="k"
        ).ok(201)
    assert calls == ["TransactWriteItems"], "create: 1"
    url = f"/v1/customers/{ada['id']}"
    with counted() as calls:
        api.get(url).ok()
    assert calls == ["GetItem"], "GET by id: 1"
    with counted() as calls:
        api.patch(url, {"company": "Engines"}).ok()
    assert calls == ["GetItem", "TransactWriteItems"], "PATCH: 2"
    with counted() as calls:
        api.get("/v1/customers?email=ada@example.org").ok()
    assert calls == ["GetItem", "GetItem"], "look-up by identity: 2"
    with counted() as calls:
        api.post("/v1/customers", {"name": "Ada", "emails": ["ada@example.org"]}, Idempotency_Key="k").ok(201)
    assert calls == ["TransactWriteItems"], "replay: 1"


def test_calls_of_requests_about_timelines(api: Api) -> None:
    ada = api.post("/v1/customers", {"name": "Ada"}).ok(201)
    url = f"/v1/customers/{ada['id']}"
    with counted() as calls:
        api.post(f"{url}/interactions", {"channel": "fax", "direction": "inbound", "summary": "x"}).ok(201)
    assert calls == ["TransactWriteItems"], "log an interaction: 1"
    api.get(f"{url}/timeline?limit=1").ok()  # reads the secret for its cursor, once in a process
    with counted() as calls:
        api.get(f"{url}/timeline?limit=1").ok()
    assert calls == ["Query"], "timeline page: 1"


def test_a_bad_request_and_health_call_nothing(api: Api) -> None:
    with counted() as calls:
        api.post("/v1/customers", "{").problem(400, "invalid_json")
        api.get("/v1/customers/x").problem(404, "not_found")
        api.get("/v1/health").ok()
    assert calls == []
    with counted() as calls:
        api.get("/v1/openapi.json").ok()
        api.get("/v1/openapi.json").ok()
    assert calls == [], "the custom fields are kept for half a minute"
