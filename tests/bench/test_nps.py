"""The command that sends a file of scores through queue and worker: what it reads of a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.nps import plain, scores
from chalicelib.kernel.errors import Invalid


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_any_csv_is_read(tmp_path: Path, encoding: str, separator: str) -> None:
    path = tmp_path / "scores.csv"
    rows = [("Wer", "Wie wahrscheinlich?"), ("Zoë", "10"), ('"Lärm"', "9.0"), ("Ñ", "0"), ("Ö", "8 ")]
    path.write_text("".join(separator.join(row) + "\r\n" for row in rows), encoding=encoding)
    assert list(scores(path, "wie wahrscheinlich?")) == [10, 9, 0, 8]


def test_what_is_no_score_is_none(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text('who,nps\na,11\nb,-1\nc,\nd,9.5\ne,nine\nf,"7"\ng\nh,²\n', encoding="utf-8")
    assert list(scores(path, "nps")) == [None, None, None, None, None, 7, None, None]


def test_a_column_that_is_not_there_is_said(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text("who,score\na,1\n", encoding="utf-8")
    with pytest.raises(Invalid, match="who, score"):
        list(scores(path, "nps"))


def test_arithmetic() -> None:
    figures = {"responses": 3, "promoters": 1, "passives": 1, "detractors": 1, "nps": 0.0}
    assert plain([0, 8, 10]) == figures
    assert plain([10, 9, 7])["nps"] == 66.667
