"""Runs tests with the table on DynamoDB Local: `python -m tests.dynamodb_local [ARGS of pytest]`.

Without arguments these are all that touch the table, in two processes, each folder with an engine of its own:
after thousands of tables, made and deleted, one needs thirty times as long for everything. Where Java or npm
is missing it says so and does nothing. CI never runs it: the engine is fetched, and its licence asks for an
AWS account.
"""

from __future__ import annotations

import os
import subprocess
import sys

from bench.dynamodb_local import Missing, running
from bench.report import progress
from infra.build import ROOT
from tests.engine import URL

LEFT_OUT = {"bench", "browser", "clients", "docs", "e2e", "infra", "intruders", "local"}
"""Folders of tests that have no table, a whole local cloud of their own, or look into moto's."""


def folders() -> list[str]:
    """The folders of the tests that are to run."""
    found = (path.parent.name for path in (ROOT / "tests").glob("*/__init__.py"))
    return [f"tests/{name}" for name in sorted(set(found) - LEFT_OUT)]


def main(arguments: list[str]) -> int:
    """Pytest's exit code, the highest of all; 0 where the engine cannot run."""
    runs = [arguments] if arguments else [["-n", "2", folder] for folder in folders()]
    try:
        return max(_run(arguments) for arguments in runs)
    except Missing as missing:
        progress(f"skipped, nothing was tested: {missing}")
        return 0


def _run(arguments: list[str]) -> int:
    with running() as url:
        progress(f"pytest {' '.join(arguments)}")
        command = [sys.executable, "-m", "pytest", *arguments]
        return subprocess.run(command, cwd=ROOT, env={**os.environ, URL: url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
