"""Checks the values of custom fields against their definitions, and brings them to one form."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from chalicelib.customers.definitions import CustomField, Definitions, Kind, is_day
from chalicelib.kernel.errors import Invalid

_MONEY = re.compile(r"(-?)0*([0-9]{1,15})(?:\.([0-9]{1,4}))? ?([A-Z]{3})")
_URL = re.compile(r"https?://[^\s/?#]\S*")
_WITHOUT_MINOR_UNIT = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THOUSANDTHS = "BHD IQD JOD KWD LYD OMR TND"
_MINOR_UNITS = dict.fromkeys(_WITHOUT_MINOR_UNIT.split(), 0) | dict.fromkeys(_THOUSANDTHS.split(), 3)
"""Digits after the point, of currencies that do not have two (ISO 4217, list one)."""


class Unfit(Exception):
    """Why a value does not fit its field."""

    def __init__(self, reason: str, code: str) -> None:
        super().__init__(reason)
        self.reason, self.code = reason, code


def check(custom: Mapping[str, Any], definitions: Definitions, *, complete: bool) -> dict[str, Any]:
    """The values in their one form. Raises Invalid, which names each `custom.<field>` that does not fit.

    `complete`: these are all the values a customer will have, so the required ones must be among them.
    A value of None, by which a patch removes one, fits any field.
    """
    checked: dict[str, Any] = {}
    wrong = missing(custom, definitions) if complete else []
    for name, value in custom.items():
        try:
            checked[name] = value if value is None else _fit(name, value, definitions)
        except Unfit as unfit:
            wrong.append(_param(name, unfit.reason, unfit.code))
    _refuse(wrong)
    return checked


def require_complete(custom: Mapping[str, Any], definitions: Definitions) -> None:
    """Raise Invalid unless each required field has a value."""
    _refuse(missing(custom, definitions))


def missing(custom: Mapping[str, Any], definitions: Definitions) -> list[dict[str, str]]:
    """What is to be told of the required fields that have no value."""
    return [
        _param(field.name, f"{field.title}: is required", "required")
        for field in definitions.data
        if field.required and custom.get(field.name) is None
    ]


def _refuse(wrong: list[dict[str, str]]) -> None:
    if wrong:
        raise Invalid("The body is not valid.", params=wrong)


def _param(name: str, reason: str, code: str) -> dict[str, str]:
    return {"name": f"custom.{name}", "reason": reason, "code": code}


def _fit(name: str, value: Any, definitions: Definitions) -> Any:
    field = definitions.find(name)
    if field is None:
        if definitions.closed:
            raise Unfit("is not defined", "unknown_field")
        return value
    try:
        return _KINDS[field.kind](field, value)
    except Unfit as unfit:
        raise Unfit(f"{field.title}: {unfit.reason}", unfit.code) from None


def _text(field: CustomField, value: Any) -> str:
    if not isinstance(value, str):
        raise Unfit("must be a text", "wrong_kind")
    if field.max_length is not None and len(value) > field.max_length:
        raise Unfit(f"must have {field.max_length} characters at most", "too_long")
    return value


def _number(field: CustomField, value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unfit("must be a number", "wrong_kind")
    _within(field, value)
    return value


def _within(field: CustomField, value: Any) -> None:
    """Amounts are compared exactly: as decimals, like the bounds they are compared with."""
    low, high = (
        Decimal(str(bound)) if isinstance(value, Decimal) and bound is not None else bound
        for bound in (field.minimum, field.maximum)
    )
    if low is not None and value < low:
        raise Unfit(f"must be {field.minimum} at least", "out_of_bounds")
    if high is not None and value > high:
        raise Unfit(f"must be {field.maximum} at most", "out_of_bounds")


def _boolean(_field: CustomField, value: Any) -> bool:
    if not isinstance(value, bool):
        raise Unfit("must be true or false", "wrong_kind")
    return value


def _date(field: CustomField, value: Any) -> str:
    if not is_day(value):
        raise Unfit("must be a day as YYYY-MM-DD", "invalid_date")
    _within(field, value)
    return str(value)


def _choice(field: CustomField, value: Any) -> str:
    known = [choice.value for choice in field.choices]
    if value not in known:
        listed = ", ".join(known[:10]) + (" …" if len(known) > 10 else "")
        raise Unfit(f"must be one of: {listed}", "unknown_choice")
    return str(value)


def _url(_field: CustomField, value: Any) -> str:
    if not isinstance(value, str) or not _URL.fullmatch(value):
        raise Unfit("must be a URL that begins with http:// or https://", "invalid_url")
    return value


def _money(field: CustomField, value: Any) -> str:
    text, amount = normal_money(value)
    _within(field, amount)
    return text


def normal_money(value: Any) -> tuple[str, Decimal]:
    """An amount with its currency in its one form, and the amount. Raises Unfit."""
    found = _MONEY.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise Unfit("must be an amount with its currency, such as 12.50 EUR", "invalid_money")
    sign, whole, fraction, currency = found.groups(default="")
    digits = _MINOR_UNITS.get(currency, 2)
    fraction = fraction.rstrip("0")
    if len(fraction) > digits:
        raise Unfit(f"must have {digits} digits after the point at most", "invalid_money")
    number = whole + ("." + fraction.ljust(digits, "0") if digits else "")
    amount = Decimal(sign + number)
    return f"{sign if amount else ''}{number} {currency}", amount


_KINDS: dict[Kind, Callable[[CustomField, Any], Any]] = {
    "text": _text,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "choice": _choice,
    "url": _url,
    "money": _money,
}
