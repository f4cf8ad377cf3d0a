"""Every packaged handler works in a fresh interpreter with only boto3 beside the package, as in Lambda."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.infra.package import Package

EVENTS = Path(__file__).parent.parent / "events"


def test_every_handler_imports(package: Package) -> None:
    handlers = {function["Handler"] for function in package.functions().values()}
    assert len(handlers) == 8
    for handler in sorted(handlers):
        package.run(handler, None)


def test_the_interpreter_sees_nothing_else(package: Package) -> None:
    with pytest.raises(subprocess.CalledProcessError) as failed:
        package.run("pytest.main", None)
    assert "No module named 'pytest'" in failed.value.__notes__[0]


def test_health_answers_without_any_cloud(package: Package) -> None:
    event = json.loads((EVENTS / "api_health.json").read_text())
    answer = package.run("app.app", event)
    assert answer["statusCode"] == 200
