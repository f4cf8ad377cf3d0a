"""A tour in a document as a program: its shell blocks, and the answers shown below them."""

from __future__ import annotations

import os
import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
FENCE = re.compile(r"^```sh\n(.*?)^```\n(?:\s*```(?:json|text)\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL)
CHANGES = re.compile(r"\brapport POST\b|^mail |\bcurl .*-X ", re.MULTILINE)
ANY_LINES = "…"
MASKS = (
    (re.compile(r"\b[a-z]{3}_[0-9A-HJKMNP-TV-Z]{26}\b"), "ID"),
    (re.compile(r"\[#[0-9A-HJKMNP-TV-Z]{8}\]"), "[#TAG]"),
    (re.compile(r"\b\d{4}-\d\d-\d\dT[\d:.]+Z"), "TIME"),
    (re.compile(r"\b\d{4}-\d\d-\d\d\b"), "DAY"),
    (re.compile(r"127\.0\.0\.1:\d+"), "HOST"),
)
PATIENCE = 150
"""Seconds in which a reading block must come to show what the document shows: a timer takes two minutes."""


@dataclass(frozen=True)
class Block:
    """A block of commands, and the output shown below it, if there is one."""

    commands: str
    shown: str | None

    @property
    def only_reads(self) -> bool:
        """Whether it may be run again until what it waits for is there."""
        return CHANGES.search(self.commands) is None


def blocks(document: str, heading: str) -> list[Block]:
    """The blocks of a chapter of a document, in order."""
    text = (ROOT / document).read_text(encoding="utf-8")
    chapter = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert chapter is not None, f"{document} has no tour any more"
    return [Block(found[1], found[2]) for found in FENCE.finditer(chapter[1])]


def masked(text: str) -> str:
    """The text without what differs from run to run."""
    for pattern, name in MASKS:
        text = pattern.sub(name, text)
    return text


def agrees(shown: str, output: str) -> bool:
    """Whether the output is what is shown; a line `…` stands for any lines, `…` in a line for any text."""
    lines = [
        r"(?:.*\n)*?" if line.strip() == ANY_LINES else re.escape(line).replace(ANY_LINES, ".*") + "\n"
        for line in masked(shown).splitlines()
    ]
    return re.fullmatch("".join(lines), masked(output)) is not None


class Shell:
    """Runs blocks one after the other, as in one shell: variables and functions stay."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}

    def run(self, commands: str) -> tuple[int, str]:
        """Run commands; the exit status of the first that failed, and what they wrote."""
        state = self._folder / "state"
        state.unlink(missing_ok=True)
        done = subprocess.run(
            ["bash", "-c", f"set -ae -o pipefail\n{commands}\nenv -0 > {state.name}"],
            cwd=self._folder,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        if state.exists():
            pairs = (entry.partition("=") for entry in state.read_text(encoding="utf-8").split("\0") if entry)
            self._environment = {name: value for name, _, value in pairs}
        return done.returncode, done.stdout

    def follow(self, block: Block) -> tuple[int, str]:
        """Run a block; one that only reads again and again, until it shows what it should."""
        deadline = time.monotonic() + PATIENCE
        while True:
            status, output = self.run(block.commands)
            fits = status == 0 and (block.shown is None or agrees(block.shown, output))
            if fits or not block.only_reads or time.monotonic() > deadline:
                return status, output
            time.sleep(1)
