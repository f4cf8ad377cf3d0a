"""A local cloud for the tests: one of their own, or the running one that RAPPORT_E2E_CLOUD names."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.preflight import free_port
from local.settings import PROJECT

PYTHON = PROJECT / ".venv-cloud" / "bin" / "python"


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

    def up(self, *, demo: bool = False) -> None:
        """Start it, and return when it is ready."""
        self._run("up", "--detach", *([] if demo else ["--no-seed"]))

    def down(self) -> None:
        self._run("down")

    def _run(self, *arguments: str) -> None:
        done = subprocess.run(
            [str(PYTHON), "-m", "local", *arguments],
            cwd=PROJECT,
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"`local {' '.join(arguments)}` failed:\n{done.stdout}"


def own(folder: Path) -> OwnCloud:
    """A cloud of our own, not started yet: its folder, and ports that nobody uses."""
    ports = {f"RAPPORT_LOCAL_{name}": str(free_port()) for name in ("PORT", "SMTP_PORT", "CLOUD_PORT")}
    return OwnCloud(folder / "cloud.json", {"RAPPORT_LOCAL_DIR": str(folder), **ports})
