"""Trims a folder of mails, and compares with what people expect: `python -m bench.replies DIR`.

DIR holds texts of mails in `emails/*.txt`, and under the same names in `trimmed/*.txt` what people expect to
see of them. Prints a row for each mail and, last, a line of JSON: `mails`, how many are `exact`, and how many
have `lost_text`, lines that are neither visible nor elided. White space at the ends of lines and around a
text does not count. `--diff NAME` shows what differs in one mail. The exit code is 1 when text was lost, and
2 when there is nothing to trim.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable
from difflib import unified_diff
from pathlib import Path
from typing import NamedTuple

from chalicelib.mail.reading.charsets import clean, decode
from chalicelib.mail.reading.trimming.blocks import Trimmed
from chalicelib.mail.reading.trimming.trim import trim


class Mail(NamedTuple):
    """One mail of the folder, trimmed, and what was expected of it."""

    name: str
    text: str
    trimmed: Trimmed
    expected: str

    @property
    def differing(self) -> int:
        """Lines that are too many or missing."""
        return sum(line[0] in "+-" for line in self.difference())

    @property
    def lost(self) -> int:
        """Lines, not empty, that the text has and neither of the two parts."""
        had, visible, elided = (
            Counter(filter(None, map(str.strip, text.split("\n"))))
            for text in (self.text, self.trimmed.visible, self.trimmed.elided)
        )
        return (had - visible - elided).total()

    def difference(self) -> list[str]:
        """Lines with + that are visible but not expected, and with - the other way round."""
        expected, visible = _lines(self.expected), _lines(self.trimmed.visible)
        return list(unified_diff(expected, visible, lineterm="", n=1))[2:]


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().split("\n")]


def mails(folder: Path) -> Iterable[Mail]:
    """The mails that have an expected text, by name. FileNotFoundError says which folder is missing."""
    for name in ("emails", "trimmed"):
        if not (folder / name).is_dir():
            raise FileNotFoundError(f"{folder / name} is no folder")
    for path in sorted((folder / "emails").glob("*.txt")):
        expected = folder / "trimmed" / path.name
        if expected.is_file():
            text = _read(path)
            yield Mail(path.stem, text, trim(text), _read(expected))
        else:
            print(f"{path.stem}: not in {expected.parent}, left out", file=sys.stderr)


def _read(path: Path) -> str:
    return clean(decode(path.read_bytes(), "utf-8", guess=True))


def main(arguments: list[str]) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.replies", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--diff", metavar="NAME", help="show what differs in one mail")
    given = parser.parse_args(arguments)
    try:
        found = list(mails(given.folder))
    except FileNotFoundError as error:
        parser.error(str(error))
    if given.diff:
        found = [mail for mail in found if mail.name == given.diff.removesuffix(".txt")]
    if not found:
        parser.error(f"no mails in {given.folder}")
    show(found, with_difference=bool(given.diff))
    lost = sum(bool(mail.lost) for mail in found)
    exact = sum(not mail.differing for mail in found)
    print(json.dumps({"mails": len(found), "exact": exact, "lost_text": lost}))
    return int(bool(lost))


def show(found: list[Mail], *, with_difference: bool) -> None:
    """A row for each mail, and if wanted its lines that differ."""
    width = max(len(mail.name) for mail in found)
    for mail in found:
        verdict = f"{mail.differing} lines differ" if mail.differing else "exact"
        lost = f"{mail.lost} lines lost" if mail.lost else "nothing lost"
        print(f"{mail.name:<{width}}  {verdict:<18} {lost}")
        if with_difference:
            print("\n".join(mail.difference()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
