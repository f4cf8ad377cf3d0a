"""One deployed local cloud for the session, and those who deal with it: a caller, the post, the queues."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from local.clients import Clients
from tests.e2e.caller import Caller
from tests.e2e.clouds import Cloud, OwnCloud, running
from tests.e2e.post import Post, address_of

FOLDER = Path(__file__).parent
LAST = ["test_retention.py", "test_logs.py", "test_restart.py"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is here; take what is old late, then read the logs, and stop the cloud last."""
    for item in items:
        if FOLDER in item.path.parents:
            item.add_marker(pytest.mark.e2e)
    items.sort(key=lambda item: LAST.index(item.path.name) if item.path.name in LAST else -1)


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """The cloud, running."""
    with running(tmp_path_factory.mktemp("cloud")) as found:
        yield found


@pytest.fixture
def own_cloud(cloud: Cloud) -> OwnCloud:
    """The cloud, if it is ours to stop."""
    if not isinstance(cloud, OwnCloud):
        pytest.skip("RAPPORT_E2E_CLOUD is somebody's cloud; it is not stopped")
    return cloud


@pytest.fixture(scope="session")
def api(cloud: Cloud) -> Caller:
    """A caller who may do everything."""
    return Caller(cloud.addresses["api_url"], cloud.addresses["api_key"])


@pytest.fixture(scope="session")
def anybody(cloud: Cloud) -> Caller:
    """A caller without a key."""
    return Caller(cloud.addresses["api_url"])


@pytest.fixture(scope="session")
def post(cloud: Cloud) -> Post:
    return Post(cloud.addresses)


@pytest.fixture(scope="session")
def sqs(cloud: Cloud) -> Any:
    """The queues' client."""
    return Clients(cloud.addresses["endpoint_url"])("sqs")


@pytest.fixture
def ada(api: Caller) -> Any:
    """Ada, a customer with an address of her own."""
    body = {"name": "Ada Lovelace", "emails": [address_of("ada")], "stage": "customer"}
    return api.post("/v1/customers", body).ok(201)


@pytest.fixture(scope="session", autouse=True)
def snoozed(api: Caller) -> Any:
    """A ticket asleep for a moment. Timers fire at full minutes, so it is put to sleep first, seen last."""
    owner = api.post("/v1/customers", {"name": "Sleeper"}).ok(201)
    call = {"customer_id": owner["id"], "channel": "phone", "subject": "Call back", "text": "In a minute."}
    ticket = api.post("/v1/tickets", call).ok(201)
    until = (datetime.now(UTC) + timedelta(seconds=3)).isoformat().replace("+00:00", "Z")
    return api.patch(f"/v1/tickets/{ticket['id']}", {"status": "pending", "snoozed_until": until}).ok()


@pytest.fixture(scope="session", autouse=True)
def promised(api: Caller) -> Any:
    """A ticket that is to be answered within a minute, and is not: opened first, seen last."""
    mark = address_of("promised")[:50]
    targets = {"normal": {"first_response": 1}}
    policy = {"name": mark, "position": 0, "conditions": {"tags": [mark]}, "targets": targets}
    api.post("/v1/sla/policies", policy).ok(201)
    owner = api.post("/v1/customers", {"name": "Waiting"}).ok(201)
    call = {"customer_id": owner["id"], "channel": "phone", "subject": "Hello?", "text": "Anybody there?"}
    return api.post("/v1/tickets", {**call, "tags": [mark]}).ok(201)
