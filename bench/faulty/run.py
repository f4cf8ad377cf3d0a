"""One run: the traffic goes through the faulty cloud, is drained, settles, and is reckoned with."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable

from bench.faulty import havoc, proxy, reckoning, scene
from bench.faulty.ledger import Entry
from bench.faulty.traffic import Amounts, Traffic
from bench.report import progress
from local import queues
from local.clients import Clients
from tests.e2e.clouds import OwnCloud

DRAIN_SECONDS, SETTLE_SECONDS = 2400, 1200
FEW = 50
LOOKS, LOOK_SECONDS, TELL_SECONDS = 4, 3.0, 20.0
"""What is waited for must be seen at so many looks in a row."""


class Run:
    """The cloud with its proxy, the traffic, and who disturbs it."""

    def __init__(self, cloud: OwnCloud, amounts: Amounts, between: proxy.Proxy) -> None:
        addresses = cloud.addresses
        self._home = cloud.file.parent
        self._between = between
        self._clients = Clients(addresses["endpoint_url"])
        self._table = addresses["outputs"]["TableName"]
        self._traffic = Traffic(addresses, amounts)
        self._subscriber = scene.Subscriber(self._clients, addresses["outputs"]["BusName"])
        self.killer = havoc.Killer(self._home)
        self.doubler = havoc.Doubler(self._clients, [queue.url for queue in self._queues()])

    @property
    def unclear(self) -> Counter[str]:
        """What the senders got instead of a clear answer."""
        return self._traffic.api.unclear

    def rage(self) -> None:
        """Send everything under faults, have the stream read again, drain; then the faults end."""
        havoc.ready(self._clients)
        proxy.put_before(self._clients, self._between.url)
        self._between.fail(proxy.rules())
        with havoc.raging(self._subscriber):
            with havoc.raging(self.killer, self.doubler):
                self._traffic.send()
                havoc.read_again(self._clients)
                self._until("drained under faults", self._is_nearly_quiet, DRAIN_SECONDS)
            self._between.fail([])
            self.settle()

    def settle(self) -> None:
        """Wait, without faults, until nothing is under way."""
        self._until("settled", self._is_settled, SETTLE_SECONDS)

    def _is_nearly_quiet(self) -> bool:
        """Whether next to nothing waits: while messages are doubled and workers killed, some always do."""
        return self._waiting() < FEW

    def _is_quiet(self) -> bool:
        return not self._waiting()

    def _is_settled(self) -> bool:
        """Whether moreover no mail waits for a timer."""
        return self._is_quiet() and not reckoning.unfinished(scene.items(self._clients, self._table))

    def _queues(self) -> list[queues.Queue]:
        """The workers' queues."""
        found = queues.all_queues(self._clients("sqs"))
        return [queue for queue in found if queue.dead_letters and not queue.name.endswith("-workflow")]

    def _waiting(self) -> int:
        return sum(queue.waiting + queue.in_flight for queue in self._queues())

    def dead(self) -> Counter[str]:
        """Dead letters by the queue that gave them up."""
        every = queues.all_queues(self._clients("sqs"))
        depth = {queue.name: queue.waiting + queue.in_flight for queue in every}
        return +Counter({queue.name: depth[str(queue.dead_letters)] for queue in self._queues()})

    def redrive(self) -> None:
        """What an operator does about dead letters."""
        for name in self.dead():
            moved = queues.redrive(self._clients("sqs"), name)
            progress(f"{moved} dead letters go back to {name}")

    def reckon(self) -> list[Entry]:
        """The ledger, of what is there now."""
        found = scene.items(self._clients, self._table)
        told = self._subscriber.told
        sent, api = self._traffic.sent, self._traffic.api
        return list(reckoning.reckon(found, sent, api, self._home / "outbox", told))

    def _until(self, what: str, reached: Callable[[], bool], seconds: float) -> None:
        """Wait until it is so at several looks in a row, or say that it was not."""
        began, told, looks = time.monotonic(), 0.0, 0
        while looks < LOOKS:
            looks = looks + 1 if reached() else 0
            passed = time.monotonic() - began
            if passed > seconds:
                return progress(f"not {what} after {seconds:.0f} s; it is counted as it is")
            if passed > told + TELL_SECONDS:
                told = passed
                progress(self._state(passed))
            time.sleep(LOOK_SECONDS)
        return progress(f"{what} after {time.monotonic() - began:.0f} s")

    def _state(self, passed: float) -> str:
        dead, killed = self.dead().total(), self.killer.killed.total()
        return f"{passed:4.0f} s: {self._waiting():,} messages wait, {dead} are dead, {killed} workers killed"
