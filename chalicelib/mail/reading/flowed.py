"""Undo format=flowed (RFC 3676): soft line breaks are joined again, within one quote depth."""

from __future__ import annotations


def unflow(text: str, *, delete_space: bool) -> str:
    """Paragraphs on one line each; `delete_space` is the parameter DelSp=yes."""
    out: list[str] = []
    open_depth = -1
    for line in text.split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")  # space-stuffing, section 4.4
        flows = content.endswith(" ") and content != "-- "  # the signature line never flows, section 4.3
        kept = content[:-1] if flows and delete_space else content
        if depth == open_depth and content != "-- ":
            out[-1] += kept
        else:
            out.append(">" * depth + (" " if depth else "") + kept)
        open_depth = depth if flows else -1
    return "\n".join(out)
