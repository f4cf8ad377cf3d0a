"""A template fills in what it is given, says what is missing, and cannot take more than a moment."""

from __future__ import annotations

import contextlib
import time
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel.errors import Invalid, TooLarge
from chalicelib.templates.sandbox import check, render

CUSTOMER = {"name": "Ada", "stage": "active", "tags": ["vip", "lamps"], "fields": {"size": "XL"}, "vip": True}
VALUES = {"customer": CUSTOMER, "total": 19.9, "note": None, "items": [{"n": 1}, {"n": 2}]}


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("Hello {{ customer.name }}!", "Hello Ada!"),
        ("{{ customer['fields'].size }}", "XL"),
        ("{{ items[1].n }}", "2"),
        ("{{ note }}|{{ note | default('none') }}", "|none"),
        ("{{ nothing | default('there') }}", "there"),
        ("{% if nothing is defined %}x{% endif %}", ""),
        (
            "{% for tag in customer.tags %}{{ loop.index }}.{{ tag }}{{ ', ' if not loop.last }}{% endfor %}",
            "1.vip, 2.lamps",
        ),
        ("{% for name, value in customer.fields | items %}{{ name }}={{ value }}{% endfor %}", "size=XL"),
        ("{{ 'No. ' ~ items | length ~ '!' }}", "No. 2!"),
        ("{{ customer.tags | join(', ') | upper }}", "VIP, LAMPS"),
        ("{{ total * 2 + 1 }} {{ 7 // 2 }} {{ 7 % 2 }}", "40.8 3 1"),
        ("{{ 'a' + 'b' }}{{ customer.name in ['Ada'] }}", "abTrue"),
        (
            "{{ 'a b&c' | urlencode }} {{ 'abcdef' | truncate(4) }} {{ 2.345 | round(1) }}",
            "a%20b%26c abc… 2.3",
        ),
        ("{# nobody reads this #}kept\n", "kept\n"),
    ],
)
def test_what_a_template_writes(source: str, written: str) -> None:
    check(source)
    assert render(source, VALUES) == written


def test_html_is_escaped_and_text_is_not() -> None:
    evil = {"name": "<b>\n&"}
    assert render("{{ name }}", evil) == "<b>\n&"
    assert render("<p>{{ name }}</p>", evil, html=True) == "<p>&lt;b&gt;\n&amp;</p>"
    assert render("{{ name | nl2br }}", evil, html=True) == "&lt;b&gt;<br>\n&amp;"
    assert render("{{ [name, '<'] | join('>') }}", evil, html=True) == "&lt;b&gt;\n&amp;&gt;&lt;"
    assert render("{{ name | e ~ name }}", evil, html=True) == "&lt;b&gt;\n&amp;&lt;b&gt;\n&amp;"


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("{{ nothing }}", "nothing"),
        ("{{ customer.nmae }}", "customer.nmae"),
        ("{{ customer.fields.colour }}", "customer.fields.colour"),
        ("{{ items[0].m }}", "items[].m"),
        ("{{ nothing.at.all }}", "nothing.at.all"),
        ("{% if nothing %}{% endif %}", "nothing"),
        ("{% if nothing == 1 %}{% endif %}", "nothing"),
        ("{% for x in nothing %}{% endfor %}", "nothing"),
        ("{{ nothing | upper }}", "nothing"),
        ("{{ nothing + 1 }}", "nothing"),
        ("{{ customer.name.__class__ }}", "__class__"),
        ("{{ customer.items }}", "customer.items"),
    ],
)
def test_a_placeholder_without_a_value_is_named(source: str, name: str) -> None:
    with pytest.raises(Invalid) as caught:
        render(source, VALUES)
    assert (caught.value.code, caught.value.extra["placeholder"]) == ("unknown_placeholder", name)


def test_a_preview_collects_what_is_missing() -> None:
    missing: list[str] = []
    source = "{{ a }} {{ customer.b }} {% for x in c %}{% endfor %}{% if d %}{% endif %}{{ a }}"
    assert render(source, VALUES, missing=missing).strip() == "[a] [customer.b] [a]"
    assert missing == ["a", "customer.b", "c", "d"]


@pytest.mark.parametrize(
    "source",
    [
        "{% include 'x' %}",
        "{% import 'x' as y %}",
        "{% from 'x' import y %}",
        "{% extends 'x' %}",
        "{% block a %}{% endblock %}",
        "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
        "{% set a = 'x' %}",
        "{% set a %}x{% endset %}",
        "{% with a = 1 %}{% endwith %}",
        "{% filter upper %}x{% endfilter %}",
        "{% call x() %}{% endcall %}",
        "{% autoescape false %}{% endautoescape %}",
        "{% for x in items recursive %}{{ loop(x) }}{% endfor %}",
        "{% for x in items recursive %}{% endfor %}",
        "{{ range(10) }}",
        "{{ customer.name.upper() }}",
        "{{ 2 ** 1000 }}",
        "{{ {'a': 1} }}",
        "{{ items[1:] }}",
        "{{ 'x' | center(1000000000) }}",
        "{{ 'x' | format }}",
        "{{ items | map('n') }}",
        "{{ 'x' | indent(1000000) }}",
        "{{ x | safe }}",
        "{{ 1 is callable }}",
        "{% if %}",
        "{{ a",
        "{% endfor %}",
    ],
)
def test_what_a_template_cannot_do(source: str) -> None:
    for attempt in (lambda: check(source), lambda: render(source, VALUES)):
        with pytest.raises(Invalid) as caught:
            attempt()
        assert caught.value.code == "template_syntax"
        assert caught.value.extra["line"] == 1


LOOP = "{% for a in big %}"
BOMBS: dict[str, str] = {
    "repetition": "{{ 'a' * 1000000000 }}",
    "repeated list": "{{ [1] * 1000000000 }}",
    "number": "{{ 9999999999 * 9999999999 * 9999999999 }}",
    "format": "{{ '%1000000000d' % 1 }}",
    "nested loops": LOOP * 6 + "x" + "{% endfor %}" * 6,
    "silent loops": LOOP * 6 + "{% endfor %}" * 6,
    "loops over texts": "{% for a in text %}{% for b in text %}{% for c in text %}" + "{% endfor %}" * 3,
    "written loops": "{% for a in big %}{{ text }}{% endfor %}",
    "compared texts": "{% for a in big %}{% if text ~ 'b' in text ~ 'c' %}{% endif %}{% endfor %}",
    "searched texts": "{% for a in text %}{% if needle in text %}{% endif %}{% endfor %}",
    "replace": "{{ text" + " | replace('a', 'aaaaaaaaaa')" * 30 + " }}",
    "replaced by itself": "{{ text | replace('a', text) }}",
    "join": "{{ big | join(text) }}",
    "chained texts": "{{ " + " ~ ".join(["text"] * 900) + " }}",
    "added texts": "{{ " + " + ".join(["text"] * 50) + " }}",
    "many parts": "{{ a }}" * 20_000,
    "deep brackets": "{{ " + "(" * 20_000 + "1" + ")" * 20_000 + " }}",
    "deep lists": "{{ " + "[" * 20_000 + "1" + "]" * 20_000 + " }}",
    "deep loops": "{% for a in big %}" * 1_000 + "{% endfor %}" * 1_000,
    "deep sum": "{{ " + "1 + " * 20_000 + "1 }}",
    "deep not": "{{ " + "not " * 20_000 + "1 }}",
    "deep choice": "{{ " + "1 if 1 else " * 5_000 + "1 }}",
    "deep filters": "{{ text" + " | upper" * 5_000 + " }}",
    "long": "x" * 200_001,
    "long comment": "{#" + "{" * 199_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_no_bomb_takes_more_than_a_moment(name: str) -> None:
    values: dict[str, Any] = {"big": list(range(9_000)), "text": "a" * 50_000, "needle": "a" * 20_000 + "b"}
    tracemalloc.start()
    begun = time.process_time()
    with pytest.raises((Invalid, TooLarge)):
        render(BOMBS[name], values)
    took, (_, peak) = time.process_time() - begun, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert took < 5, "traced, which makes it several times as slow"
    assert peak < 40_000_000


@pytest.mark.parametrize(
    "values",
    [
        {"a": "x" * 200_001},
        {"a": ["x"] * 10_001},
        {"a": {"b": {"c": {"d": {"e": {"f": {"g": {"h": {"i": {"j": {"k": 1}}}}}}}}}}},
    ],
)
def test_values_are_bounded(values: dict[str, Any]) -> None:
    with pytest.raises(TooLarge) as caught:
        render("x", values)
    assert caught.value.code == "values_too_large"


def test_values_are_plain() -> None:
    with pytest.raises(TypeError):
        render("x", {"a": object()})


SOURCES = st.text(alphabet="{}%#ab.[]()|~+*1'é \n", max_size=60)
WORDS = (
    "{{",
    "}}",
    "{%",
    "%}",
    "for",
    "a",
    "in",
    "b",
    "endfor",
    "if",
    "endif",
    "|",
    "upper",
    "(",
    ")",
    "not",
)


@given(st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join) | SOURCES)
def test_anything_is_rendered_or_refused_clearly(source: str) -> None:
    with contextlib.suppress(Invalid, TooLarge):
        assert isinstance(render(source, {"a": "x", "b": [1, 2]}), str)
