"""Builds the real deployment package for this machine, and only when its sources changed."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

from infra.turns import turn
from local.preflight import APP_PYTHON
from local.progress import Failed
from local.settings import PROJECT, Settings

BUILT = PROJECT / "build" / "local"
SOURCES = ("app.py", "requirements.txt", "chalicelib", "infra", ".chalice/config.json")


def fingerprint(files: Iterable[Path], root: Path) -> str:
    """A hash of the files' names and contents, in the order of their names."""
    digest = hashlib.sha256()
    for file in sorted(files):
        content = file.read_bytes()
        digest.update(f"{file.relative_to(root)}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def source_files(root: Path = PROJECT) -> list[Path]:
    """The files that the package and its template are made from."""
    found: list[Path] = []
    for name in SOURCES:
        path = root / name
        inside = path.rglob("*") if path.is_dir() else [path]
        found += [file for file in inside if file.is_file() and "__pycache__" not in file.parts]
    return found


def build(settings: Settings) -> bool:
    """Build unless build/local is of these sources already; True when it was built. Raises Failed.

    Clouds of one project share the build, so the second waits for the first, and finds it done.
    """
    with turn(PROJECT / "build" / "local.lock"):
        current = fingerprint(source_files(), PROJECT)
        mark = BUILT / "sources.sha256"
        if (
            mark.exists()
            and mark.read_text(encoding="ascii") == current
            and (BUILT / "template.json").exists()
        ):
            return False
        _run(settings.directory / "build.log")
        mark.write_text(current, encoding="ascii")
        return True


def _run(log_file: Path) -> None:
    """Build in the app's environment. Raises Failed."""
    with log_file.open("wb") as log:
        done = subprocess.run(
            [str(APP_PYTHON), "-m", "infra.build", "--target", "local"],
            cwd=PROJECT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode:
        said = log_file.read_text(encoding="utf-8", errors="replace")
        raise Failed(f"The package could not be built ({log_file}):\n{said[-4000:].strip()}")
