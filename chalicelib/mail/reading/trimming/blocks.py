"""What a trimmed text is: blocks in the order of the text, each of a kind, each visible or not."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What the lines of a block are."""

    TEXT = "text"
    BLANK = "blank"
    QUOTE = "quote"
    ATTRIBUTION = "attribution"
    HEADER = "header"
    SIGNATURE = "signature"
    FOOTER = "footer"
    RULE = "rule"


class Block(NamedTuple):
    """Lines that stand together in the text."""

    kind: Kind
    visible: bool
    text: str


class Trimmed(NamedTuple):
    """A text in blocks; those of one line each, or of many, joined by line feeds are the text again."""

    blocks: tuple[Block, ...]

    @property
    def text(self) -> str:
        return "\n".join(block.text for block in self.blocks)

    @property
    def visible(self) -> str:
        return "\n".join(block.text for block in self.blocks if block.visible)

    @property
    def elided(self) -> str:
        return "\n".join(block.text for block in self.blocks if not block.visible)
