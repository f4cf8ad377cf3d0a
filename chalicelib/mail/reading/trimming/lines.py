"""A line of a mail as the rules look at it: without what nobody sees, and no more than its beginning."""

from __future__ import annotations

import re
from functools import cache, cached_property

from chalicelib.mail.reading.trimming.words import FIELDS

MAX_EXAMINED = 400
"""Characters of a line that are looked at: what programs write is shorter, but for the longest names."""

_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u1427\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u2060\ufeff"))
"""Marks of direction, joiners, and the dot by which some programs see whether a mail is read."""
_DATE = re.compile(
    r"\d{4}\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}|\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{2,4}|(?<!\w)\d{4}(?![\w@])"
)
_TIME = re.compile(r"(?<!\d)\d{1,2}\s?[:.h時点點시]\s?\d{2}(?!\d)|\d{1,2}\s?[時点點시]")
_ADDRESS = re.compile(
    r"[<(\[](?:mailto:)?[^\s<>@]{1,80}@[^\s<>@]{1,120}|[^\s<>@]{1,80}@[^\s<>@]{1,120}[>)\]]", re.IGNORECASE
)
_DATED_AT_ONCE = re.compile(r"\W{0,8}(?:[^\s\d]{1,16}\s{1,3}){0,4}[^\s\d]{0,4}\d")
_RULE = re.compile(r"(?:[-_=*~#+\u2010-\u2015\u2500\u2501]\s?){3,}")
_LONGEST_NAME = 24


class Line:
    """One line of the text; its attributes are found out when asked for, once."""

    def __init__(self, raw: str) -> None:
        seen = raw[:MAX_EXAMINED]
        self.text = (seen if seen.isascii() else seen.translate(_UNSEEN)).strip()

    @property
    def is_blank(self) -> bool:
        return not self.text

    @cached_property
    def is_quoted(self) -> bool:
        """Marked by `>`, or by the initials of whoever is quoted; `>From` is what mbox makes of From."""
        if self.text.startswith(">"):
            return not self.text.startswith(">From ")
        initials, mark, _ = self.text[:5].partition(">")
        return bool(mark) and initials.isalpha() and initials.isupper()

    @cached_property
    def is_rule(self) -> bool:
        """Dashes, stars or the like from one end to the other."""
        return bool(_RULE.fullmatch(self.text))

    @cached_property
    def unquoted(self) -> str:
        """Without the first mark of quotation."""
        return self.text[1:].lstrip() if self.text.startswith(">") else self.text

    @cached_property
    def has_date(self) -> bool:
        """A date in digits, or a year."""
        return bool(_DATE.search(self.text))

    @cached_property
    def has_time(self) -> bool:
        return bool(_TIME.search(self.text))

    @cached_property
    def has_address(self) -> bool:
        """An address in brackets of any kind; half of the brackets do, since programs break lines there."""
        return bool(_ADDRESS.search(self.text))

    @cached_property
    def begins_with_date(self) -> bool:
        """After at most four short words, such as On, Monday and the month, a digit."""
        return bool(_DATED_AT_ONCE.match(self.unquoted))

    @cached_property
    def field(self) -> str:
        """Which field of a mail's header stands here, as in `*From:* Ada`: a key of FIELDS, or nothing."""
        name, colon, _ = self.text[: _LONGEST_NAME + 8].replace("：", ":").partition(":")
        return _field_names().get(name.strip("*_|> \t\xa0").lower(), "") if colon else ""


@cache
def _field_names() -> dict[str, str]:
    return {name: field for field, names in FIELDS.items() for name in names.split("|")}
