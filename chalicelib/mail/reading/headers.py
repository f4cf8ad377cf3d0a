"""Header blocks and their values, read so that no header can spoil another (RFC 5322, 2047, 2231)."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, datetime
from email.message import Message
from email.policy import compat32
from email.utils import parsedate_to_datetime

from chalicelib.mail.reading.charsets import clean, decode, one_line

MAX_HEADER_BLOCK = 64 * 1024
MAX_VALUE = 8 * 1024
"""Bytes of one value that are looked at; the standard library's parameter parser is quadratic."""

_TRACE = {"return-path", "received", "received-spf", "authentication-results"}
"""What the mail servers on its way put above a mail, as does SES, with names that begin with X-SES."""

_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:(.*)", re.DOTALL)
_FOLD = re.compile(rb"\r?\n(?=[ \t])|\r(?=[ \t])")
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?(.{0,2000}?)\?=", re.DOTALL)
_BETWEEN_WORDS = re.compile(r"(?<=\?=)\s+(?==\?[^?\s]{1,60}\?[bBqQ]\?)")
_NOT_BASE64 = re.sub(rb"[A-Za-z0-9+/]", b"", bytes(range(256)))
"""Taken out in one pass: a pattern would keep each stretch between two of them, gigabytes for 40 MB."""
_IDS = re.compile(r"<([^<>]*)>|(?<![^\s,<>])([^\s,<>]+@[^\s,<>]+)")


class Headers:
    """The fields of one header block in order; names compare without case."""

    def __init__(self, fields: list[tuple[str, bytes]]) -> None:
        self._fields = fields

    @classmethod
    def parse(cls, block: bytes) -> Headers:
        """Fields of a block, 64 KB at most; lines that are no field are skipped and end nothing."""
        lines = re.split(rb"\r?\n|\r", _FOLD.sub(b"", block[:MAX_HEADER_BLOCK]))
        found = [_FIELD.match(line) for line in lines]
        return cls([(m[1].decode("ascii").lower(), m[2].strip()) for m in found if m])

    def __bool__(self) -> bool:
        """Whether there is a field that its author wrote, not only the trace of its way."""
        return any(name not in _TRACE and not name.startswith("x-ses-") for name, _ in self._fields)

    def raw(self, name: str) -> list[bytes]:
        """All values of a header as they came."""
        return [value for field, value in self._fields if field == name]

    def text(self, name: str, limit: int = MAX_VALUE) -> str:
        """The first value, encoded words decoded, on one line; `""` when the header is absent."""
        values = self.raw(name)
        return one_line(decode_words(values[0][:MAX_VALUE]), limit) if values else ""

    def texts(self, name: str, limit: int = MAX_VALUE) -> tuple[str, ...]:
        """All values (20 at most) on one line each."""
        return tuple(one_line(decode_words(value[:MAX_VALUE]), limit) for value in self.raw(name)[:20])

    def media_type(self, default: str = "text/plain") -> str:
        """Lower-case `type/subtype`, or `default` when none or a malformed one is declared."""
        declared = self.text("content-type").split(";")[0].strip().lower()
        return declared if re.fullmatch(r"[\w.+-]{1,60}/[\w.+-]{1,60}", declared, re.ASCII) else default

    def parameter(self, header: str, name: str) -> str:
        """A parameter such as `boundary` or `filename`, RFC 2231 and RFC 2047 decoded; `""` when absent."""
        values = self.raw(header)
        if not values:
            return ""
        holder = Message(policy=compat32)
        holder["X"] = values[0][:MAX_VALUE].decode("latin-1").replace("\n", " ").replace("\r", " ")
        try:
            found = holder.get_param(name, header="X")
        except (ValueError, LookupError, TypeError):  # such as a continuation number of thousands of digits
            return ""
        return clean(_parameter_text(found))


def _parameter_text(found: object) -> str:
    """RFC 2231 gives (charset, language, text as Latin-1 bytes); anything else may hold encoded words."""
    if isinstance(found, tuple):
        return decode(str(found[2]).encode("latin-1", "replace"), str(found[0] or ""))
    return decode_words(str(found or "").encode("latin-1", "replace"))


def decode_words(value: bytes) -> str:
    """A raw header value as text; neighbouring words of one charset are joined before decoding.

    Many senders split a multi-byte character between two words.
    """
    text = _BETWEEN_WORDS.sub("", decode(value))
    out: list[str] = []
    pending, charset, end = b"", "", 0
    for word in _WORD.finditer(text):
        name = word[1].split("*")[0].lower()  # RFC 2231 section 5: a language may follow the charset
        if pending and (word.start() != end or name != charset):
            out.append(decode(pending, charset))
            pending = b""
        out.append(text[end : word.start()])
        pending, charset, end = pending + _word_bytes(word[2], word[3]), name, word.end()
    out.append(decode(pending, charset))
    return "".join(out) + text[end:]


def _word_bytes(encoding: str, payload: str) -> bytes:
    raw = payload.encode("utf-8", "replace")
    if encoding in "qQ":
        return binascii.a2b_qp(raw, header=True)
    return lenient_base64(raw)


def lenient_base64(raw: bytes) -> bytes:
    """Base64 as senders write it: foreign characters, missing padding, a stray last letter are forgiven."""
    letters = raw.translate(None, _NOT_BASE64)
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    return base64.b64decode(letters + b"=" * (-len(letters) % 4))


def message_ids(value: str) -> list[str]:
    """Bare ids in order: split on white space, commas and brackets, which may be missing."""
    found = [re.sub(r"\s+", "", bracketed or bare) for bracketed, bare in _IDS.findall(value)]
    return [identifier[:998] for identifier in found if identifier]


def moment(value: str, *, now: datetime) -> datetime | None:
    """A Date header in UTC, at the latest `now`; None when it is no date, or one before there was mail."""
    try:
        parsed = parsedate_to_datetime(value)
        found = (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(UTC)
        return min(found, now.astimezone(UTC)) if found.year >= 1970 else None
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
