"""The package for AWS, as `make package` leaves it in build/aws; built when it is missing or out of date."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from infra.build import ROOT, build

FOLDER = ROOT / "build" / "aws"
SOURCES = ("app.py", "requirements.txt", ".chalice/*.json", "chalicelib/**/*.py", "infra/*.*")


def package() -> Path:
    """The package's zip. Raises infra.build.BuildFailed."""
    made = FOLDER / "deployment.zip"
    newest = max(path.stat().st_mtime for pattern in SOURCES for path in ROOT.glob(pattern))
    if not made.exists() or made.stat().st_mtime < newest:
        build("aws", FOLDER)
    return made


def template() -> dict[str, Any]:
    """The template that is deployed."""
    package()
    found: dict[str, Any] = json.loads((FOLDER / "template.json").read_text())
    return found
