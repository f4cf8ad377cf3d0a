"""Opens and clicks of mails that are tracked: what a person did, each once, and what machines do left out.

Scanners follow every link when a mail arrives, and mail programs load its pictures before anybody sees them.
What cannot be told from them counts for nothing: figures that are too low mislead less than those that are
too high.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, timedelta
from typing import Any

from chalicelib.kernel.errors import Repeated
from chalicelib.kernel.work import Work
from chalicelib.mail import status_store, store
from chalicelib.mail.events import MailClicked, MailOpened
from chalicelib.mail.model import Click, StoredMessage
from chalicelib.mail.notices.engagements import Engagement

TOO_SOON = timedelta(seconds=10)
"""Nobody reads a mail so soon after it was delivered."""
AT_ONCE = timedelta(seconds=3)
"""Nobody follows two links of a mail within so long."""
MAX_LINKS = 20
"""Links of a mail whose clicks are kept."""

_MACHINES = re.compile(
    r"bot\b|crawl|spider|scan|preview|headless|python|curl|wget|java/|okhttp|axios|go-http|libwww|httpclient"
    r"|barracuda|mimecast|proofpoint|fireeye|forcepoint|trendmicro|sophos|symantec|messagelabs|ironport"
    r"|safelinks|existence discovery|zscaler|cloudmark|yahoomailproxy|facebookexternalhit|slack|whatsapp",
    re.IGNORECASE,
)
"""Words in how scanners, previews and prefetchers name themselves. Gmail's proxy loads pictures when a person
opens the mail, so it is none."""
_PREFETCHERS = frozenset({"", "Mozilla/5.0"})
"""Apple's Mail Privacy Protection names nothing but this, and loads the pictures of every mail."""


def file(work: Work, engagement: Engagement) -> None:
    """Record what a person did with a mail: a call, and the transaction's.

    Raises Repeated for what counts for nothing: a machine's, what was recorded before, a mail that is gone
    or not tracked. Fails with Stale when another one came between.
    """
    if _is_machines(engagement.user_agent):
        raise Repeated("A machine did this.")
    message = store.find(engagement.message_id)
    if message is None or not message.tracked or _is_hasty(engagement, message):
        raise Repeated("This counts for nothing.")
    if engagement.link is None:
        _open(work, message, engagement.at)
    else:
        _click(work, message, engagement.link, engagement.at)


def _is_machines(user_agent: str) -> bool:
    return user_agent.strip() in _PREFETCHERS or _MACHINES.search(user_agent) is not None


def _is_hasty(engagement: Engagement, message: StoredMessage) -> bool:
    """Whether it came sooner than a person can read, or with a click on another link."""
    if engagement.at - (message.delivered_at or engagement.sent_at) < TOO_SOON:
        return True
    others = [one for one in message.clicks if one.link != engagement.link]
    return engagement.link is not None and any(abs(engagement.at - one.at) < AT_ONCE for one in others)


def _open(work: Work, message: StoredMessage, at: datetime) -> None:
    if message.opened_at is not None:
        raise Repeated("It was opened before.")
    status_store.note_engagement(work, message, {"opened_at": at})
    _record(work, message, MailOpened(message_id=message.id), at, {})


def _click(work: Work, message: StoredMessage, link: str, at: datetime) -> None:
    if len(message.clicks) == MAX_LINKS or any(one.link == link for one in message.clicks):
        raise Repeated("The link was followed before.")
    status_store.note_engagement(work, message, {"clicks": [*message.clicks, Click(link=link, at=at)]})
    event = MailClicked(message_id=message.id, link_id=hashlib.sha256(link.encode()).hexdigest()[:16])
    _record(work, message, event, at, {"summary": link})


def _record(
    work: Work, message: StoredMessage, event: MailOpened | MailClicked, at: datetime, private: dict[str, Any]
) -> None:
    work.record(
        store.events_partition(message.id, message.customer_id),
        event,
        customer_id=message.customer_id,
        channel="email",
        occurred_at=at,
        private={"subject": message.subject, **private},
    )
