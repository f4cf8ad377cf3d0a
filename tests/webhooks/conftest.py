"""A receiver beside the cloud in memory, which may be reached on this machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chalicelib.kernel import config
from tests.cloud import Cloud
from tests.webhooks.receiver import Receiver, listening


@pytest.fixture
def loopback(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Allow webhooks to this machine, as the local cloud does."""
    monkeypatch.setenv("RAPPORT_WEBHOOK_LOOPBACK", "true")
    config.settings.cache_clear()


@pytest.fixture
def receiver(loopback: None) -> Iterator[Receiver]:
    with listening() as found:
        yield found
