"""Styles go where mail programs read them; HTML comes to a text; neither can be made slow."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel.errors import TooLarge
from chalicelib.templates.html import inlined, text_of


def _document(css: str, body: str) -> str:
    return f"<html><head><style>{css}</style></head><body>{body}</body></html>"


@pytest.mark.parametrize(
    ("css", "body", "written"),
    [
        ("p { color: red }", "<p>x</p>", '<p style="color: red">x</p>'),
        (".a.b { color: red }", '<p class="a b">x</p>', '<p class="a b" style="color: red">x</p>'),
        ("p, b { color: red }", "<p><b>x</b></p>", '<p style="color: red"><b style="color: red">x</b></p>'),
        ("#i { color: red } p { color: blue }", '<p id="i">x</p>', 'style="color: red"'),
        ("p { color: red } p { color: blue }", "<p>x</p>", 'style="color: blue"'),
        ("p { color: red !important } p { color: blue }", "<p>x</p>", "color: red !important"),
        ("p { color: red; margin: 0 }", '<p style="color: blue">x</p>', 'style="margin: 0; color: blue"'),
        ("p { margin-top: 1px; margin: 0 }", "<p>x</p>", 'style="margin-top: 1px; margin: 0"'),
        ("td > a { color: red }", "<table><tr><td><a>x</a></td></tr></table>", '<a style="color: red">'),
        ('p { font-family: "Open Sans" }', "<p>x</p>", "style='font-family: \"Open Sans\"'"),
    ],
)
def test_styles_are_written_at_their_elements(css: str, body: str, written: str) -> None:
    html = inlined(_document(css, body))
    assert written in html
    assert "<style" not in html


def test_what_cannot_be_inlined_stays_in_the_sheet() -> None:
    css = "@media (max-width: 400px) { p { color: red } } a:hover { color: blue } p { margin: 0 }"
    html = inlined(_document(css, "<p>x</p>"))
    assert "@media (max-width: 400px)" in html
    assert "a:hover { color: blue }" in html
    assert '<p style="margin: 0">' in html
    assert "p { margin" not in html


@pytest.mark.parametrize("css", ["p { color", "}{", "p[ {}", ">>> { color: red }", "\x00", "p { : ; }"])
def test_broken_styles_do_no_harm(css: str) -> None:
    assert "<p>x</p>" in inlined(_document(css, "<p>x</p>")).replace(' style=""', "").replace(
        ' style="color: "', ""
    )


def test_html_without_a_sheet_is_left_alone() -> None:
    html = "<p style='color:red'>x<br>"
    assert inlined(html) == html


def test_html_comes_to_text_with_its_links() -> None:
    html = (
        '<p style="display:none">preview</p><h1>Hi</h1><p>See <a href="https://x.example/a">the page</a>.</p>'
        "<ul><li>one<li>two</ul>"
    )
    text = text_of(html)
    assert "preview" not in text
    assert "See [the page](https://x.example/a)." in text
    assert "* one\n" in text
    assert text_of("") == text_of("<!-- -->") == "\n"


@pytest.mark.parametrize(
    "html",
    [
        "<p>" * 5_001,
        _document("p {color: red}" * 1_001, "<p>x</p>"),
        _document("* * * * { color: red }" * 400, "<div>" * 2_000),
        "<table>" + "<tr><td>x" * 2_000 + "y" * 400_000,
    ],
)
def test_heavy_html_is_refused_soon(html: str) -> None:
    begun = time.process_time()
    with pytest.raises(TooLarge) as caught:
        text_of(inlined(html))
    assert caught.value.code == "html_too_heavy"
    assert time.process_time() - begun < 3


@given(st.text(alphabet="<>/pa{}:;.#@ \"'=style!", max_size=120))
def test_any_html_comes_through(html: str) -> None:
    assert isinstance(text_of(inlined("<style>" + html)), str)
    assert isinstance(inlined(html), str)
