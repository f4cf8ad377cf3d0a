"""AWS as it was recorded (bench/recording.py), in a process of its own, which plays it to who asks again.

A request is answered as the one that asked the same was, with the ids of who asks now; a request that was not
made like that, such as a transaction of new ids, as the first of its operation was. The events that were
recorded come in turns, so that the number in a request tells whose answers are meant. What was never asked is
refused.
"""

from __future__ import annotations

import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from bench.recording import operation_of, question
from bench.report import progress
from bench.varying import number_in, vary

TELL_SECONDS = 20


class Played:
    """The recorded exchanges, of each event by what was asked, and by operation."""

    def __init__(self, name: str, events: list[list[dict[str, Any]]]) -> None:
        self._name = name
        self._events = [_by_question(exchanges) for exchanges in events]
        self._all = _by_question([one for exchanges in events for one in exchanges])
        self._told = time.monotonic()

    def tell(self, number: int | None) -> None:
        """Say now and then how far it is."""
        if number is not None and time.monotonic() - self._told > TELL_SECONDS:
            self._told = time.monotonic()
            progress(f"{self._name}: {number:,} invocations")

    def answer(self, number: int | None, operation: str, asked: str) -> dict[str, Any] | None:
        own = self._all if number is None else self._events[number % len(self._events)]
        wanted = (operation, asked), (operation, "")
        return next((found[one] for one in wanted for found in (own, self._all) if one in found), None)


def _by_question(exchanges: list[dict[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    first = {(one["operation"], ""): one for one in reversed(exchanges)}
    return first | {(one["operation"], one["asked"]): one for one in reversed(exchanges)}


class Handler(BaseHTTPRequestHandler):
    """A connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    played: Played

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode("utf-8", "replace")
        asked = question(self.headers, self.path, body)
        number = number_in(self.path + body)
        self.played.tell(number)
        found = self.played.answer(number, operation_of(self.command, self.headers), asked)
        if found is None:
            self._send(400, {"Content-Type": "application/json"}, '{"__type": "NeverRecorded"}')
            return
        text = found["body"] if number is None else vary(found["body"], number)
        self._send(found["status"], found["headers"], text)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _serve  # noqa: N815 - the server's names

    def _send(self, status: int, headers: dict[str, str], text: str) -> None:
        content = text.encode("utf-8", "surrogateescape")
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def serve(name: str, events: list[Any]) -> None:
    """Play a function's events until the process is ended; the port is printed first."""
    Handler.played = Played(name, events)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        print(server.server_address[1], flush=True)
        server.serve_forever()


if __name__ == "__main__":
    serve(**json.loads(sys.stdin.buffer.read()))
