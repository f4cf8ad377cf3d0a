"""Texts of a file's cells, read as the kind of their custom field."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.customers import field_texts, fields
from chalicelib.customers.definitions import CustomField, Definitions, NewField
from chalicelib.kernel.errors import Invalid

SIZES = [{"value": "S", "label": {"de": "Klein", "en": "Small"}}, {"value": "M"}, {"value": "m"}]


def _field(kind: str) -> CustomField:
    new: dict[str, Any] = {"name": "it", "kind": kind, "choices": SIZES if kind == "choice" else []}
    return CustomField.define(NewField.model_validate(new))


def _taken(kind: str, text: str) -> Any:
    """What becomes of the text; its problem, when it is none of the kind."""
    field = _field(kind)
    try:
        custom = {"it": field_texts.read(text, field)}
        return fields.check(custom, Definitions(version=1, data=[field]), complete=False)["it"]
    except Invalid as error:
        return error.extra["invalid_params"][0]["code"]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("number", "38", 38),
        ("number", " -4 ", -4),
        ("number", "38.5", 38.5),
        ("number", "38,5", 38.5),
        ("number", "1.234", 1.234),
        ("number", "1,234", "wrong_kind"),
        ("number", "1,234.5", 1234.5),
        ("number", "1.234,5", 1234.5),
        ("number", "1.234.567", 1234567),
        ("number", "1\u202f234,5", 1234.5),
        ("number", "1'234", 1234),
        ("number", "1e+22", 1e22),
        ("number", "1,23.4", "wrong_kind"),
        ("number", "1,234,5", "wrong_kind"),
        ("number", "many", "wrong_kind"),
        ("number", "nan", "wrong_kind"),
        ("number", "9" * 400, "wrong_kind"),
        ("boolean", "TRUE", True),
        ("boolean", "ja", True),
        ("boolean", "Oui", True),
        ("boolean", "0", False),
        ("boolean", "Nein", False),
        ("boolean", "non", False),
        ("boolean", "perhaps", "wrong_kind"),
        ("date", "2026-05-06", "2026-05-06"),
        ("date", "6.5.2026", "2026-05-06"),
        ("date", "2026/05/06", "2026-05-06"),
        ("date", "13/05/2026", "2026-05-13"),
        ("date", "05/13/2026", "2026-05-13"),
        ("date", "05/05/2026", "2026-05-05"),
        ("date", "05/06/2026", "invalid_date"),
        ("date", "31.2.2026", "invalid_date"),
        ("date", "soon", "invalid_date"),
        ("money", "12.5 EUR", "12.50 EUR"),
        ("money", "12,50 eur", "12.50 EUR"),
        ("money", "EUR 1.234,50", "1234.50 EUR"),
        ("money", "12,50 €", "12.50 EUR"),
        ("money", "-3€", "-3.00 EUR"),
        ("money", "12.50", "invalid_money"),
        ("money", "EUR 12 USD", "invalid_money"),
        ("money", "1,234 EUR", "invalid_money"),
        ("choice", "S", "S"),
        ("choice", "small", "S"),
        ("choice", "KLEIN", "S"),
        ("choice", "m", "m"),
        ("choice", "XL", "unknown_choice"),
        ("text", " as it is", " as it is"),
        ("url", "https://x.example/", "https://x.example/"),
    ],
)
def test_texts_are_read_as_their_kind_or_refused(kind: str, text: str, value: Any) -> None:
    taken = _taken(kind, text)
    assert (taken, type(taken)) == (value, type(value))


VALUES = st.one_of(
    st.tuples(st.just("number"), st.integers(-(2**53), 2**53) | st.floats(-1e100, 1e100)),
    st.tuples(st.just("boolean"), st.booleans()),
    st.tuples(st.just("date"), st.dates().map(str)),
    st.tuples(st.just("money"), st.integers(-(10**9), 10**9).map(lambda cents: f"{cents / 100:.2f} EUR")),
    st.tuples(st.just("choice"), st.sampled_from(["S", "M", "m"])),
)


@given(VALUES)
def test_what_an_export_writes_is_read_as_it_was(given_: tuple[str, Any]) -> None:
    kind, value = given_
    field = _field(kind)
    taken = fields.check({"it": value}, Definitions(data=[field]), complete=False)["it"]
    written = str(taken).lower() if isinstance(taken, bool) else str(taken)
    assert field_texts.read(written, field) == taken


@given(st.text(), st.sampled_from(["number", "boolean", "date", "money", "choice", "text", "url"]))
def test_no_text_is_too_odd_to_be_refused(text: str, kind: str) -> None:
    _taken(kind, text)
