"""Links in mails that store nothing: to choose what one gets, and to fetch a large attachment.

In the texts of a mail that waits, two addresses stand for the first kind; whoever reads the mail here, or
follows a link in a copy of it, does not speak for its reader. The sender puts the real ones in.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.kernel import ids, tokens
from chalicelib.kernel.config import settings

UNSUBSCRIBE_URL = "https://unsubscribe.invalid/"
PREFERENCES_URL = "https://preferences.invalid/"
PORTAL_URL = "https://portal.invalid/"
OWN_URL = "https://own.invalid/"
"""What `{{ unsubscribe_url }}` and `{{ preferences_url }}` are until a mail is sent (RFC 2606 section 2).

The third is the customer's own page of their tickets (portal/), the last the page that the mail alone leads
to (`own_path`)."""

CHOICE_VALID_FOR = timedelta(days=3 * 365)
"""How long somebody can leave a topic by an old mail."""
DOWNLOAD_VALID_FOR = timedelta(days=30)
PORTAL_VALID_FOR = timedelta(days=1)
"""How long a link works by which a customer sees their tickets, when they asked for it by mail."""

_CHOICE = re.compile(rf"({ids.ULID_PATTERN}) ({ids.ULID_PATTERN}) (\d{{1,12}}) ([a-z0-9_-]{{1,40}})")
_ENTRANCE = re.compile(rf"({ids.ULID_PATTERN}) ({ids.ULID_PATTERN}) (\d{{1,12}})")
_DOWNLOAD = re.compile(rf"({ids.ULID_PATTERN}) (\d{{1,12}}) ([0-9a-f]{{64}})")


class Choice(NamedTuple):
    """Whose choice it is, by which mail (and so at which address), until when, and on which topic."""

    customer_id: str
    message_id: str
    expires_at: int
    topic: str

    def is_over(self, at: datetime) -> bool:
        return self.expires_at <= at.timestamp()


class Download(NamedTuple):
    """An attachment that was too large for its mail."""

    message_id: str
    expires_at: int
    attachment_id: str


class Entrance(NamedTuple):
    """Whose tickets which link shows, and until when."""

    customer_id: str
    link_id: str
    expires_at: int

    def is_over(self, at: datetime) -> bool:
        return self.expires_at <= at.timestamp()


def choice_token(customer_id: str, message_id: str, topic: str, now: datetime) -> str:
    """The token of the links in one mail."""
    expires_at = int((now + CHOICE_VALID_FOR).timestamp())
    payload = f"{customer_id.removeprefix('cus_')} {message_id.removeprefix('msg_')} {expires_at} {topic}"
    return tokens.seal("preferences", payload)


def choice(token: str) -> Choice | None:
    """What a token stands for; None for one that we did not make."""
    read = _CHOICE.fullmatch(tokens.unseal("preferences", token) or "")
    return Choice(f"cus_{read[1]}", f"msg_{read[2]}", int(read[3]), read[4]) if read else None


def unsubscribe_url(token: str) -> str:
    return f"{settings().public_url}/unsubscribe/{token}"


def preferences_url(token: str) -> str:
    return f"{settings().public_url}/preferences/{token}"


def untracked(html: str) -> str:
    """HTML of whose links SES leaves alone those to our own pages: they say who may do what there."""
    ours = re.escape(settings().public_url)
    return re.sub(rf"(?i)(href=[\"']?{ours}/)", r"ses:no-track \1", html)


def download_url(message_id: str, attachment_id: str, now: datetime) -> str:
    """Where a large attachment can be fetched for 30 days."""
    expires_at = int((now + DOWNLOAD_VALID_FOR).timestamp())
    payload = f"{message_id.removeprefix('msg_')} {expires_at} {attachment_id}"
    return f"{settings().public_url}/download/{tokens.seal('download', payload)}"


def download(token: str, at: datetime) -> Download | None:
    """What may be fetched; None for a token that is over, or that we did not make."""
    read = _DOWNLOAD.fullmatch(tokens.unseal("download", token) or "")
    if read is None or int(read[2]) <= at.timestamp():
        return None
    return Download(f"msg_{read[1]}", int(read[2]), read[3])


def portal_link_of(message_id: str) -> str:
    """The id of the link that a mail brings."""
    return f"lnk_{message_id.removeprefix('msg_')}"


def portal_url(base: str, customer_id: str, link_id: str, until: datetime) -> str:
    """Where a customer sees and answers their tickets until then, by a link that portal/ keeps."""
    whose, which = customer_id.removeprefix("cus_"), link_id.removeprefix("lnk_")
    payload = f"{whose} {which} {int(until.timestamp())}"
    return f"{base}/my/{tokens.seal('portal', payload)}"


def entrance(token: str) -> Entrance | None:
    """What such a link's token stands for; None for one that we did not make."""
    read = _ENTRANCE.fullmatch(tokens.unseal("portal", token) or "")
    return Entrance(f"cus_{read[1]}", f"lnk_{read[2]}", int(read[3])) if read else None
