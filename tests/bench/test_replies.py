"""The command that trims a folder of mails says how near it comes to what people expect."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.replies import main

MAIL = "Thank you!\r\n\r\nOn Mon, 2 Mar 2026, Shop wrote:\r\n> Hello\r\n"


def folder(path: Path, **expected: str) -> Path:
    """A mail for each name, and what is expected to be seen of it."""
    for name, text in expected.items():
        for part, content in (("emails", MAIL), ("trimmed", text)):
            (path / part).mkdir(exist_ok=True)
            (path / part / f"{name}.txt").write_text(content, encoding="utf-8", newline="")
    return path


def test_the_last_line_is_the_result(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main([str(folder(tmp_path, right="\n Thank you!  \n\n", wrong="Thank you!\nShop"))])

    *rows, last = capsys.readouterr().out.splitlines()
    assert code == 0
    assert json.loads(last) == {"mails": 2, "exact": 1, "lost_text": 0}
    assert [row.split() for row in rows] == [
        ["right", "exact", "nothing", "lost"],
        ["wrong", "1", "lines", "differ", "nothing", "lost"],
    ]


def test_a_difference_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(folder(tmp_path, right="Thank you!", wrong="Thank you!\nShop")), "--diff", "wrong"]) == 0

    out = capsys.readouterr().out
    assert "\n-Shop\n" in out
    assert "right" not in out


def test_latin_letters_are_read_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = folder(tmp_path, one="Schöne Grüße")
    for part in ("emails", "trimmed"):
        (given / part / "one.txt").write_bytes("Schöne Grüße".encode("latin-1"))

    assert main([str(given)]) == 0
    assert '"exact": 1' in capsys.readouterr().out


@pytest.mark.parametrize("missing", ["emails", "trimmed"])
def test_a_missing_folder_is_named(tmp_path: Path, missing: str, capsys: pytest.CaptureFixture[str]) -> None:
    given = folder(tmp_path, one="Thank you!")
    (given / missing).rename(given / "elsewhere")

    with pytest.raises(SystemExit) as stopped:
        main([str(given)])
    assert stopped.value.code == 2
    assert str(given / missing) in capsys.readouterr().err
