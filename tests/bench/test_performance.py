"""The documents say what was measured, and nothing else."""

from __future__ import annotations

import pytest

from bench import performance
from bench.report import Line
from bench.results import Result, kept, renewed

FAST = Result(
    "cpu", "CPU", "2026-11-28 20:00 UTC", 60, "2 cores", "Python 3.11", "abc1234",
    [Line("a | b", "≤ 1", "0.5 ×", True), Line("c", "≤ 1", "2 ×", False), Line("d", "", "7", None)],
)  # fmt: skip


def test_the_committed_documents_are_of_the_committed_results(capsys: pytest.CaptureFixture[str]) -> None:
    assert performance.main(["--check"]) == 0, capsys.readouterr().out


def test_a_chapter_says_method_machine_date_and_what_is_over() -> None:
    text = performance.document({"cpu": FAST})
    assert "against the bare boto3 call under it" in text
    assert (
        "`python -m bench.cpu`, 2026-11-28 20:00 UTC, 60 s, at abc1234; 2 cores; Python 3.11. 1 of 2" in text
    )
    assert "| a \\| b | ≤ 1 | 0.5 × |\n| c | ≤ 1 | 2 × **OVER** |\n| d |  | 7 |" in text


def test_the_figures_of_the_readme_are_measured_lines() -> None:
    one = performance.FIGURES[0]
    measured = FAST._replace(part=one.part, lines=[Line(one.what, "≤ 1.3 ×", "1.2 ×", True)])
    text = f"before\n{performance.BEGIN}\nold\n{performance.END}\nafter"
    assert performance.readme(text, {one.part: measured}) == (
        f"before\n{performance.BEGIN}\n| what | measured |\n|---|---|\n| {one.says} | 1.2 × |\n"
        f"{performance.END}\nafter"
    )


def test_every_figure_of_the_readme_is_known() -> None:
    lines = {(part, line.what) for part, result in kept().items() for line in result.lines}
    assert {(one.part, one.what) for one in performance.FIGURES} <= lines


def test_lines_that_are_measured_again_name_both_commits() -> None:
    again = FAST._replace(commit="def5678", seconds=5, lines=[Line("c", "≤ 1", "0.9 ×", True)])
    both = renewed(FAST, again)
    assert [line.figure for line in both.lines] == ["0.5 ×", "0.9 ×", "7"]
    assert (both.commit, both.seconds) == ("abc1234, def5678", 65)
    assert renewed(both, again).commit == both.commit
