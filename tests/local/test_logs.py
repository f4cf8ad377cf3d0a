"""The logs as they are shown: failures whole, lengths of time, tracebacks laid out."""

from __future__ import annotations

from typing import Any

import pytest

from local.logs import AT_ONCE, Line, failures, lines_since, printed, seconds_of
from local.progress import Failed


def lines(*texts: str, source: str = "worker-1") -> list[Line]:
    return [
        Line(f"{source}:{number}", number, "feedback-worker", source, text)
        for number, text in enumerate(texts)
    ]


def test_a_traceback_is_shown_whole_and_nothing_after_it() -> None:
    shown = failures(
        lines(
            '{"level":"INFO","message":"fine"}',
            "Traceback (most recent call last):",
            '  File "worker.py", line 1, in work',
            "    raise Poison",
            "chalicelib.errors.Poison: bad",
            '{"level":"INFO","message":"fine again"}',
        )
    )
    assert [line.at for line in shown] == [1, 2, 3, 4]


def test_tracebacks_of_two_workers_do_not_mix() -> None:
    one = lines("Traceback (most recent call last):", "  File a", "Boom: a", source="one")
    other = lines("all well", source="two")
    assert "all well" not in [line.text for line in failures([one[0], other[0], *one[1:]])]


@pytest.mark.parametrize(
    "text",
    [
        '{"level":"ERROR","message":"a logged error"}',
        "2026-11-21T12:00:00Z 0a1b Task timed out after 60.00 seconds",
        "[ERROR] Runtime.ImportModuleError: Unable to import module 'app'",
    ],
)
def test_other_failures_are_known(text: str) -> None:
    assert [line.text for line in failures(lines(text, "fine"))] == [text]


def test_a_logged_traceback_is_laid_out_below_its_line() -> None:
    (line,) = lines(
        '{"level":"ERROR","exception":"Traceback (most recent call last):\\n  File \\"x\\"\\nBoom"}'
    )
    assert printed(line).splitlines()[1:] == ['      File "x"', '    Boom"}']


def test_lengths_of_time() -> None:
    assert [seconds_of(text) for text in ("90s", "10m", "2h", "1d")] == [90, 600, 7200, 86400]
    with pytest.raises(Failed, match="90s"):
        seconds_of("ten minutes")


class _Logs:
    """A group of many events, of which CloudWatch gives so many at once."""

    def __init__(self, events: int) -> None:
        self._events: list[dict[str, Any]] = [
            {"eventId": str(number), "timestamp": number // 3, "message": "x", "logStreamName": "s"}
            for number in range(events)
        ]

    def get_paginator(self, _: str) -> _Logs:
        return self

    def paginate(self, **_: str) -> list[Any]:
        return [{"logGroups": [{"logGroupName": "/aws/lambda/api"}]}]

    def filter_log_events(self, *, startTime: int, **_: str) -> Any:  # noqa: N803 - as boto3 names it
        return {"events": [one for one in self._events if one["timestamp"] >= startTime][:AT_ONCE]}


@pytest.mark.parametrize("events", [0, 1, AT_ONCE - 1, AT_ONCE, 2 * AT_ONCE + 7])
def test_no_line_of_a_busy_function_is_left_out(events: int) -> None:
    assert len(lines_since(_Logs(events), 0)) == events
