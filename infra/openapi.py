"""Writes docs/openapi.json from the routes: `python -m infra.openapi`; with `--check` it only compares."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from chalicelib.about import described
from chalicelib.kernel.http.openapi import document

PATH = Path(__file__).parent.parent / "docs" / "openapi.json"


def text() -> str:
    """The document as it is committed: relative to wherever the API is."""
    return json.dumps(document(described(), "/"), indent=1, ensure_ascii=False) + "\n"


def main() -> int:
    """The command line; exit code 1 when `--check` finds a difference."""
    if "--check" in sys.argv[1:]:
        same = PATH.exists() and PATH.read_text(encoding="utf-8") == text()
        print("docs/openapi.json is", "up to date" if same else "old: run python -m infra.openapi")
        return 0 if same else 1
    PATH.parent.mkdir(exist_ok=True)
    PATH.write_text(text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
