"""A message as the mail that goes out: its addresses and threading, the links of a campaign, attachments."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.kernel import blobs
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.ids import now
from chalicelib.mail import footers, links, service, threads
from chalicelib.mail.compose import MAX_SENT, OutgoingAttachment, OutgoingMail
from chalicelib.mail.model import AttachmentInfo, Content, StoredMessage

OVERHEAD = 200_000
"""Bytes that are left for headers, footers and what joins the parts of a mail."""
ENCODED = 1.4
"""What base64 in lines makes of a byte (RFC 2045 section 6.8), and a little."""


def outgoing(message: StoredMessage, banned: set[str], locale: str | None) -> OutgoingMail:
    """The mail to those who are not banned. Raises Invalid, NotFound, Unavailable."""
    if message.from_ is None:
        raise Invalid("The mail has no sender.")
    content = Content(text=message.text, elided="", html=None)
    if message.body_key is not None:
        content = Content.model_validate(blobs.get_json(message.body_key), strict=False)
    text, html = _with_own_page(message, _with_entrance(message, content.text), content.html)
    text, html, headers = _with_choices(message, text, html, locale)
    attached, linked = _divided(message.attachments, 3 * (len(text) + len(html or "")))
    if linked:
        urls = [(one, links.download_url(message.id, one.id, now())) for one in linked]
        days = links.DOWNLOAD_VALID_FOR.days
        text, html = footers.downloads(text, html, urls, days=days, language=locale)
    if message.tracked and html:
        html = links.untracked(html)
    return _threaded(message).model_copy(
        update={
            "to": tuple(address for address in message.to if address.address not in banned),
            "cc": tuple(address for address in message.cc if address.address not in banned),
            "text": text,
            "html": html,
            "headers": headers,
            "attachments": tuple(_fetched(message, one) for one in attached),
        }
    )


def _threaded(message: StoredMessage) -> OutgoingMail:
    """What does not depend on who reads it: sender, subject, and the keys that answers are threaded by."""
    assert message.from_ is not None
    mailbox, ulid = message.from_.address, (message.thread_id or "").rpartition("_")[2]
    reply_to, references = None, list(message.references)
    if ulid:
        reply_to = message.from_.model_copy(update={"address": threads.reply_address(ulid, mailbox)})
        references.insert(0, threads.signed_id(ulid, mailbox.partition("@")[2]))
    tags = {"message": message.id} | ({"customer": message.customer_id} if message.customer_id else {})
    return OutgoingMail(
        from_=message.from_,
        to=(),
        reply_to=reply_to,
        subject=message.subject,
        text="",
        in_reply_to=message.in_reply_to,
        references=tuple(references),
        tags=tags,
        auto_reply=message.auto_reply,
    )


def _with_entrance(message: StoredMessage, text: str) -> str:
    """A text with the link to the customer's tickets, if it is to have one."""
    if message.customer_id is None or links.PORTAL_URL not in text:
        return text
    until = message.created_at + links.PORTAL_VALID_FOR
    link_id = links.portal_link_of(message.id)
    url = links.portal_url(settings().public_url, message.customer_id, link_id, until)
    return text.replace(links.PORTAL_URL, url)


def _with_own_page(message: StoredMessage, text: str, html: str | None) -> tuple[str, str | None]:
    """Texts with the address of the page that the mail leads to, if there is one."""
    if message.own_path is None:
        return text, html
    url = settings().public_url + message.own_path
    return text.replace(links.OWN_URL, url), html and html.replace(links.OWN_URL, url)


def _with_choices(
    message: StoredMessage, text: str, html: str | None, locale: str | None
) -> tuple[str, str | None, dict[str, str]]:
    """Texts and headers by which a campaign's reader can leave it (RFC 8058)."""
    if message.campaign is None or message.customer_id is None:
        return text, html, {}
    token = links.choice_token(message.customer_id, message.id, message.campaign, now())
    unsubscribe, preferences = links.unsubscribe_url(token), links.preferences_url(token)
    for sign, url in ((links.UNSUBSCRIBE_URL, unsubscribe), (links.PREFERENCES_URL, preferences)):
        text, html = text.replace(sign, url), html and html.replace(sign, url)
    text, html = footers.choices(
        text, html, unsubscribe=unsubscribe, preferences=preferences, language=locale
    )
    one_click = "List-Unsubscribe=One-Click"
    return text, html, {"List-Unsubscribe": f"<{unsubscribe}>", "List-Unsubscribe-Post": one_click}


def _divided(
    attachments: Sequence[AttachmentInfo], texts: int
) -> tuple[list[AttachmentInfo], list[AttachmentInfo]]:
    """What the mail can hold, the smallest first, and what goes as a link."""
    left = MAX_SENT - OVERHEAD - texts
    attached: list[AttachmentInfo] = []
    linked: list[AttachmentInfo] = []
    for one in sorted(attachments, key=lambda one: one.size):
        left -= int(one.size * ENCODED)
        (attached if left > 0 else linked).append(one)
    return attached, linked


def _fetched(message: StoredMessage, one: AttachmentInfo) -> OutgoingAttachment:
    key = service.attachment_key(message.thread_id or message.id, one.id)
    content = blobs.get(key, maximum=MAX_SENT)
    return OutgoingAttachment(filename=one.filename, content_type=one.content_type, content=content)
