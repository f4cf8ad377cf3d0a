"""Counts what a piece of work uses of AWS, with everything that it sets off, on the cloud in memory.

`Use` names amounts as bench/price_list.toml prices them. Capacity units follow from the sizes of items
(bench/sizes.py; a read takes a unit for each 4 KB, half of one when it may lag). A function's time is our own
CPU time, stretched to the part of a processor that its memory buys, and an assumed time for each AWS call:
what moto takes is nobody's.
"""

from __future__ import annotations

import contextlib
import io
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest

import app as application
from bench.built import template
from bench.sizes import size_of, write_units
from chalicelib.kernel import aws, telemetry
from tests import cloud as pump
from tests.cloud import Cloud

Use = dict[str, float]

READ_UNIT = 4096
MESSAGE = 64 * 1024
"""Bytes that are billed as one request, of SQS as of EventBridge."""
WHOLE_PROCESSOR = 1769
"""Megabytes of memory at which a function has a whole processor (Lambda's developer guide, "Memory")."""
PLATFORM_LINES = 330
"""Bytes of Lambda's own lines START, END and REPORT, counted in one of its logs."""
FLUSH = telemetry.flush
"""How metrics are written, whatever the rest of the run does with them."""
FROM_TOPICS = ("InboundMailQueue", "MailEventsQueue")
"""Queues that SNS sends to; what we send ourselves is counted as the call that it is."""
WRITES = {"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"}


class Meter:
    """Adds up while `running`."""

    def __init__(self, latency: dict[str, int]) -> None:
        self.use: Use = defaultdict(float)
        self._latency = latency
        self._memory = {
            part["Properties"]["Handler"]: part["Properties"]["MemorySize"]
            for part in template()["Resources"].values()
            if part["Type"] == "AWS::Serverless::Function"
        }
        self._table = boto3.client("dynamodb")
        self._waited = 0.0
        """Seconds that the AWS calls of this invocation would take."""
        self._within = 0.0
        """CPU seconds that they took here."""
        self._began = 0.0
        self._before: list[tuple[Any, Any]] = []
        self._logged = io.StringIO()

    @contextmanager
    def running(self) -> Iterator[Use]:
        """Count what is done within."""
        clients: list[Any] = [
            aws.dynamodb(), aws.sqs(), aws.s3(), aws.events(), aws.scheduler(), aws.ssm(), aws.ses()
        ]  # fmt: skip
        hooks: dict[str, Any] = {
            "provide-client-params": self._look, "before-call": self._call, "after-call": self._done
        }  # fmt: skip
        with pytest.MonkeyPatch.context() as patch, contextlib.ExitStack() as stack:
            for client in clients:
                for name, hook in hooks.items():
                    client.meta.events.register(name, hook)
                    stack.callback(client.meta.events.unregister, name, hook)
            level = telemetry.logger.log_level
            telemetry.logger.setLevel("INFO")
            stack.callback(telemetry.logger.setLevel, level)
            patch.setattr(telemetry.logger.registered_handler, "stream", self._logged)
            patch.setattr(telemetry, "flush", FLUSH)
            patch.setattr(application, "app", self._request(application.app))
            patch.setattr(pump, "invoke", self._invoked(pump.invoke))
            deliver = Cloud.deliver
            patch.setattr(Cloud, "deliver", lambda *given: self._taken(deliver, *given))
            yield self.use

    def _request(self, real: Any) -> Any:
        meter = self

        class Metered:
            """The app, whose calls are requests."""

            def __getattr__(self, name: str) -> Any:
                return getattr(real, name)

            def __call__(self, event: Any, context: Any) -> Any:
                answer = meter._function("app.app", lambda: real(event, context))
                meter.use["gateway_requests"] += 1
                meter.use["sent_gigabytes"] += len(answer["body"].encode()) / 1e9
                return answer

        return Metered()

    def _invoked(self, real: Callable[[str, Any], Any]) -> Callable[[str, Any], Any]:
        def invoke(handler: str, event: Any) -> Any:
            return self._function(handler.replace(":", "."), lambda: real(handler, event))

        return invoke

    def _taken(self, deliver: Any, cloud: Cloud, queue: str, messages: list[Any]) -> Any:
        """A batch: what others sent is a request each; Lambda receives and deletes it with one more each."""
        from_bus = [one for one in messages if '"detail-type"' in one["Body"]]
        sent = messages if queue in FROM_TOPICS else from_bus
        self.use["sqs_requests"] += 2 + sum(-(-len(one["Body"].encode()) // MESSAGE) for one in sent)
        self.use["bus_deliveries"] += len(from_bus)
        return deliver(cloud, queue, messages)

    def _function(self, handler: str, work: Callable[[], Any]) -> Any:
        """One invocation: its time, its memory, its log."""
        self._waited = self._within = 0.0
        self._logged.seek(0)
        self._logged.truncate()
        printed = io.StringIO()
        began = time.process_time()
        with contextlib.redirect_stdout(printed):
            answer = work()
        own = time.process_time() - began - self._within
        memory = self._memory[handler]
        seconds = own * max(1.0, WHOLE_PROCESSOR / memory) + self._waited
        self.use["lambda_requests"] += 1
        self.use["lambda_seconds"] += seconds
        self.use["lambda_gb_seconds"] += seconds * memory / 1024
        lines = self._logged.getvalue() + printed.getvalue()
        self.use["log_gigabytes"] += (len(lines.encode()) + PLATFORM_LINES) / 1e9
        return answer

    def _look(self, params: Any, model: Any, **_: Any) -> None:
        """Before a write: the items as they are."""
        began = time.process_time()
        if model.name == "TransactWriteItems":
            keys = [_key(next(iter(action.values()))) for action in params["TransactItems"]]
        elif model.name in WRITES:
            keys = [_key(params)]
        else:
            keys = []
        self._before = [(key, self._item(key)) for key in keys]
        self._within += time.process_time() - began

    def _call(self, **_: Any) -> None:
        self._began = time.process_time()

    def _done(self, parsed: Any, model: Any, **_: Any) -> None:
        """After a call: what it used, the time it would have taken, and that ours does not count it."""
        service = model.service_model.service_name
        slow = service == "dynamodb" and model.name.startswith("Transact")
        self._waited += self._latency["transaction" if slow else service] / 1000
        if "Error" not in parsed:
            self._count(service, model.name, parsed)
        self.use["aws_calls"] += 1
        self._within += time.process_time() - self._began

    def _count(self, service: str, name: str, parsed: Any) -> None:
        match service:
            case "dynamodb":
                self._count_table(name, parsed)
            case "events" if name == "PutEvents":
                self.use["bus_events"] += len(parsed["Entries"])
            case "sqs":
                self.use["sqs_requests"] += 1
            case "ses":
                self.use["mails_out"] += 1
            case "scheduler" if name == "CreateSchedule":
                self.use["schedules"] += 1
            case "s3":
                self.use["s3_gets" if name.startswith(("Get", "Head")) else "s3_puts"] += 1

    def _count_table(self, name: str, parsed: Any) -> None:
        for key, before in self._before if name in WRITES else ():
            after = self._item(key)
            table, indexes = write_units(before, after)
            self.use["write_units"] += (table if name.startswith("Transact") else table // 2) + indexes
            grown = _stored(after) - _stored(before)
            self.use["table_gigabytes"] += grown / 1e9
        if name not in WRITES:
            self.use["read_units"] += read_units(name, parsed)

    def _item(self, key: Any) -> Any:
        from chalicelib.kernel.config import settings

        return self._table.get_item(TableName=settings().table, Key=key).get("Item")


def read_units(name: str, parsed: Any) -> float:
    """Units of a strongly consistent read; of a query that lags half as many would do, so it is the most."""
    match name:
        case "GetItem":
            found = [parsed["Item"]] if "Item" in parsed else []
            return sum(map(_units, found)) or 1
        case "BatchGetItem":
            found = [item for items in parsed["Responses"].values() for item in items]
            return sum(map(_units, found)) or 1
        case "TransactGetItems":
            return 2 * sum(_units(one.get("Item", {})) for one in parsed["Responses"])
        case "Query" | "Scan":
            return max(1, -(-sum(map(size_of, parsed["Items"])) // READ_UNIT))
    return 0


def _units(item: Any) -> int:
    return max(1, -(-size_of(item) // READ_UNIT))


def _stored(item: Any) -> int:
    """Bytes that are billed: the item, a copy in each index it is in, and 100 for each (developer guide)."""
    if not item:
        return 0
    copies = 1 + sum(f"{index}pk" in item for index in ("gsi1", "gsi2", "gsi3"))
    return copies * (size_of(item) + 100)


def _key(action: Any) -> Any:
    whole = action.get("Item") or action["Key"]
    return {name: whole[name] for name in ("pk", "sk")}
