"""A table that answers every request alike, in a process of its own, so that its work counts for nobody."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator

HEAD = (
    "HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\nx-amzn-RequestId: 0\r\n"
    "Content-Length: {length}\r\n\r\n"
)


def serve(answer: bytes) -> None:
    """Answer one connection after the other; a request is as long as its Content-Length says."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        print(server.getsockname()[1], flush=True)
        while True:
            connection, _ = server.accept()
            with connection, connection.makefile("rb") as requests:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                while length := _length(requests):
                    requests.read(length)
                    connection.sendall(answer)


def _length(lines: Iterator[bytes]) -> int:
    """Read a request's head; the bytes of its body, 0 when the connection ended."""
    length = 0
    for line in lines:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
        if line == b"\r\n":
            break
    return length


if __name__ == "__main__":
    content = sys.stdin.buffer.read()
    serve(HEAD.format(length=len(content)).encode() + content)
