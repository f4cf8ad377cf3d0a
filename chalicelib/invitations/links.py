"""The tokens of survey pages: of an invitation's link, and of a public form that is sent once."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.kernel import ids, tokens

FORM_VALID_FOR = timedelta(days=1)
"""How long a public page may lie open until it is sent; then it is shown anew, with what was typed."""
_ENTRANCE = re.compile(rf"i ({ids.ULID_PATTERN}) (\d{{1,12}})")
_FORM = re.compile(rf"f ([a-z0-9-]{{1,60}}) ({ids.ULID_PATTERN}) (\d{{1,12}})")


class Entrance(NamedTuple):
    """Which invitation a link opens, and until when."""

    invitation_id: str
    expires_at: int

    def is_over(self, at: datetime) -> bool:
        return self.expires_at <= at.timestamp()


def path(invitation_id: str, until: datetime) -> str:
    """The path of an invitation's page."""
    payload = f"i {invitation_id.removeprefix('inv_')} {int(until.timestamp())}"
    return f"/s/{tokens.seal('survey', payload)}"


def entrance(token: str) -> Entrance | None:
    """What a link's token stands for; None for one that we did not make."""
    read = _ENTRANCE.fullmatch(tokens.unseal("survey", token) or "")
    return Entrance(f"inv_{read[1]}", int(read[2])) if read else None


def form_token(survey: str, now: datetime) -> str:
    """What tells one form of a public page from another."""
    until = int((now + FORM_VALID_FOR).timestamp())
    return tokens.seal("survey", f"f {survey} {ids.ulid(now)} {until}")


def form_nonce(token: str, survey: str, at: datetime) -> str | None:
    """What a form's response is known by; None for one that is over, of another survey, or none of ours."""
    read = _FORM.fullmatch(tokens.unseal("survey", token) or "")
    if read is None or read[1] != survey or int(read[3]) <= at.timestamp():
        return None
    return read[2]
