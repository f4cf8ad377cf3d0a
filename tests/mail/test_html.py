"""HTML of strangers shows no more than its words and its own pictures."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.mail.reading.html import sanitised, to_text


@pytest.mark.parametrize(
    "markup",
    [
        "<script>alert(1)</script>",
        '<p onclick="x()">a</p>',
        '<img src="https://tracker.example/p.png">',
        '<img srcset="https://tracker.example/p.png 2x">',
        '<table background="https://tracker.example/p.png"><tr><td>a</td></tr></table>',
        '<p style="background:url(https://tracker.example/p.png)">a</p>',
        '<style>@import "https://tracker.example/p.css";</style>',
        '<a href="javascript:x()">a</a>',
        '<a href="data:text/html,x">a</a>',
        '<img src="data:image/svg+xml;base64,AAAA">',
        '<form action="https://tracker.example/"><input name="x"></form>',
        '<video poster="https://tracker.example/p.png" src="https://tracker.example/v"></video>',
        '<iframe src="https://tracker.example/"></iframe>',
        '<meta http-equiv="refresh" content="0;url=https://tracker.example/">',
    ],
)
def test_nothing_runs_and_nothing_loads(markup: str) -> None:
    shown = sanitised(markup)

    assert shown is not None
    for trace in ("tracker.example", "javascript", "script", "onclick", "data:text", "svg", "style", "<form"):
        assert trace not in shown


def test_own_pictures_and_links_stay() -> None:
    markup = '<img src="cid:logo"><img src="data:image/png;base64,AAAA"><a href="https://x.example/">x</a>'
    shown = sanitised(markup) or ""

    assert 'src="cid:logo"' in shown
    assert 'src="data:image/png;base64,AAAA"' in shown
    assert 'href="https://x.example/"' in shown
    assert "noopener" in shown


@pytest.mark.parametrize(
    "style",
    [
        "display:none",
        "DISPLAY : NONE !important",
        "visibility:hidden",
        "mso-hide:all",
        "font-size:0px",
        "max-height:0",
    ],
)
def test_hidden_preheaders_are_left_out(style: str) -> None:
    assert to_text(f'<div style="{style}">peek</div>seen').split() == ["seen"]


def test_small_print_is_read() -> None:
    assert to_text('<p style="font-size:0.8em;line-max-height:0">seen</p>').split() == ["seen"]


def test_lines_and_lists() -> None:
    assert to_text("<p>one<br>two</p><ul><li>three</li></ul>").split("\n")[:2] == ["one", "two"]


def test_deeply_nested_text_is_found() -> None:
    assert to_text("<div>" * 3_000 + "inner" + "</div>" * 3_000 + "outer").split() == ["inner", "outer"]


@given(st.text(alphabet=st.sampled_from("<>/abdivp &;\"'=! -\n\ufffd\U0001f600"), max_size=200))
def test_any_markup_gives_text(markup: str) -> None:
    to_text(markup)
    assert "<script" not in (sanitised(markup) or "")
