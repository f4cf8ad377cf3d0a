"""A cloud for each kind of intruder: everything that can be there is there, and nothing may change."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.docs.everyday import live_through
from tests.intruders.asking import values_of
from tests.intruders.desk import Desk, open_desk
from tests.intruders.house import House
from tests.memory import caller, in_memory, plain_environment
from tests.roles import held_to_roles


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with pytest.MonkeyPatch.context() as patch:
        plain_environment(patch)
        with held_to_roles(), in_memory(patch) as cloud:
            owner = caller("*")
            live_through(owner, cloud)
            cloud.pump()
            yield House(cloud, owner, values_of(cloud.items()))


@pytest.fixture(scope="module")
def desk(house: House) -> Desk:
    """What links open."""
    return open_desk(house)
