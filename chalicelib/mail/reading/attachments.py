"""Parts that are not the letter itself: safe names, honest types, nothing dropped silently."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from mimetypes import guess_type
from typing import Any

from chalicelib.mail.parts import Attachment
from chalicelib.mail.reading.charsets import clean
from chalicelib.mail.reading.headers import Headers
from chalicelib.mail.reading.structure import Part, header_end
from chalicelib.mail.reading.tnef import files_in

_BIDI_AND_CONTROLS = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_SPACES = " \t\n\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
"""Every kind of white space: a name of nothing else is no name."""
_LONGEST_EXTENSION = 12
TNEF = "application/ms-tnef"
_MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"MZ", "application/x-msdownload"),
    (b"\x7fELF", "application/x-executable"),
    (b"\x78\x9f\x3e\x22", TNEF),
)
_IN_ZIP = (
    "application/vnd.openxmlformats-officedocument.",
    "application/vnd.oasis.opendocument.",
    "application/epub+zip",
)
_HARMLESS = re.compile(
    r"text/(plain|csv|calendar|vcard|rfc822-headers)|image/(bmp|heic|webp)|audio/[\w.+-]+|video/[\w.+-]+"
    r"|message/[\w.+-]+|application/(json|rtf|msword|pgp-[a-z]+|pkcs7-[a-z]+|x-pkcs7-[a-z]+|vnd\.ms-[\w.-]+|ics)"
)
_MAILS = frozenset({"message/rfc822", "message/global"})
_KINDS = {
    "text/calendar": "calendar",
    "message/delivery-status": "delivery-status",
    "message/feedback-report": "feedback-report",
    "text/rfc822-headers": "headers",
}
"""What parts that seldom have a name are called, with their number."""
_EXTENSIONS = {
    "application/pdf": "pdf",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "message/rfc822": "eml",
    "text/calendar": "ics",
    "text/plain": "txt",
    "text/html": "html",
    "application/pgp-signature": "asc",
    "application/pkcs7-signature": "p7s",
    "application/ms-tnef": "dat",
    "message/delivery-status": "txt",
    "message/feedback-report": "txt",
    "text/rfc822-headers": "txt",
}


def attachments(parts: Iterable[Part]) -> Iterator[Attachment]:
    """The attachments that parts are, in their order; behind a winmail.dat the files in it."""
    for number, part in enumerate(parts, start=1):
        found = attachment(part, number)
        yield found
        if found.content_type == TNEF:
            for place, one in enumerate(files_in(found.content), start=1):
                name = safe_name(one.name) or f"attachment-{number}-{place}.bin"
                yield _made(name, one.content, guess_type(name)[0] or "application/octet-stream")


def attachment(part: Part, number: int) -> Attachment:
    """The attachment a part is; `number` (from 1) names one that has no name."""
    content = part.decoded()
    content_id = clean(part.headers.text("content-id", 257)).strip(f"<>{_SPACES}")[:255]
    name = safe_name(part.filename) or _named(part, content, number)
    inline = part.disposition == "inline" or (bool(content_id) and part.disposition != "attachment")
    return _made(name, content, part.media_type, inline=inline, content_id=content_id or None)


def _made(name: str, content: bytes, declared: str, **more: Any) -> Attachment:
    return Attachment(
        filename=name,
        content_type=sniffed(content, declared),
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        **more,
    )


def _named(part: Part, content: bytes, number: int) -> str:
    """A name for a part without one: an enclosed mail's subject, what it is, or a number."""
    if part.media_type in _MAILS:
        head = content[: header_end(content, 0, len(content))[0]]
        if subject := safe_name(Headers.parse(head.lstrip()).text("subject", 100).replace("/", "-")):
            return safe_name(f"{subject}.eml")
    ending = _EXTENSIONS.get(part.media_type, "bin")
    return f"{_KINDS.get(part.media_type, 'attachment')}-{number}.{ending}"


def safe_name(name: str) -> str:
    """A file name of 150 characters at most, without paths, controls, bidi marks; `""` if nothing is left."""
    bare = re.split(r"[/\\]", _BIDI_AND_CONTROLS.sub("", name))[-1]
    bare = _FORBIDDEN.sub("_", bare).strip(f".{_SPACES}")
    stem, dot, extension = bare.rpartition(".")
    if dot and len(extension) <= _LONGEST_EXTENSION:
        return f"{stem[: 149 - len(extension)]}.{extension}" if stem else extension
    return bare[:150].strip(f".{_SPACES}")


def sniffed(content: bytes, declared: str) -> str:
    """The type by its first bytes; else as declared if no browser would run it; else octet-stream."""
    for magic, media_type in _MAGIC:
        if content.startswith(magic):
            return media_type
    if content.startswith(b"PK\x03\x04"):
        return declared if declared.startswith(_IN_ZIP) else "application/zip"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:8] == b"ftyp":
        return "image/heic" if content[8:12] in {b"heic", b"mif1"} else "video/mp4"
    return declared if _HARMLESS.fullmatch(declared) else "application/octet-stream"
