"""What programs mark as quoted in HTML is marked in its text, and so is folded away."""

from __future__ import annotations

import time

import pytest

from chalicelib.mail.reading.html import to_text
from chalicelib.mail.reading.trimming.trim import trim

OLD = "<p>Your order left us today.</p><p>Kind regards</p>"


@pytest.mark.parametrize(
    "quoted",
    [
        f'<div class="gmail_quote"><div class="gmail_attr">On 2 Mar 2026, Shop wrote:<br></div>'
        f'<blockquote class="gmail_quote" style="border-left:1px solid">{OLD}</blockquote></div>',
        f'<div>Am 02.03.26 schrieb Shop:</div><blockquote type="cite">{OLD}</blockquote>',
        f'<div class="yahoo_quoted"><div>Þann 2. mars skrifaði Shop</div>{OLD}</div>',
        f'<div class="protonmail_quote">Le lundi, Shop<br><blockquote>{OLD}</blockquote></div>',
        f'<hr><div id="divRplyFwdMsg"><b>จาก:</b> Shop<br><b>ส่ง:</b> จันทร์</div><div>{OLD}</div>',
        f'<div id="appendonsend"></div><div><b>Frá:</b> Shop</div>{OLD}',
        f'<span id="OLK_SRC_BODY_SECTION"><div id="OLK_SRC_BODY_SECTION"><b>Frá:</b> Shop{OLD}</div></span>',
        f'<div id="mail-editor-reference-message-container"><b>Frá:</b> Shop{OLD}</div>',
    ],
)
def test_quotations_of_programs(quoted: str) -> None:
    trimmed = trim(to_text(f"<html><body><div>Thank you!</div>{quoted}</body></html>"))

    assert trimmed.visible.strip() == "Thank you!"
    assert "Your order left us today." in trimmed.elided


def test_depths_and_what_follows() -> None:
    text = to_text("Hi<blockquote>one<blockquote>two<br>three</blockquote>four</blockquote>bye")

    assert text.split() == ["Hi", ">", "one", ">>", "two", ">>", "three", ">", "four", "bye"]


def test_what_is_only_set_in_is_not_quoted() -> None:
    style = "margin:0 0 0 40px; border: none; padding:0px"

    assert ">" not in to_text(f'<p>Like this:</p><blockquote style="{style}">it hangs</blockquote>')


def test_a_mail_that_is_only_quoted_is_shown() -> None:
    text = to_text(f"<blockquote>{OLD}</blockquote>")

    assert trim(text).visible == text


def test_our_marks_in_their_text_mean_nothing() -> None:
    assert to_text("<p>\ue000one</p><p>two\ue001</p>").split() == ["one", "two"]


@pytest.mark.parametrize(
    "markup",
    ["<blockquote>" * 19_000 + "x", "<blockquote>x</blockquote>" * 19_000, "<blockquote><br>" * 9_000],
)
def test_any_number_of_quotations_is_read(markup: str) -> None:
    began = time.process_time()
    text = to_text(markup)

    assert time.process_time() - began < 1
    assert ">" * 9 not in text
