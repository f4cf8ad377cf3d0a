"""Markdown: what it becomes, what it may not become, and that no text keeps us busy."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.kernel.errors import Invalid
from chalicelib.knowledge.markdown import MAX_LINES, MAX_MARKS, rendered

SECOND = 1.0
TRIES = 3
"""The fastest counts: beside other tests the collector of garbage may take seconds of its own."""
HOSTILE = {
    "brackets": "[",
    "images": "![",
    "emphasis": "*a_",
    "strong": "**x* ",
    "links": "[a](b",
    "unclosed links": "[a](<b",
    "references": "[a]: b\n",
    "uses": "[a][a]",
    "rows": "|a|a|a|a\n",
    "setext": "a\n=\n",
    "ticks": "`x``y",
    "quotes": "> ",
    "lists": "- ",
    "entities": "&#1",
    "autolinks": "<a:",
    "escapes": "\\",
    "numbers": "1. a\n",
    "hashes": "#",
    "plain": "word ",
}


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_text_takes_less_than_a_second(unit: str) -> None:
    marks = sum(char in "[]*_`|<&!~\\" for char in unit)
    times = min(100_000 // len(unit), MAX_MARKS // max(1, marks), MAX_LINES // max(1, unit.count("\n")))
    head = "|a|b|c|d\n|-|-|-|-\n" if unit.startswith("|") else ""
    assert min(_seconds(head + unit * (times - 10)) for _ in range(TRIES)) < SECOND


def _seconds(text: str) -> float:
    began = time.process_time()
    rendered(text)
    return time.process_time() - began


@pytest.mark.parametrize("text", ["[" * (MAX_MARKS + 1), "\n" * (MAX_LINES + 1)])
def test_what_could_take_longer_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        rendered(text)
    assert refused.value.code == "too_complex"


def test_the_usual_is_rendered() -> None:
    html, text = rendered(
        "# Lamps\n\n*Two* of them:\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n1. first\n\n    x < y\n"
    )
    assert "<h2>Lamps</h2>" in html, "the title is the page's h1"
    assert "<em>Two</em>" in html
    assert "<td>1</td>" in html
    assert "<ol>" in html
    assert text == "Lamps · Two of them: a · b · 1 · 2 · first x < y"


def test_the_text_has_spaces_where_a_reader_sees_them() -> None:
    markdown = "Keep it **dry**, and un*break*able.\nThen\n\n- one\n- `two`"
    assert rendered(markdown).text == "Keep it dry, and unbreakable. Then one two"
    assert rendered("|a|b|\n|-|-|\n|1|2|").text == "a · b · 1 · 2"


def test_links_are_not_followed_by_machines_and_lead_nowhere_odd() -> None:
    html, _ = rendered(
        "[a](https://example.org) [b](other-article) [c](javascript:alert(1)) [d](data:text/html,x)"
    )
    assert '<a href="https://example.org" rel="nofollow noopener">a</a>' in html
    assert '<a href="other-article" rel="nofollow noopener">b</a>' in html
    assert html.count("<a ") == 2


@pytest.mark.parametrize(
    "source", ["http://example.org/i.png", "//example.org/i.png", "data:image/png;base64,x"]
)
def test_images_come_by_https_only(source: str) -> None:
    assert "src" not in rendered(f"![A lamp]({source})").html
    assert 'src="https://example.org/i.png"' in rendered("![A lamp](https://example.org/i.png)").html


@given(st.text(alphabet="<>/\"'`*_[]()!#|-= \nascriptonhref:&;", max_size=300))
@settings(max_examples=200)
def test_nothing_runs_whatever_is_written(markdown: str) -> None:
    html, _ = rendered(markdown)
    tags = re.findall(r"<[^>]*>", html)
    assert not [tag for tag in tags if re.search(r"\son\w+\s*=|javascript:", re.sub('"[^"]*"', "", tag))]
    assert "<script" not in html
    assert "<style" not in html
