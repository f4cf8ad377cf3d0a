"""Reads what a column of opt-outs says."""

from __future__ import annotations

import re
from typing import Any

from chalicelib.customers.field_texts import boolean
from chalicelib.kernel.errors import Invalid

FIELD = "opt_out"
"""The field of such a column."""

_YES = (
    "x",
    "t",
    "si",
    "s\u00ed",
    "verdadero",
    "\u2713",
    "\u2714",
    "checked",
    "unsubscribed",
    "opted out",
    "cleaned",
)
_NO = ("", "f", "falso", "-", "unchecked", "subscribed", "opted in")
_WORDS = dict.fromkeys(_YES, True) | dict.fromkeys(_NO, False)
"""Beside what a custom field takes for yes and no."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{2,4}")
"""The beginning of when somebody left, as Mailchimp writes it."""


def says_no(value: Any) -> bool:
    """Whether a value says that they want no mails. Raises Invalid for what is neither yes nor no."""
    if isinstance(value, bool) or value is None:
        return bool(value)
    word = str(value).strip().casefold()
    said = _WORDS.get(word, boolean(word))
    if said is None and not _DAY.match(word):
        raise Invalid.in_body(FIELD, "says neither yes nor no", "invalid_opt_out")
    return said is not False
