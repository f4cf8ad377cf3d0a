"""The values of custom fields: what fits a definition, and the one form it gets."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.customers import fields
from chalicelib.customers.definitions import CustomField, Definitions, NewField
from chalicelib.kernel.errors import Invalid

CURRENCIES = st.sampled_from(["EUR", "USD", "JPY", "KWD"])


def _field(kind: str, **more: Any) -> CustomField:
    new = {"name": "it", "kind": kind, "label": {"de": "Es", "en": "Thing"}, **more}
    return CustomField.define(NewField.model_validate(new))


def _defined(*defined: CustomField, closed: bool = False) -> Definitions:
    return Definitions(version=1, closed=closed, data=list(defined))


def _check(field: CustomField, value: Any) -> Any:
    return fields.check({"it": value}, _defined(field), complete=False)["it"]


CHOICES = [{"value": "S"}, {"value": "M"}]


@pytest.mark.parametrize(
    ("field", "value", "canonical"),
    [
        (_field("text", max_length=3), "abc", "abc"),
        (_field("number", minimum=1, maximum=2.5), 2.5, 2.5),
        (_field("number"), -4, -4),
        (_field("boolean"), False, False),
        (_field("date", minimum="2026-01-01"), "2026-01-01", "2026-01-01"),
        (_field("choice", choices=CHOICES), "M", "M"),
        (_field("url"), "https://x.example/a?b=c", "https://x.example/a?b=c"),
        (_field("money"), "12.5 EUR", "12.50 EUR"),
        (_field("money"), " 0012EUR", "12.00 EUR"),
        (_field("money"), "1200 JPY", "1200 JPY"),
        (_field("money"), "1200.00 JPY", "1200 JPY"),
        (_field("money"), "-0.125 KWD", "-0.125 KWD"),
        (_field("money"), "-0 EUR", "0.00 EUR"),
        (_field("money", minimum=0, maximum=0.1), "0.10 EUR", "0.10 EUR"),
        (_field("text", required=True), None, None),
    ],
)
def test_what_fits_comes_back_in_its_one_form(field: CustomField, value: Any, canonical: Any) -> None:
    assert _check(field, value) == canonical


@pytest.mark.parametrize(
    ("field", "value", "reason", "code"),
    [
        (_field("text"), 1, "must be a text", "wrong_kind"),
        (_field("text", max_length=3), "abcd", "must have 3 characters at most", "too_long"),
        (_field("number"), "1", "must be a number", "wrong_kind"),
        (_field("number"), True, "must be a number", "wrong_kind"),
        (_field("number", minimum=1), 0.5, "must be 1 at least", "out_of_bounds"),
        (_field("number", maximum=1), 2, "must be 1 at most", "out_of_bounds"),
        (_field("boolean"), 0, "must be true or false", "wrong_kind"),
        (_field("date"), "2026-02-30", "must be a day as YYYY-MM-DD", "invalid_date"),
        (_field("date"), "20260201", "must be a day as YYYY-MM-DD", "invalid_date"),
        (_field("date", maximum="2026-01-01"), "2026-01-02", "must be 2026-01-01 at most", "out_of_bounds"),
        (_field("choice", choices=CHOICES), "L", "must be one of: S, M", "unknown_choice"),
        (_field("choice", choices=CHOICES), True, "must be one of: S, M", "unknown_choice"),
        (_field("url"), "javascript:alert(1)", "must be a URL that begins", "invalid_url"),
        (_field("url"), "https://", "must be a URL that begins", "invalid_url"),
        (_field("money"), "12.50", "must be an amount with its currency", "invalid_money"),
        (_field("money"), 12.5, "must be an amount with its currency", "invalid_money"),
        (_field("money"), "1.234 EUR", "must have 2 digits after the point", "invalid_money"),
        (_field("money"), "12,50 EUR", "must be an amount with its currency", "invalid_money"),
        (_field("money", maximum=10), "10.01 EUR", "must be 10 at most", "out_of_bounds"),
    ],
)
def test_what_does_not_fit_is_told_with_the_label_and_the_bound(
    field: CustomField, value: Any, reason: str, code: str
) -> None:
    with pytest.raises(Invalid) as caught:
        _check(field, value)
    (param,) = caught.value.extra["invalid_params"]
    assert (param["name"], param["code"]) == ("custom.it", code)
    assert param["reason"].startswith(f"Thing: {reason}")


def test_all_that_is_wrong_is_told_at_once() -> None:
    defined = _defined(
        _field("number"), _field("text").model_copy(update={"name": "other", "required": True})
    )
    with pytest.raises(Invalid) as caught:
        fields.check({"it": "x"}, defined, complete=True)
    assert {param["code"] for param in caught.value.extra["invalid_params"]} == {"required", "wrong_kind"}


def test_names_that_are_not_defined_are_free_unless_closed() -> None:
    assert fields.check({"else": 1}, _defined(_field("text")), complete=True) == {"else": 1}
    with pytest.raises(Invalid):
        fields.check({"else": 1}, _defined(_field("text"), closed=True), complete=True)
    assert fields.check({"else": None}, _defined(closed=True), complete=False) == {"else": None}


@given(st.integers(-(10**12), 10**12), st.integers(0, 3), CURRENCIES)
def test_money_in_its_one_form_stays_and_is_the_same_amount(whole: int, digits: int, currency: str) -> None:
    field = _field("money")
    text = f"{whole}{'.' + '0' * digits if digits else ''} {currency}"
    once = _check(field, text)
    assert _check(field, once) == once
    assert float(once.split()[0]) == whole


@pytest.mark.parametrize(
    ("more", "name"),
    [
        ({"kind": "choice"}, "choices"),
        ({"kind": "text", "choices": CHOICES}, "choices"),
        ({"kind": "choice", "choices": [*CHOICES, {"value": "S"}]}, "choices"),
        ({"kind": "number", "max_length": 3}, "max_length"),
        ({"kind": "text", "minimum": 1}, "minimum"),
        ({"kind": "number", "minimum": "2026-01-01"}, "minimum"),
        ({"kind": "date", "maximum": 5}, "maximum"),
        ({"kind": "date", "maximum": "2026-02-30"}, "maximum"),
        ({"kind": "money", "minimum": 2, "maximum": 1}, "minimum"),
    ],
)
def test_bounds_fit_the_kind(more: Any, name: str) -> None:
    with pytest.raises(Invalid) as caught:
        _field(**more)
    assert caught.value.extra["invalid_params"][0]["name"] == name
