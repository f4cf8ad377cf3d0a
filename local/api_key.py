"""The developer's API key: made once, kept in the cloud's folder, made anew when the API does not know it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from local.client import Client
from local.settings import Settings

PROBE = "/v1/customers?limit=1"
"""A cheap request that needs a key."""


def ensure_api_key(settings: Settings, create: Callable[[], str]) -> str:
    """The kept key, if the API takes it, else a new one from `create`, kept for the next start."""
    file = settings.directory / "api-key"
    kept = file.read_text(encoding="ascii").strip() if file.exists() else ""
    if kept and Client(settings.api_url, kept).get(PROBE).status not in {401, 403}:
        return kept
    key = create()
    _write_private(file, key)
    return key


def _write_private(file: Path, text: str) -> None:
    """Write a file that only its owner may read, from its first byte on."""
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
        opened.write(text + "\n")
