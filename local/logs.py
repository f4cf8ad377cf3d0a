"""The functions' logs: read, followed, or only their errors with tracebacks."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from local.progress import Failed, say

PREFIX = "/aws/lambda/"
POLL_SECONDS = 1.0
AT_ONCE = 10_000
"""Events that CloudWatch gives at once, at most."""
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_FRAME = re.compile(r'^(START|END|REPORT) RequestId|^\{"_aws":')
_LEVEL = re.compile(r'"level": ?"(ERROR|CRITICAL)"')
_TRACEBACK = "Traceback (most recent call last)"
_CRASH = re.compile(r"^\[ERROR\]|Task timed out|^Runtime\.\w+")


@dataclass(frozen=True)
class Line:
    """One event of a log: `at` in milliseconds since 1970; `source` is the worker process."""

    id: str
    at: int
    function: str
    source: str
    text: str

    @property
    def is_frame(self) -> bool:
        """Whether it only says that an invocation began or ended, or is a metric for CloudWatch."""
        return bool(_FRAME.match(self.text))

    @property
    def is_failure(self) -> bool:
        """Whether it reports one by itself: a logged error, a traceback's beginning, a crash, a timeout."""
        return _TRACEBACK in self.text or bool(_LEVEL.search(self.text) or _CRASH.search(self.text))


def failures(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines that report failures, tracebacks whole: each of their lines is an event of its own."""
    inside: set[str] = set()
    for line in lines:
        if line.source in inside and not line.is_failure:
            yield line
            if line.text and not line.text.startswith((" ", "\t")):
                inside.discard(line.source)
        elif line.is_failure:
            yield line
            if line.text.startswith(_TRACEBACK) and "\n" not in line.text:
                inside.add(line.source)


def seconds_of(text: str) -> int:
    """`90s`, `10m`, `2h`, `1d` in seconds. Raises Failed."""
    found = re.fullmatch(r"(\d{1,6})([smhd])", text)
    if not found:
        raise Failed(f"{text!r} is not a length of time such as 90s, 10m, 2h or 1d")
    return int(found[1]) * _UNITS[found[2]]


def lines_since(logs: Any, start: int) -> list[Line]:
    """All lines of all functions since `start` (milliseconds since 1970), in order of time."""
    found: dict[str, Line] = {}
    for group in _groups(logs):
        for number, event in enumerate(_events_since(logs, group, start)):
            line = _line(group, number, event)
            found[line.id] = line
    return sorted(found.values(), key=lambda line: line.at)


def _events_since(logs: Any, group: str, start: int) -> Iterator[dict[str, Any]]:
    """All events of a group: the emulator gives the first 10,000 and no token, so the rest is asked by time.

    Of a millisecond with more than that the rest is left out.
    """
    while True:
        events = logs.filter_log_events(logGroupName=group, startTime=start)["events"]
        yield from events
        if len(events) < AT_ONCE:
            return
        start = max(events[-1]["timestamp"], start + 1)


def _line(group: str, number: int, event: dict[str, Any]) -> Line:
    source = f"{group}:{event['logStreamName']}"
    key = event.get("eventId") or f"{event['timestamp']}:{number}"
    return Line(
        f"{source}:{key}", event["timestamp"], group[len(PREFIX) :], source, event["message"].rstrip()
    )


def _groups(logs: Any) -> Iterator[str]:
    for page in logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=PREFIX):
        yield from (group["logGroupName"] for group in page["logGroups"])


def printed(line: Line) -> str:
    """`12:00:01.123 function  text`, with what follows of a traceback below the text."""
    clock = datetime.fromtimestamp(line.at / 1000, UTC).astimezone().strftime("%H:%M:%S.%f")[:-3]
    first, *more = unescaped(line.text).splitlines() or [""]
    return "\n".join([f"{clock} {line.function}  {first}", *(f"    {part}" for part in more)])


def unescaped(text: str) -> str:
    """A JSON line's traceback, which is one long string, laid out in lines below it."""
    return text.replace("\\n", "\n").replace('\\"', '"') if "Traceback (most recent" in text else text


def show(logs: Any, *, since: str, follow: bool, errors: bool) -> None:
    """Print the logs of the last `since`, then go on printing while `follow`; only failures when `errors`."""
    start = int((time.time() - seconds_of(since)) * 1000)
    seen: set[str] = set()
    while True:
        fresh = [line for line in lines_since(logs, start) if line.id not in seen and not line.is_frame]
        seen.update(line.id for line in fresh)
        for line in failures(fresh) if errors else fresh:
            say(printed(line))
        if not follow:
            return
        time.sleep(POLL_SECONDS)
