"""Mails that wait for the worker that sends them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.mail import suppression_store
from tests.api import Api
from tests.cloud import Cloud
from tests.mail.senders import MAIL, QUEUE


@pytest.fixture
def queued(api: Api, cloud: Cloud) -> Callable[..., tuple[str, list[Any]]]:
    """Queue a mail: its id, and the messages that wake the worker."""
    suppression_store.address_key("once@per.process")  # reads the secret

    def queue(**more: Any) -> tuple[str, list[Any]]:
        message_id = api.post("/v1/messages", MAIL | more).ok(201)["id"]
        cloud.publish()
        return message_id, cloud.receive(QUEUE)

    return queue
