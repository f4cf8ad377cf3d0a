"""The README's tour is true: every command runs, and answers what is shown below it."""

from __future__ import annotations

import re
import secrets
from dataclasses import replace
from pathlib import Path

import pytest

from tests.e2e.clouds import Cloud
from tests.e2e.tour import Block, Shell, agrees, blocks, masked

pytestmark = pytest.mark.e2e


def renewed(block: Block, mark: str) -> Block:
    """The block for another Ada and another survey, so that any cloud will do, however often."""

    def anew(text: str) -> str:
        text = re.sub("@(?=example[.]net)", f"@{mark}.", text, flags=re.IGNORECASE)
        return text.replace("lamp-care", f"lamp-care-{mark}")

    return replace(block, commands=anew(block.commands), shown=block.shown and anew(block.shown))


def test_the_tour(cloud: Cloud, tmp_path: Path) -> None:
    (tmp_path / ".local").mkdir()
    (tmp_path / ".local" / "cloud.json").symlink_to(cloud.file)
    shell, mark = Shell(tmp_path), secrets.token_hex(4)
    tour = [renewed(block, mark) for block in blocks()]
    assert len(tour) > 10
    for block in tour:
        status, output = shell.follow(block)
        assert status == 0, f"{block.commands}\nfailed:\n{output}"
        if block.shown is not None:
            assert agrees(block.shown, output), f"{block.commands}\nanswered:\n{masked(output)}"
