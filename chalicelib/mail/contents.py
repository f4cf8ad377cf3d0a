"""What of a message is handed out: its texts in full with sanitised HTML, its source, its attachments."""

from __future__ import annotations

import re
from html import escape, unescape
from urllib.parse import unquote

from chalicelib.kernel import blobs
from chalicelib.kernel.errors import Conflict, NotFound
from chalicelib.mail import store
from chalicelib.mail.model import AttachmentInfo, Content, Download, StoredMessage
from chalicelib.mail.service import attachment_key

LINK_SECONDS = 900
"""How long a download link works."""

MAX_CONTENT = 4_000_000
"""Bytes of an answer's texts; Lambda takes 6 MB with all that JSON adds."""


def content(message_id: str) -> Content:
    """A message's texts in full: two calls when they lie in an object.

    HTML that would make the answer too large is left out; the raw mail has it.
    """
    message = store.get(message_id)
    if message.body_key is None:
        return Content(text=message.text, elided=message.elided, html=None)
    from chalicelib.mail.reading.html import heavy, sanitised

    whole = Content.model_validate(blobs.get_json(message.body_key), strict=False)
    html = sanitised(whole.html) if whole.html and not heavy(whole.html) else None
    html = _with_pictures(html, message) if html else None
    size = sum(len(part.encode()) for part in (whole.text, whole.elided, html or ""))
    return whole.model_copy(update={"html": html if size <= MAX_CONTENT else None})


def _with_pictures(html: str, message: StoredMessage) -> str:
    """HTML whose pictures that came with the mail (RFC 2392) are links, as attachments are downloaded."""
    links = {
        one.content_id: _attachment_url(message, one)
        for one in message.attachments
        if one.content_id and one.content_type.startswith("image/") and not one.quarantined
    }

    def linked(source: re.Match[str]) -> str:
        url = links.get(unquote(unescape(source[1])))
        return f'src="{escape(url)}"' if url else source[0]

    return re.sub(r'src="cid:([^"]{1,300})"', linked, html) if links else html


def raw_link(message_id: str) -> Download:
    """A link to the mail as it came.

    Raises NotFound for a message that did not come by mail, Conflict `quarantined` for an infected one.
    """
    message = store.get(message_id)
    if message.raw_key is None:
        raise NotFound("This message has no raw source.", code="no_raw_source")
    if message.verdicts is not None and message.verdicts.virus == "FAIL":
        raise Conflict("This mail is in quarantine: it holds a virus.", code="quarantined")
    url = blobs.link(message.raw_key, seconds=LINK_SECONDS, filename=f"{message.id}.eml")
    return Download(url=url, expires_in=LINK_SECONDS)


def attachment_link(message_id: str, attachment_id: str) -> Download:
    """A link to an attachment. Raises NotFound, also for one in quarantine."""
    message = store.get(message_id)
    found = [one for one in message.attachments if one.id == attachment_id and not one.quarantined]
    if not found:
        raise NotFound("This message has no such attachment to download.", code="no_such_attachment")
    return Download(url=_attachment_url(message, found[0]), expires_in=LINK_SECONDS)


def _attachment_url(message: StoredMessage, one: AttachmentInfo) -> str:
    key = attachment_key(message.thread_id or message.id, one.id)
    return blobs.link(key, seconds=LINK_SECONDS, filename=one.filename)
