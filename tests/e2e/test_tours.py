"""The tours are true: every command of the README and of docs/ runs, and answers what is shown below it."""

from __future__ import annotations

import re
import secrets
from dataclasses import replace
from pathlib import Path

import pytest

from tests.e2e.clouds import Cloud
from tests.e2e.tour import Block, Shell, agrees, blocks, masked

pytestmark = pytest.mark.e2e

OPENING = blocks("README.md", "Five minutes")[:1]
"""The README's first block, which gives the shell the words that every tour speaks."""


def renewed(block: Block, mark: str) -> Block:
    """The block for other people, their number, another survey, so that any cloud will do, however often."""
    number = int(mark, 16)

    def anew(text: str) -> str:
        text = re.sub("(?=example[.]net)", f"{mark}.", text, flags=re.IGNORECASE)
        text = re.sub("555(-?)0172", rf"{200 + number % 800}\g<1>{number // 800 % 10_000:04}", text)
        return re.sub(
            "lamp-(care|news|ready|sales|visit|parcel|review)|ship-letter", rf"\g<0>-{mark}", text
        ).replace("hull_length", f"hull_length_{mark}")

    return replace(block, commands=anew(block.commands), shown=block.shown and anew(block.shown))


def follow(tour: list[Block], cloud: Cloud, folder: Path) -> None:
    """Run the blocks as a reader would, and compare what they answer with what is shown."""
    (folder / ".local").mkdir()
    (folder / ".local" / "cloud.json").symlink_to(cloud.file)
    shell, mark = Shell(folder), secrets.token_hex(4)
    for block in [renewed(block, mark) for block in tour]:
        status, output = shell.follow(block)
        assert status == 0, f"{block.commands}\nfailed:\n{output}"
        if block.shown is not None:
            assert agrees(block.shown, output), f"{block.commands}\nanswered:\n{masked(output)}"


def test_the_readme(cloud: Cloud, tmp_path: Path) -> None:
    tour = blocks("README.md", "Five minutes")
    assert len(tour) > 10
    follow(tour, cloud, tmp_path)


def test_the_tour_of_customers(cloud: Cloud, tmp_path: Path) -> None:
    tour = blocks("docs/customers.md", "A tour")
    assert len(tour) > 20
    follow(OPENING + tour, cloud, tmp_path)


@pytest.mark.parametrize(
    ("document", "length"), [("sla", 6), ("knowledge", 6), ("portal", 9), ("mail", 16), ("support", 15)]
)
def test_the_tour_of(cloud: Cloud, tmp_path: Path, document: str, length: int) -> None:
    words = [one for one in blocks("docs/customers.md", "A tour") if "pick()" in one.commands]
    tour = blocks(f"docs/{document}.md", "A tour")
    assert len(tour) == length
    follow(OPENING + words + tour, cloud, tmp_path)


def test_the_tour_of_surveys(cloud: Cloud, tmp_path: Path) -> None:
    words = [one for one in blocks("docs/customers.md", "A tour") if "pick()" in one.commands]
    tour = blocks("docs/feedback.md", "A tour of surveys")
    assert len(tour) == 8
    follow(OPENING + words + tour, cloud, tmp_path)


def test_the_tour_of_what_comes_in(cloud: Cloud, tmp_path: Path) -> None:
    words = [one for one in blocks("docs/customers.md", "A tour") if "pick()" in one.commands]
    tour = blocks("docs/feedback.md", "A tour of what comes in and what is made of it")
    assert len(tour) == 5
    follow(OPENING + words + tour, cloud, tmp_path)


def test_the_tours_of_closing_the_loop_and_of_suggestions(cloud: Cloud, tmp_path: Path) -> None:
    words = [one for one in blocks("docs/customers.md", "A tour") if "pick()" in one.commands]
    loop = blocks("docs/feedback.md", "A tour of closing the loop")
    board = blocks("docs/feedback.md", "A tour of suggestions")
    assert (len(loop), len(board)) == (5, 6)
    follow(OPENING + words + loop + board, cloud, tmp_path)
