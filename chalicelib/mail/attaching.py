"""Attachments of mails to be sent: uploaded by a presigned link, then kept with their message or ticket.

An upload stores nothing but its object, in the files bucket, from where it leaves by itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta

from chalicelib.kernel import blobs, ids
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import Invalid, NotFound, TooLarge
from chalicelib.kernel.work import Work
from chalicelib.mail import service
from chalicelib.mail.model import AttachmentInfo
from chalicelib.mail.new_mail import MAX_ATTACHED, Attach, NewUpload, Upload

UPLOAD_FOR = timedelta(hours=1)
"""How long a link to upload to is good for."""


def upload(work: Work, new: NewUpload) -> Upload:
    """Where to put a file of this size: the link is signed for it, and S3 refuses any other."""
    identifier = ids.new_id("att", work.now)
    url = blobs.upload_link(
        _key(identifier),
        seconds=int(UPLOAD_FOR.total_seconds()),
        bucket=settings().files_bucket,
        size=new.size,
    )
    return Upload(id=identifier, url=url, expires_at=work.now + UPLOAD_FOR)


def _key(identifier: str) -> str:
    return f"uploads/{identifier}"


def take(attachments: Sequence[Attach], *, owner: str) -> list[AttachmentInfo]:
    """Keep uploaded files with their owner, a message or a ticket: two calls each.

    Raises Invalid that names what was not uploaded, TooLarge over 25 MB together.
    """
    from chalicelib.mail.reading.attachments import safe_name, sniffed

    taken: list[AttachmentInfo] = []
    left = MAX_ATTACHED
    for place, one in enumerate(attachments):
        content = _uploaded(one, place, left)
        left -= len(content)
        kind = sniffed(content, one.content_type)
        sha256 = hashlib.sha256(content).hexdigest()
        blobs.put(service.attachment_key(owner, sha256), content, kind)
        name = safe_name(one.filename) or f"attachment-{place + 1}"
        taken.append(AttachmentInfo(id=sha256, filename=name, content_type=kind, size=len(content)))
    return taken


def _uploaded(one: Attach, place: int, maximum: int) -> bytes:
    try:
        return blobs.get(_key(one.id), bucket=settings().files_bucket, maximum=maximum)
    except NotFound:
        reason = "was not uploaded, or too long ago"
        raise Invalid.in_body(f"attachments.{place}.id", reason, "not_uploaded") from None
    except TooLarge:
        sentence = f"All attachments have {MAX_ATTACHED} bytes at most."
        raise TooLarge(sentence, code="attachments_too_large") from None
