"""What is told of known vulnerabilities, and what fails."""

from __future__ import annotations

import pytest

from infra.audit import SHIPPED, report

SAFE = {"name": "safe", "version": "1.0", "vulns": []}
HOLE = {"name": "holed", "version": "2.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.1"]}]}
UNKNOWN = {"name": "private", "skip_reason": "not found"}


def test_a_vulnerability_in_what_is_shipped_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert not report(SHIPPED, [SAFE, HOLE, UNKNOWN])
    said = capsys.readouterr().out
    assert "holed 2.0: PYSEC-1, mended in 2.1" in said
    assert "1 known vulnerabilities in 2, 1 unknown" in said


def test_a_vulnerability_in_a_tool_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert report("requirements-dev.txt", [HOLE])
    assert "PYSEC-1" in capsys.readouterr().out


@pytest.mark.parametrize("answer", [None, [UNKNOWN]])
def test_a_service_that_knows_nothing_is_told_and_fails_nothing(
    capsys: pytest.CaptureFixture[str], answer: list[dict[str, str]] | None
) -> None:
    assert report(SHIPPED, answer)
    assert "NOT DONE" in capsys.readouterr().out
