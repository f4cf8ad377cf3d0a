"""The logs as they are shown: failures whole, lengths of time, tracebacks laid out."""

from __future__ import annotations

import pytest

from local.logs import Line, failures, printed, seconds_of
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
