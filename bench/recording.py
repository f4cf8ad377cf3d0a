"""Records what functions are given and what AWS answers them, on the cloud in memory, to be played again."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

from botocore.response import StreamingBody

from bench.varying import plain
from chalicelib.kernel import aws, kept, tokens
from tests import api, cloud

LEFT_OUT = {"content-length", "transfer-encoding", "date", "x-amz-crc32", "connection", "content-encoding"}
"""Headers of an answer that are not true of it when it is played, and checksums, beside these."""


@dataclass
class Exchange:
    """A request to AWS, as far as it tells what is asked, and its answer."""

    operation: str
    asked: str
    status: int
    headers: dict[str, str]
    body: str


@dataclass
class Invocation:
    """What a handler was given, and what it asked AWS meanwhile."""

    handler: str
    event: Any
    answer: Any = None
    exchanges: list[Exchange] = field(default_factory=list)

    def as_json(self) -> Any:
        return asdict(self)


def operation_of(method: str, headers: Any) -> str:
    """The operation that a request asks of which service: by its target, or its method where it has none."""
    service = str(headers.get("Authorization", "////")).split("/")[3]
    return f"{service} {headers.get('X-Amz-Target', method)}"


def question(headers: Any, url: str, body: str) -> str:
    """What a request asks: its body, or the last part of an object's key."""
    return plain(body if "X-Amz-Target" in headers else urlsplit(url).path.rpartition("/")[2])


class Recorder:
    """Listens to the clients of this process; what is heard is told of the invocation that is on."""

    def __init__(self) -> None:
        self.invocations: list[Invocation] = []
        self._on: Invocation | None = None
        self._request: Any = None

    def invoke(self, handler: str, event: Any, act: Callable[[str, Any], Any]) -> Any:
        """Do it as a process that has yet to read what it keeps, and remember what came of it."""
        kept.forget()
        tokens.forget()
        on = self._on = Invocation(handler.replace(":", "."), json.loads(json.dumps(event)))
        try:
            answer = act(handler, event)
        finally:
            self._on = None
        on.answer = json.loads(json.dumps(answer))
        self.invocations.append(on)
        return answer

    def before_send(self, request: Any, **_: Any) -> None:
        self._request = request

    def before_parse(self, response_dict: Any, **_: Any) -> None:
        if self._on is None or self._request is None:
            return
        headers = {name: _text(value) for name, value in self._request.headers.items()}
        asked = question(headers, self._request.url, _text(self._request.body or b""))
        body, kept = response_dict["body"], _kept(response_dict["headers"])
        if hasattr(body, "read"):  # an object, which can be read only once
            content = body.read()
            response_dict["body"] = StreamingBody(io.BytesIO(content), len(content))
            body = content
        operation = operation_of(self._request.method, headers)
        told = Exchange(operation, asked, response_dict["status_code"], kept, _text(body))
        self._on.exchanges.append(told)


def _kept(headers: Any) -> dict[str, str]:
    return {
        name: str(value)
        for name, value in headers.items()
        if name.lower() not in LEFT_OUT and "checksum" not in name.lower()
    }


def _text(value: Any) -> str:
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes | bytearray) else str(value)


@contextmanager
def recording() -> Iterator[Recorder]:
    """Record every worker that is invoked, with what it asks by the clients of chalicelib/kernel/aws.py."""
    recorder, real = Recorder(), cloud.invoke

    def invoke(handler: str, event: Any) -> Any:
        return recorder.invoke(handler, event, real)

    clients: list[Any] = [
        aws.dynamodb(), aws.sqs(), aws.s3(), aws.events(), aws.scheduler(), aws.ssm(), aws.ses()
    ]  # fmt: skip
    hooks: dict[str, Any] = {"before-send": recorder.before_send, "before-parse": recorder.before_parse}
    for client in clients:
        for name, hook in hooks.items():
            client.meta.events.register_first(name, hook)
    try:
        with patch.object(cloud, "invoke", invoke), patch.object(api, "invoke", invoke):
            yield recorder
    finally:
        for client in clients:
            for name, hook in hooks.items():
                client.meta.events.unregister(name, hook)
