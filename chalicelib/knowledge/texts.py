"""Where texts lie: a gzipped object each, under its article, named by its content, never changed."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from chalicelib.kernel import blobs
from chalicelib.knowledge.model import Content

MAX_BYTES = 5_000_000
KEPT = 64
"""Texts that a process keeps: what many read at once is fetched once."""


def store(article_id: str, markdown: str) -> str:
    """Render and store a text; its key, which is the same for the same text. Raises Invalid `too_complex`."""
    from chalicelib.knowledge.markdown import rendered

    made = rendered(markdown)
    key = f"{prefix(article_id)}{hashlib.sha256(markdown.encode()).hexdigest()}"
    blobs.put_json(key, {"markdown": markdown, "html": made.html, "text": made.text})
    return key


@lru_cache(KEPT)
def load(key: str) -> Content:
    """A stored text: one call, unless it was read before. Raises NotFound."""
    return Content.model_validate(blobs.get_json(key, maximum=MAX_BYTES))


def erase(article_id: str) -> None:
    """Remove all texts of an article, for good."""
    blobs.erase(prefix(article_id))


def prefix(article_id: str) -> str:
    return f"articles/{article_id}/"
