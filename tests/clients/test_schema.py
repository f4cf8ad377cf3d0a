"""Schemathesis makes up thousands of requests from the document, and finds nothing that is not as it says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from local.settings import PROJECT
from tests.e2e.clouds import Cloud

SETTINGS = Path(__file__).with_name("schemathesis.toml")
DOCUMENT = PROJECT / "docs" / "openapi.json"


def test_the_api_is_as_its_document_says(cloud: Cloud, pytestconfig: pytest.Config, tmp_path: Path) -> None:
    found = cloud.addresses
    options = [
        *("--url", found["api_url"]),
        *("--header", f"Authorization: Bearer {found['api_key']}"),
        *("--phases", "examples,coverage,fuzzing,stateful"),
        *("--max-examples", str(pytestconfig.getoption("--examples"))),
        *("--max-time", str(pytestconfig.getoption("--seconds"))),
        *("--seed", pytestconfig.getoption("--random")),
        *("--request-timeout", "30"),
        *("--report", "ndjson", "--report-dir", str(tmp_path)),
        "--continue-on-failure",
        "--no-shrink",
    ]
    program = Path(sys.executable).with_name("schemathesis")
    done = subprocess.run(
        [program, "--config-file", SETTINGS, "run", DOCUMENT, *options], cwd=PROJECT, check=False
    )
    assert done.returncode == 0, "schemathesis found failures: see above"
