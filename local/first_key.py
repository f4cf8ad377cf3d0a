"""Makes the first API key in the deployed stack."""

from __future__ import annotations

import secrets

from local.clients import Clients


def create_key(_clients: Clients, _outputs: dict[str, str]) -> str:
    """A key that nothing checks yet."""
    return f"rk_{secrets.token_hex(24)}"
