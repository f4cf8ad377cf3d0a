"""Makes a client from the API's document by openapi-python-client, and reaches its parts by name."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from local.settings import PROJECT

PACKAGE = "strange_client"


def make(folder: Path) -> None:
    """Write the package into a folder. Fails when the generator would leave anything out."""
    settings = folder / "settings.json"
    settings.write_text(json.dumps({"post_hooks": []}), encoding="utf-8")
    command: list[str | Path] = [
        *(Path(sys.executable).with_name("openapi-python-client"), "generate", "--fail-on-warning"),
        *("--path", PROJECT / "docs" / "openapi.json", "--output-path", folder / PACKAGE),
        *("--meta", "none", "--config", settings),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


class Client:
    """The client of somebody with a key: operations by `tag.operation`, bodies as plain data."""

    def __init__(self, url: str, key: str) -> None:
        self._made = import_module(PACKAGE).AuthenticatedClient(
            base_url=url, token=key, raise_on_unexpected_status=True
        )

    def close(self) -> None:
        """Give its connections back."""
        self._made.get_httpx_client().close()

    def call(self, operation: str, *path: str, body: dict[str, Any] | None = None, **parameters: Any) -> Any:
        """What the operation gives, parsed by the client's own classes."""
        answer = self.ask(operation, *path, body=body, **parameters)
        assert answer.status_code < 300, f"{answer.status_code}: {answer.content[:2000]!r}"
        return answer.parsed

    def ask(self, operation: str, *path: str, body: dict[str, Any] | None = None, **parameters: Any) -> Any:
        """The whole answer: `status_code`, `headers`, `content`, `parsed`."""
        module = import_module(f"{PACKAGE}.api.{operation}")
        if body is not None:
            parameters["body"] = module.sync_detailed.__annotations__["body"].from_dict(body)
        return module.sync_detailed(*path, client=self._made, **parameters)
