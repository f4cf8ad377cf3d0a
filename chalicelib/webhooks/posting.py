"""Posts to a URL: to the address that was checked, within ten seconds, following nothing."""

from __future__ import annotations

import socket
import ssl
import time
from contextlib import suppress
from functools import cache
from http.client import HTTPConnection, HTTPException
from threading import Timer

from chalicelib.kernel import ids
from chalicelib.webhooks.model import Failure, Try
from chalicelib.webhooks.targets import Refused, Target, Unresolved, addresses_of

SECONDS = 10.0
"""For connecting, sending and the whole of the answer together."""
CONNECT_SECONDS = 3.0
MAX_ADDRESSES = 3
MAX_ANSWER = 65_536
"""Bytes of an answer that are read; what follows is left unread, and nothing of it is kept."""


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


class _Pinned(HTTPConnection):
    """Connects to addresses that were checked, wherever the name leads by now; TLS is verified against it."""

    def __init__(self, target: Target, addresses: list[str]) -> None:
        super().__init__(target.host, target.port, timeout=SECONDS)
        self._target, self._addresses = target, addresses

    def connect(self) -> None:
        self.sock = self._reached()
        if self._target.secure:
            wrapped = _tls().wrap_socket(
                self.sock, server_hostname=self._target.host, do_handshake_on_connect=False
            )
            self.sock = wrapped
            wrapped.do_handshake()

    def _reached(self) -> socket.socket:
        """A connection to the first address that answers; not every network has IPv6."""
        *earlier, last = self._addresses[:MAX_ADDRESSES]
        for address in earlier:
            with suppress(OSError):
                return self._connected(address)
        return self._connected(last)

    def _connected(self, address: str) -> socket.socket:
        found = socket.create_connection((address, self._target.port), CONNECT_SECONDS)
        found.settimeout(SECONDS)
        return found

    def abort(self) -> None:
        """End whatever goes on: an answer that comes byte by byte would never time out by itself."""
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


def post(target: Target, body: bytes, headers: dict[str, str]) -> Try:
    """Try once; what came of it. Success is any status from 200 to 299."""
    at, begin = ids.now(), time.monotonic()
    code, failure = _attempt(target, body, headers, begin + SECONDS)
    took = round((time.monotonic() - begin) * 1000)
    return Try(at=at, code=code, failure=failure, milliseconds=took)


def _attempt(
    target: Target, body: bytes, headers: dict[str, str], until: float
) -> tuple[int | None, Failure | None]:
    try:
        addresses = addresses_of(target)
    except Refused:
        return None, "refused_address"
    except Unresolved:
        return None, "unreachable"
    connection = _Pinned(target, addresses)
    deadline = Timer(max(0.1, until - time.monotonic()), connection.abort)
    deadline.start()
    try:
        connection.request("POST", target.path, body, headers)
        answer = connection.getresponse()
        answer.read(MAX_ANSWER)
    except (OSError, HTTPException, ValueError, AttributeError) as error:
        # ValueError and AttributeError: the socket was taken away at the deadline.
        return None, _meaning(error, late=time.monotonic() >= until)
    else:
        return answer.status, None if 200 <= answer.status < 300 else "status"
    finally:
        deadline.cancel()
        connection.close()


def _meaning(error: Exception, *, late: bool) -> Failure:
    if late or isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, ssl.SSLError):
        return "tls"
    return "unreachable" if isinstance(error, OSError) else "unreadable"
