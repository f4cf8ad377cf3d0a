"""Makes the first API key in the deployed stack, with the app's own code in the app's own environment."""

from __future__ import annotations

import subprocess

from local.clients import ACCOUNT, Clients
from local.preflight import APP_PYTHON
from local.progress import Failed
from local.settings import PROJECT, REGION


def create_key(clients: Clients, outputs: dict[str, str]) -> str:
    """A new key with every scope. Raises Failed."""
    done = subprocess.run(
        [str(APP_PYTHON), "-m", "local.make_key"],
        cwd=PROJECT,
        env={
            "AWS_ENDPOINT_URL": clients.endpoint_url,
            "AWS_ACCESS_KEY_ID": ACCOUNT,
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_DEFAULT_REGION": REGION,
            "RAPPORT_TABLE": outputs["TableName"],
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Failed(f"The API key could not be made:\n{done.stderr.strip()}")
    return done.stdout.split()[-1]
