"""What happens to workers and queues meanwhile: killed, doubled, shuffled, read again."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from bench.report import progress
from local.clients import Clients

HIDDEN_SECONDS = 100
"""How long a queue hides what a worker has: longer than the 60 s that one may take, shorter than the 360 s
that it is deployed with, so that what killed workers had comes again within the run."""
KILL_EVERY, DOUBLE_EVERY = 10.0, 1.5
"""Seconds, on average, between two workers killed, which the emulator unpacks a package for, and between two
takings of ten messages."""
KILL_EVERY, DOUBLE_EVERY = 10.0, 1.5
"""Seconds, on average, between two workers killed, and between two takings of ten messages. For each new
worker the emulator unpacks the package anew."""
READER = {"MaximumRecordAgeInSeconds": 43_200, "BatchSize": 20}
"""The stream's reader does not give up after 300 s, as on AWS, and reads little at a time: the emulator polls
no queue meanwhile."""


def ready(clients: Clients) -> None:
    """Shorten the wait for what killed workers had, and have the stream's reader be as patient as on AWS."""
    sqs, functions = clients("sqs"), clients("lambda")
    for url in sqs.list_queues()["QueueUrls"]:
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": str(HIDDEN_SECONDS)})
    functions.update_event_source_mapping(UUID=_stream_mapping(functions)["UUID"], **READER)


def _stream_mapping(functions: Any) -> Any:
    found = functions.list_event_source_mappings()["EventSourceMappings"]
    return next(mapping for mapping in found if ":dynamodb:" in mapping["EventSourceArn"])


def read_again(clients: Clients) -> None:
    """Have the publisher read the table's stream from its start, by making its mapping anew."""
    functions = clients("lambda")
    old = _stream_mapping(functions)
    kept = (
        *("EventSourceArn", "FilterCriteria", "FunctionResponseTypes"),
        *("BisectBatchOnFunctionError", "MaximumRetryAttempts", "DestinationConfig"),
    )
    settings = {name: old[name] for name in kept if old.get(name) is not None}
    functions.delete_event_source_mapping(UUID=old["UUID"])
    functions.create_event_source_mapping(
        FunctionName=old["FunctionArn"],
        StartingPosition="TRIM_HORIZON",
        **READER,
        **settings,
    )
    progress("the stream is read again from its start")


class Killer:
    """Kills a worker of the emulator in the middle of its work, again and again."""

    def __init__(self, home: Path, every: float = KILL_EVERY) -> None:
        self._mark = f"STATE_DIR={home / 'state'}".encode()
        self._every = every
        self.killed: Counter[str] = Counter()

    def __call__(self, stop: threading.Event) -> None:
        while not stop.wait(random.uniform(0.5, 1.5) * self._every):
            self.kill_one()

    def kill_one(self) -> None:
        """SIGKILL for one of those that work right now, if there is one."""
        before = {pid: _ticks(pid) for pid in self.workers()}
        time.sleep(0.15)
        busy = [pid for pid, ticks in before.items() if ticks is not None and (_ticks(pid) or 0) > ticks]
        if not busy:
            return
        pid = random.choice(busy)
        name = self.workers().get(pid)
        if name is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                self.killed[name] += 1

    def end(self) -> None:
        """End the workers that a stopped emulator left behind; for when the cloud is down."""
        for pid in self.workers():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def workers(self) -> dict[int, str]:
        """The emulator's workers: process -> function. They have its environment, and their function's."""
        found: dict[int, str] = {}
        for folder in Path("/proc").iterdir():
            if not folder.name.isdigit():
                continue
            with contextlib.suppress(OSError):
                variables = (folder / "environ").read_bytes().split(b"\0")
                if self._mark in variables:
                    names = [v for v in variables if v.startswith(b"AWS_LAMBDA_FUNCTION_NAME=")]
                    found |= {int(folder.name): name.decode().partition("=")[2] for name in names}
        return found


def _ticks(pid: int) -> int | None:
    """The CPU time of a process, or None when it is gone (proc(5): fields 14 and 15 of stat)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return int(fields[11]) + int(fields[12])


class Doubler:
    """Takes messages out of the workers' queues and puts each back twice, each copy later than its turn."""

    def __init__(self, clients: Clients, queues: list[str], every: float = DOUBLE_EVERY) -> None:
        self._sqs = clients("sqs")
        self._queues = queues
        self._every = every
        self.doubled: Counter[str] = Counter()

    def __call__(self, stop: threading.Event) -> None:
        while not stop.wait(self._every):
            with contextlib.suppress(BotoCoreError, ClientError):
                self.double(random.choice(self._queues))

    def double(self, url: str) -> None:
        """Double what one call receives of a queue. The copies are there before the original is gone."""
        answer = self._sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"], WaitTimeSeconds=0
        )
        for message in answer.get("Messages", []):
            for _ in range(2):
                self._sqs.send_message(
                    QueueUrl=url, MessageBody=message["Body"], DelaySeconds=random.randrange(15)
                )
            self._sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            self.doubled[url.rpartition("/")[2]] += 1


@contextmanager
def raging(*havocs: Callable[[threading.Event], None]) -> Iterator[None]:
    """Each of them in a thread of its own until the end of the block."""
    stop = threading.Event()
    threads = [threading.Thread(target=havoc, args=(stop,), daemon=True) for havoc in havocs]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(timeout=30)
