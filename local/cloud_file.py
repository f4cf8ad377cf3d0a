"""`.local/cloud.json`: the addresses of the running cloud, for people, tests and programs."""

from __future__ import annotations

import json
import os
from typing import Any

from local.settings import HOST, REGION, SUPPORT_ADDRESS, Settings

SUMMARY = (
    ("API", "api_url"),
    ("Documentation", "docs_url"),
    ("Outbox", "outbox_url"),
    ("API key", "api_key"),
)


def addresses(settings: Settings, api_key: str, outputs: dict[str, str]) -> dict[str, Any]:
    """What the file holds; `outputs` are the stack's: queue URLs, names of table, bus and bucket."""
    return {
        "api_url": settings.api_url,
        "api_key": api_key,
        "smtp_host": HOST,
        "smtp_port": settings.ports.smtp,
        "support_address": SUPPORT_ADDRESS,
        "outbox_url": f"{settings.api_url}/outbox",
        "docs_url": f"{settings.api_url}/docs",
        "endpoint_url": settings.endpoint_url,
        "region": REGION,
        "outputs": outputs,
    }


def write(settings: Settings, found: dict[str, Any]) -> None:
    """Write the file in one step; only its owner may read it, since it holds the key."""
    draft = settings.cloud_file.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
        json.dump(found, opened, indent=2)
    draft.replace(settings.cloud_file)


def read(settings: Settings) -> dict[str, Any] | None:
    """What a running cloud wrote, None when none runs."""
    try:
        found: dict[str, Any] = json.loads(settings.cloud_file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return found


def summary(found: dict[str, Any]) -> str:
    """The addresses for people."""
    rows = [(title, found[name]) for title, name in SUMMARY]
    rows.insert(
        3, ("Mail to", f"{found['support_address']} by SMTP at {found['smtp_host']}:{found['smtp_port']}")
    )
    return "\n".join(f"  {title:<14} {value}" for title, value in rows)
