"""Which encoding a file is in, from its first bytes; and which files hold no text at all."""

from __future__ import annotations

import codecs
import re

from chalicelib.kernel.errors import Invalid

MAGIC = {
    b"PK\x03\x04": "a ZIP archive or an Excel workbook",
    b"PK\x05\x06": "a ZIP archive",
    b"\x1f\x8b": "a gzip archive",
    b"BZh": "a bzip2 archive",
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
    b"\xfd7zXZ": "an xz archive",
    b"\x28\xb5\x2f\xfd": "a zstd archive",
    b"%PDF": "a PDF",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"GIF8": "an image",
    b"{\\rtf": "a text document",
    b"PAR1": "a Parquet file",
    b"SQLite format 3": "a database",
}
"""How files begin that are no rows of text. None of them is opened."""

BOMS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
GUESSED = [
    "cp1252",
    "cp1250",
    "cp1251",
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
    "gb18030",
    "big5",
    "cp932",
    "cp949",
]
"""What is guessed among when a text is no UTF-8 and mostly not in Latin letters."""
FOREIGN = 0.3
"""The share of bytes above ASCII from which a text is not in Latin letters."""
SAMPLE = 50_000


def refuse_what_is_no_text(head: bytes) -> None:
    """Raise Invalid `unsupported_file` for archives, workbooks, images and the like, unopened."""
    for magic, what in MAGIC.items():
        if head.startswith(magic):
            raise Invalid(
                f"The file is {what}. Send CSV or JSON Lines as plain text.", code="unsupported_file"
            )


def encoding_of(head: bytes, *, whole: bool) -> tuple[str, int]:
    """The encoding of a file that begins so, and how many bytes its mark has. Raises Invalid."""
    for mark, encoding in BOMS.items():
        if head.startswith(mark) and not head.startswith(codecs.BOM_UTF32_LE):
            return encoding, len(mark)
    if b"\x00" in head:
        return _utf_16_without_mark(head), 0
    if _is_utf_8(head, whole=whole):
        return "utf-8", 0
    return _eight_bits(head[:SAMPLE]), 0


def _utf_16_without_mark(head: bytes) -> str:
    """Text of mostly Latin letters has every second byte zero; which, tells the order."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd * 3 > len(head) // 2 > 0 and even * 10 < odd:
        return "utf-16-le"
    if even * 3 > len(head) // 2 > 0 and odd * 10 < even:
        return "utf-16-be"
    raise Invalid("The file is not text. Send CSV or JSON Lines.", code="unsupported_file")


def _is_utf_8(head: bytes, *, whole: bool) -> bool:
    """Whether it is UTF-8, but for a few broken characters among many good ones."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    text = decoder.decode(head, final=whole)
    broken = text.count("\ufffd")
    good = len(re.findall("[^\x00-\x7f\ufffd]", text))
    return broken == 0 or good > 20 * broken


def _eight_bits(sample: bytes) -> str:
    """Windows-1252, of which Latin-1 is a part, unless the text is in other letters."""
    high = sum(byte > 0x7F for byte in sample)
    if high < FOREIGN * len(re.findall(rb"[A-Za-z\x80-\xff]", sample)):
        return "cp1252"
    # Imported here: it costs a tenth of a second, and hardly a file needs it.
    from charset_normalizer import from_bytes

    best = from_bytes(sample, cp_isolation=GUESSED).best()
    return best.encoding if best and best.encoding in GUESSED else "cp1252"
