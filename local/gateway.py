"""The one HTTP door: the outbox pages, and everything else to the API as API Gateway would take it."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from local import outbox_pages
from local.outbox import Outbox
from local.outbox_pages import Answer
from local.settings import API_STAGE, HOST

MAX_BODY = 10 * 1024 * 1024
"""Bytes of a request's body that API Gateway takes."""
MAX_IGNORED = 64 * 1024 * 1024
LINGER_SECONDS = 1.0
"""How much of a refused body is taken, and how long it is waited for; see Handler._ignore_the_rest."""
TIMEOUT_SECONDS = 29
"""How long API Gateway waits for an answer."""
ID_SECONDS = 2.0
_HOP_BY_HOP = {
    *("connection", "keep-alive", "proxy-authenticate", "proxy-authorization"),
    *("te", "trailer", "transfer-encoding", "upgrade"),
}


class BodyTooLarge(Exception):
    """The request's body is over MAX_BODY."""


class BrokenBody(Exception):
    """The request's body is not what its headers say."""


class Api:
    """The stack's REST API on the emulator, which gives it a new id whenever its routes change."""

    def __init__(self, port: int, rest_api_id: Callable[[], str]) -> None:
        self._port = port
        self._read_id = rest_api_id
        self._id = ""
        self._read_at = float("-inf")
        self._reading = threading.Lock()

    def _rest_api_id(self) -> str:
        with self._reading:
            if time.monotonic() - self._read_at > ID_SECONDS:
                self._id = self._read_id()
                self._read_at = time.monotonic()
            return self._id

    def forward(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
        """The API's answer; `target` is path and query as they came. Raises OSError or HTTPException."""
        path = f"/restapis/{self._rest_api_id()}/{API_STAGE}/_user_request_{target}"
        connection = http.client.HTTPConnection(HOST, self._port, timeout=TIMEOUT_SECONDS)
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), answer.read())
        finally:
            connection.close()


def preflight(headers: dict[str, str]) -> Answer:
    """The answer of the gateway to a browser's preflight, which the emulator answers without its headers."""
    return Answer(
        204,
        {
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Allow-Methods": "GET,POST,PUT,PATCH,DELETE,OPTIONS",
            "Access-Control-Allow-Headers": headers.get("access-control-request-headers", "*"),
            "Access-Control-Max-Age": "600",
        },
        b"",
    )


def problem(status: int, code: str, detail: str) -> Answer:
    """An error that the gateway itself makes, shaped like the API's own (RFC 9457)."""
    title = http.client.responses.get(status, "")
    body = {"type": "about:blank", "title": title, "status": status, "code": code, "detail": detail}
    headers = {"Content-Type": "application/problem+json", "Access-Control-Allow-Origin": "*"}
    return Answer(status, headers, json.dumps(body).encode())


class Gateway(ThreadingHTTPServer):
    """The server; `start()` serves in a thread, `stop()` lets running requests end."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, outbox: Outbox, api: Api) -> None:
        super().__init__((HOST, port), Handler)
        self.outbox = outbox
        self.api = api
        self._thread = threading.Thread(
            target=self.serve_forever, name="gateway", kwargs={"poll_interval": 0.1}
        )

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self.shutdown()
        self.server_close()
        self._thread.join()


class Handler(BaseHTTPRequestHandler):
    """One connection of a caller."""

    protocol_version = "HTTP/1.1"
    server_version = "Rapport-local"
    sys_version = ""
    server: Gateway
    timeout = 75
    disable_nagle_algorithm = True

    def _serve(self) -> None:
        try:
            body = self._body()
        except BodyTooLarge:
            self.close_connection = True
            self._send(problem(413, "too_large", "The body is over 10 MB."))
            self._ignore_the_rest()
            return
        except BrokenBody:
            self.close_connection = True
            self._send(problem(400, "bad_request", "The body is not what its headers say."))
            return
        self._send(self._answer(body))

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _serve  # noqa: N815 - the server's names

    def _answer(self, body: bytes) -> Answer:
        url = urlsplit(self.path)
        if self.command in {"GET", "HEAD"} and url.path.split("/")[1] in {"outbox", "outbox.json"}:
            return outbox_pages.answer(self.server.outbox, url.path, url.query)
        headers = {name.lower(): value for name, value in self.headers.items()}
        if self.command == "OPTIONS" and "access-control-request-method" in headers:
            return preflight(headers)
        try:
            return self.server.api.forward(self.command, self.path, self._forwarded(headers), body)
        except TimeoutError:
            return problem(504, "timeout", "The API did not answer within 29 seconds.")
        except (OSError, http.client.HTTPException):
            return problem(502, "bad_gateway", "The emulator does not answer; see `python -m local status`.")

    def _forwarded(self, headers: dict[str, str]) -> dict[str, str]:
        kept = {
            name: value
            for name, value in headers.items()
            if name not in _HOP_BY_HOP | {"content-length", "expect"}
        }
        added = {"x-forwarded-for": self.client_address[0], "x-forwarded-proto": "http"}
        return {**kept, **added, "x-forwarded-port": str(self.server.server_port)}

    def _ignore_the_rest(self) -> None:
        """Take what a caller still sends, up to a bound: many read no answer before they have sent it all."""
        self.connection.settimeout(LINGER_SECONDS)
        taken = 0
        try:
            while taken < MAX_IGNORED and (block := self.rfile.read1(1024 * 1024)):
                taken += len(block)
        except OSError:
            return

    def _body(self) -> bytes:
        """The request's body, plain or chunked. Raises BodyTooLarge, BrokenBody."""
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            return self._chunks()
        length = self.headers.get("Content-Length", "0")
        if not (length.isascii() and length.isdigit()):
            raise BrokenBody
        if int(length) > MAX_BODY:
            raise BodyTooLarge
        return self.rfile.read(int(length))

    def _chunks(self) -> bytes:
        found = bytearray()
        while size := self._chunk_size():
            if len(found) + size > MAX_BODY:
                raise BodyTooLarge
            found += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():  # trailers
            pass
        return bytes(found)

    def _chunk_size(self) -> int:
        text = self.rfile.readline(100).partition(b";")[0].strip()
        try:
            return int(text, 16)
        except ValueError:
            raise BrokenBody from None

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            if name.lower() not in _HOP_BY_HOP | {"content-length", "date", "server"}:
                self.send_header(name, value)
        if answer.status >= 200 and answer.status not in {204, 304}:
            self.send_header("Content-Length", str(len(answer.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def send_error(self, code: int, message: str | None = None, _: str | None = None) -> None:
        """Answer what is no request, or of a method that nothing here has, as API Gateway does."""
        self.close_connection = True
        if code == HTTPStatus.NOT_IMPLEMENTED:
            self._send(problem(404, "not_found", "There is nothing at this path and method."))
        else:
            self._send(problem(code, "bad_request", message or "This is no request."))

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are logged by the API; nothing is printed here."""
