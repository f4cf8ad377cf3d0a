"""A local cloud for the tests: one of their own, or the running one that RAPPORT_E2E_CLOUD names."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import pytest

from local.preflight import free_port
from local.settings import ENFORCE_IAM, PROJECT

PYTHON = PROJECT / ".venv-cloud" / "bin" / "python"

ENDING_WITH_US = """
import ctypes, os, sys
ctypes.CDLL(None).prctl(1, 15)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""
"""Has Linux stop the program (PR_SET_PDEATHSIG, SIGTERM) when the tests end, however they are killed."""


@dataclass(frozen=True)
class Cloud:
    """A running cloud, by its cloud.json."""

    file: Path

    @property
    def addresses(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.file.read_text(encoding="utf-8"))
        return found


@dataclass(frozen=True)
class OwnCloud(Cloud):
    """A cloud that we may stop and start; `environment` tells its commands which one is meant."""

    environment: dict[str, str]
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def up(self, *, demo: bool = False) -> None:
        """Start it, and return when it is ready."""
        self.file.unlink(missing_ok=True)
        log_file = self.file.with_name("up.log")
        with log_file.open("wb") as log:
            options = [] if demo else ["--no-seed"]
            process = self._start("-c", ENDING_WITH_US, "-m", "local", "up", *options, output=log)
        self.processes.append(process)
        while not self.file.exists():
            assert process.poll() is None, f"the cloud did not start:\n{log_file.read_text()}"
            time.sleep(0.1)

    def down(self) -> None:
        """Stop it, so that it keeps its data."""
        self._start("-m", "local", "down", output=subprocess.DEVNULL).wait()
        status = self.processes.pop().wait()
        assert status == 0, f"the cloud stopped with status {status}"

    def _start(self, *arguments: str, output: int | IO[bytes]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [str(PYTHON), *arguments],
            cwd=PROJECT,
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # a Ctrl-C is the tests' own; they stop the cloud
        )


def own(folder: Path, *, enforce_iam: bool = False) -> OwnCloud:
    """A cloud of our own, not started yet: its folder, and ports that nobody uses."""
    ports = {f"RAPPORT_LOCAL_{name}": str(free_port()) for name in ("PORT", "SMTP_PORT", "CLOUD_PORT")}
    roles = {ENFORCE_IAM: "yes" if enforce_iam else "no"}
    return OwnCloud(folder / "cloud.json", {"RAPPORT_LOCAL_DIR": str(folder), **ports, **roles})


@contextmanager
def running(folder: Path, *, demo: bool = False) -> Iterator[Cloud]:
    """The cloud that RAPPORT_E2E_CLOUD names, or one of our own in a folder, while it is needed.

    In one of our own each function may do only what its role allows, as on AWS.
    """
    named = os.environ.get("RAPPORT_E2E_CLOUD")
    if named:
        yield Cloud(Path(named))
        return
    if platform.system() != "Linux":
        pytest.skip("the local cloud needs Linux")
    assert PYTHON.exists(), "the local cloud is not installed: make test, or make .venv-cloud/installed"
    made = own(folder, enforce_iam=True)
    made.up(demo=demo)
    yield made
    made.down()
