"""No log line of any function holds what the tests said of people, or a secret; read late."""

from __future__ import annotations

from pathlib import Path

from local.clients import Clients
from local.logs import lines_since
from tests.e2e import planted
from tests.e2e.caller import Caller
from tests.e2e.clouds import Cloud
from tests.e2e.planting import plant
from tests.e2e.post import Post


def test_no_log_line_tells_of_people_or_holds_a_secret(cloud: Cloud, api: Caller, post: Post) -> None:
    plant(api, post)
    secrets = planted.heard()
    assert len([kind for kind in secrets.values() if kind == "what was planted"]) > 20
    lines = [line.text for line in lines_since(Clients(cloud.addresses["endpoint_url"])("logs"), 0)]
    assert len(lines) > 100
    lines += _outputs(cloud.file.parent)
    told = planted.found_in(lines, secrets)
    assert told == [], f"{len(told)} of {len(secrets)} in {len(lines)} lines"


TOLD_ON_PURPOSE = ("API key", "Mail to")
"""What a local cloud tells whoever started it: whereby to use it."""


def _outputs(folder: Path) -> list[str]:
    """What the local cloud itself printed, but for the emulator, which tells of every call."""
    printed = folder / "up.log"
    lines = printed.read_text(errors="replace").splitlines() if printed.exists() else []
    return [line for line in lines if not line.strip().startswith(TOLD_ON_PURPOSE)]
