"""Bytes of unknown origin to text that every later step accepts; never raises."""

from __future__ import annotations

import codecs
import re

_ALIASES = {
    "ansi": "cp1252",
    "ansi_x3.4-1968": "cp1252",
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "iso-8859-1": "cp1252",  # what senders call Latin-1 is Windows-1252, as browsers have it too
    "latin1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "euc-kr": "cp949",
    "x-sjis": "cp932",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "iso-2022-jp": "iso2022_jp_ext",
    "iso-2022-jp-ms": "iso2022_jp_ext",
    "cp50220": "iso2022_jp_ext",
    "cp50221": "iso2022_jp_ext",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "utf8mb4": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
    "windows-874": "cp874",
}
_NEVER = {"idna", "punycode", "unicode_escape", "raw-unicode-escape", "undefined", "mbcs", "oem", "utf-7"}
"""Python codecs that no mail means: slow on long input, host-dependent, or escapes rather than charsets."""
_UNKNOWN = {"", "x-unknown", "unknown", "unknown-8bit", "x-user-defined", "default", "binary"}
_ASCII_CARRIED = ("utf-16", "utf-32", "hz")
"""Charsets whose bytes may look like ASCII and are not."""
_GUESS_SAMPLE = 4_000
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_LINE_BREAKS = re.compile("[\t\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029 ]+")


def decode(raw: bytes, declared: str = "", *, guess: bool = False) -> str:
    """`raw` as text: the declared charset, UTF-8, a guess (for bodies), and last cp1252 with replacement."""
    if raw.isascii() and b"\x1b" not in raw and not declared.lower().startswith(_ASCII_CARRIED):
        return raw.decode("ascii")
    codec = _codec(declared)
    for candidate in _candidates(codec):
        try:
            return raw.decode(candidate)
        except (UnicodeError, LookupError):
            continue
    return _nearly(raw, codec or "utf-8") or (guess and _guess(raw)) or raw.decode("cp1252", "replace")


def clean(text: str) -> str:
    """Without NUL, C0 controls and lone surrogates, line ends as LF: DynamoDB and JSON accept the result."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).lstrip("\ufeff")


def one_line(text: str, limit: int) -> str:
    """Cleaned, every run of white space and line separators one space, at most `limit` characters."""
    return clean(_LINE_BREAKS.sub(" ", text))[:limit].strip()


def _codec(declared: str) -> str | None:
    """The Python codec for a declared charset; None when it names nothing that decodes text."""
    name = declared.strip().strip("\"'").lower()[:40].replace("cp-", "cp")
    if name in _UNKNOWN:
        return None
    try:
        codec = codecs.lookup(_ALIASES.get(name, name)).name
        b"".decode(codec)  # refuses codecs that are no charset, such as base64
    except (LookupError, ValueError):
        return None
    return None if codec in _NEVER else codec


def _candidates(codec: str | None) -> list[str]:
    """What to try strictly; cp1252 accepts nearly all bytes, so UTF-8, which proves itself, is first."""
    if codec is None or codec == "utf-8":
        return ["utf-8"]
    return ["utf-8", codec] if codec == "cp1252" else [codec, "utf-8"]


def _nearly(raw: bytes, codec: str) -> str | None:
    """The declared charset still, when only a few characters are broken (a cut or a stray byte)."""
    text = raw.decode(codec, "replace")
    return text if text.count("\ufffd") * 50 <= len(text) else None


def _guess(raw: bytes) -> str | None:
    # Imported here: it costs a tenth of a second, and hardly a mail needs it.
    from charset_normalizer import from_bytes

    best = from_bytes(raw[:_GUESS_SAMPLE]).best()
    return raw.decode(best.encoding, "replace") if best else None
