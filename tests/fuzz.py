"""Hypothesis strategies for payloads: any JSON, and what a schema of the OpenAPI document lets through."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

TEXTS = st.text(max_size=20)
TIMES = st.datetimes().map(lambda at: at.isoformat() + "Z") | st.datetimes(timezones=st.timezones()).map(str)
WORDS = st.sampled_from(["cus_01J00000000000000000000000", "ada@example.org", "phone", "lead", "*", ""])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | TIMES | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.from_regex("[a-z][a-z0-9_]{0,5}", fullmatch=True)
BY_TYPE: dict[str, st.SearchStrategy[Any]] = {
    "integer": st.integers(-10, 10) | st.integers(),
    "number": st.floats(allow_nan=False),
    "boolean": st.booleans(),
    "object": st.dictionaries(NAMES, JSON, max_size=3),
    "null": st.none(),
}


def likely(schema: Any) -> st.SearchStrategy[Any]:
    """Values that a field of this schema may take, or nearly."""
    if "anyOf" in schema:
        return st.one_of(*(likely(one) for one in schema["anyOf"]))
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if schema.get("type") == "string":
        return _texts(schema)
    if schema.get("type") == "array":
        return st.lists(likely(schema["items"]), max_size=3)
    return BY_TYPE.get(schema.get("type"), JSON)


def _texts(schema: Any) -> st.SearchStrategy[str]:
    if not schema.get("pattern", "^[^").startswith("^[^"):  # that one says what no text may have
        return st.from_regex(schema["pattern"], fullmatch=True)
    return TIMES if schema.get("format") == "date-time" else TEXTS | WORDS
