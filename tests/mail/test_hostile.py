"""Mails made to exhaust a parser are read within their bounds: the structure shows it, not a stopwatch."""

from __future__ import annotations

import tracemalloc

import pytest

from chalicelib.mail.reading.structure import MAX_DEPTH, MAX_PARTS, Part, split
from tests.mail.mails import letter, read


def _depth(part: Part) -> int:
    return 1 + max((_depth(child) for child in part.children), default=0)


def test_open_brackets_in_an_address() -> None:
    assert read(letter("x", "From: " + "(" * 500)).from_ is None
    assert read(letter("x", "To: " + "(" * 500, "Cc: (a(b)c) d@x.org")).cc[0].address == "d@x.org"


def test_nested_parts_stop_at_the_depth_and_keep_the_rest_as_text() -> None:
    levels = "".join(
        f"Content-Type: multipart/mixed; boundary=b{number}\r\n\r\n--b{number}\r\n" for number in range(1_200)
    )
    raw = b"From: a@x.org\r\n" + levels.encode()

    assert _depth(split(raw).root) == MAX_DEPTH + 1
    assert "boundary=b1199" in read(raw).text


def test_parts_beyond_the_bound_are_counted() -> None:
    raw = letter(b"--b\r\n\r\nx\r\n" * 500, "Content-Type: multipart/mixed; boundary=b")
    structure = split(raw)

    assert len(structure.root.children) == MAX_PARTS - 1
    assert structure.omitted == 500 - (MAX_PARTS - 1)


def test_every_part_is_shown_kept_or_counted() -> None:
    mail = read(letter(b"--b\r\n\r\nx\r\n" * 500, "Content-Type: multipart/mixed; boundary=b"))

    assert mail.text.count("x") + len(mail.attachments) + mail.attachments_omitted == 500


def test_a_header_block_of_megabytes_is_cut_and_the_body_kept() -> None:
    raw = b"From: a@x.org\r\n" + b"X-Padding: y\r\n" * 200_000 + b"\r\nbody"

    assert read(raw).text == "body"


@pytest.mark.parametrize(
    "value",
    [
        "=?a?q?" * 9_000,
        "=?utf-8?B?" + "A" * 60_000,
        '"' * 9_001,
        "<" * 9_000,
        ";".join("a" * 5_000),
        "\\" * 9_000,
    ],
)
@pytest.mark.parametrize("header", ["Subject", "From", "Content-Type", "References", "Date", "Content-ID"])
def test_hostile_header_values(header: str, value: str) -> None:
    assert read(letter("body", f"{header}: {value}")).text == "body"


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 100_000,
        "<ul><li>" * 50_000,
        "&" * 1_000_000,
        "<" * 1_000_000,
        "<script " * 100_000,
        "<!--" * 200_000,
    ],
)
def test_hostile_html_is_not_shown_but_its_text_is(markup: str) -> None:
    mail = read(letter("visible " + markup, "Content-Type: text/html"))

    assert mail.text.startswith("visible")
    assert mail.html is None or len(mail.html) < 5_000_000


def test_twenty_parts_of_rich_html_are_read_as_one_bound() -> None:
    rows = b"<table>" + b"<tr><td>a</td></tr>" * 9_000 + b"</table>"
    raw = letter(
        b"--b\r\nContent-Type: text/html\r\n\r\n"
        + rows
        + (b"\r\n--b\r\nContent-Type: text/html\r\n\r\n" + rows) * 19,
        "Content-Type: multipart/mixed; boundary=b",
    )
    mail = read(raw)

    assert mail.html is None
    assert mail.text.count("a") // 9_000 + len(mail.attachments) == 20


def test_an_answer_below_thousands_of_attributions_is_seen() -> None:
    assert read(letter("On 1 March a wrote:\n> x\n" * 2_400 + "answer")).visible.endswith("answer")


def test_near_misses_of_a_delimiter_are_bounded() -> None:
    mail = read(letter(b"--bx\r\n" * 500_000, "Content-Type: multipart/mixed; boundary=b"))

    assert mail.text.startswith("--bx")


def test_unknown_and_dangerous_charsets() -> None:
    for charset in (
        "x-unknown",
        "base64",
        "punycode",
        "unicode_escape",
        "undefined",
        "../../etc",
        "\x00",
        "utf-8" * 50,
    ):
        assert read(letter("plain", f"Content-Type: text/plain; charset={charset}")).text == "plain"


def test_a_reply_chain_of_many_lines_is_kept_whole() -> None:
    text = "On a: wrote:\n" * 50_000
    mail = read(letter(text))

    assert mail.visible == mail.text


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        ("base64", b"!A" * 1_000_000),
        ("x-uuencode", b"begin 644 a\r\n" + b"!A\r\n" * 500_000),
    ],
)
def test_an_attachment_of_shreds_takes_a_few_times_its_size(encoding: str, content: bytes) -> None:
    mail = letter(
        content, f"Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: {encoding}"
    )
    tracemalloc.start()
    try:
        assert len(read(mail).attachments) == 1
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8 * len(content), "a mail of 40 MB is read in 1 GB"


def test_a_table_with_one_vast_cell_is_not_laid_out() -> None:
    rows = "<tr><td>y" * 1_000 + "<tr><td>" + "x" * 200_000
    mail = letter(f"<table>{rows}</table>", "Content-Type: text/html")
    tracemalloc.start()
    try:
        text = read(mail).text
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert text.count("y") == 1_000
    assert text.count("x") == 200_000
    assert peak < 50_000_000
