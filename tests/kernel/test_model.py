"""The base types: what a line, a text and a time may be, and what closed and strict mean."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from chalicelib.kernel.ids import stamp
from chalicelib.kernel.model import Line, Model, Number, OneReason, Stored, Text, Utc, each_once


class Note(Model):
    title: Annotated[str, Line(10)] = "a"
    text: Annotated[str, Text(10)] = "b"
    at: Utc = datetime(2026, 1, 1, tzinfo=UTC)
    count: int = 0


class Kept(Stored):
    title: str


class Held(Model):
    value: Annotated[Annotated[str, Text(10)] | bool | Number, OneReason("must be held")] | None


@pytest.mark.parametrize("text", ["a\x00b", "a\x1bb", "a\ud800b", "a\x0bb"])
@pytest.mark.parametrize("field", ["title", "text"])
def test_controls_and_lone_surrogates_are_refused(field: str, text: str) -> None:
    assert _code(**{field: text}) in ("value_error", "string_unicode")


@pytest.mark.parametrize("text", ["a\nb", "a\rb", "a\r\nBcc: x", "a\x85b", "a\u2028b", "a\u2029b"])
def test_a_line_has_no_breaks_of_any_kind(text: str) -> None:
    assert _code(title=text) == "value_error"


@given(st.text(max_size=10))
def test_a_line_never_splits(text: str) -> None:
    try:
        title = Note(title=text).title
    except ValidationError:
        return
    assert title.splitlines() == [title]
    assert title.encode()


def test_a_line_is_stripped_and_bounded() -> None:
    assert Note(title="  Ada \n").title == "Ada"
    assert _code(title="   ") == "string_too_short"
    assert _code(title="x" * 11) == "string_too_long"


def test_a_text_keeps_its_breaks_and_is_bounded() -> None:
    assert Note(text="a\r\n\tb ").text == "a\r\n\tb "
    assert _code(text="") == "string_too_short"
    assert _code(text="x" * 11) == "string_too_long"


@pytest.mark.parametrize(
    "text",
    ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1969-12-31T23:59:59Z", "2026-01-01T00:00:00"],
)
def test_times_we_cannot_keep_are_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="must"):
        Note.model_validate_json(f'{{"at": "{text}"}}')


@pytest.mark.parametrize("written", ['"1700000000"', '"0.5"', "1700000000", "null", "true"])
def test_a_time_is_no_number(written: str) -> None:
    with pytest.raises(ValidationError, match="must be a time such as"):
        Note.model_validate_json(f'{{"at": {written}}}')


@given(text=st.text(st.sampled_from("a \n\r\t\x00\x0b\x1f\x85\u2028é"), max_size=6))
def test_the_schema_says_what_a_line_and_a_text_may_be(text: str) -> None:
    told = Note.model_json_schema()["properties"]
    for field in ("title", "text"):
        try:
            kept: str = getattr(Note.model_validate({field: text}), field)
        except ValidationError:
            kept = ""
        fits = text != "" and re.search(told[field]["pattern"], text) is not None
        assert fits <= (kept != ""), "what it allows is taken"
        assert kept == "" or re.search(told[field]["pattern"], kept), "what is kept is allowed"


@given(st.datetimes(timezones=st.integers(-1439, 1439).map(lambda m: timezone(timedelta(minutes=m)))))
def test_a_time_is_brought_to_utc_or_refused(at: datetime) -> None:
    try:
        kept = Note(at=at).at
    except ValidationError:
        return
    assert kept.tzinfo is UTC
    assert kept == at
    assert datetime.fromisoformat(stamp(kept)) == kept.replace(microsecond=kept.microsecond // 1000 * 1000)


def test_nothing_is_coerced_added_or_changed() -> None:
    assert _code(count="1") == "int_type"
    assert _code(count=True) == "int_type"
    assert _code(colour="red") == "extra_forbidden"
    note = Note()
    with pytest.raises(ValidationError, match="frozen"):
        note.count = 2  # type: ignore[misc]  # what is tested


def test_an_error_does_not_quote_what_was_given() -> None:
    with pytest.raises(ValidationError) as raised:
        Note.model_validate({"title": ["ada@example.org"]})
    assert "ada@" not in str(raised.value)


def test_an_item_of_a_newer_release_can_be_read() -> None:
    assert Kept.model_validate({"title": "a", "new": 1}) == Kept(title="a")


def test_each_once_keeps_the_order() -> None:
    assert each_once(["b", "a", "b", "c", "a"]) == ["b", "a", "c"]


def _code(**fields: Any) -> str:
    with pytest.raises(ValidationError) as raised:
        Note.model_validate(fields)
    return raised.value.errors()[0]["type"]


@pytest.mark.parametrize("value", ["x" * 11, "a\x00b", 1e-200, 1e101, [], {"a": 1}])
def test_what_may_have_several_types_is_refused_for_one_reason(value: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        Held(value=value)
    assert [(one["loc"], one["msg"]) for one in caught.value.errors()] == [(("value",), "must be held")]


@pytest.mark.parametrize("value", ["a", "a\nb", True, False, -2.5, None])
def test_any_of_the_types_is_taken_as_it_is(value: Any) -> None:
    assert Held(value=value).value is value
