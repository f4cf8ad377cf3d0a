"""Under which terms and in which lists a customer is found; pure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.customers.model import Customer
from chalicelib.directory import matching
from chalicelib.directory.entries import MAX_FIELDS, MAX_TERMS, canonical, entries_of, lists_of
from chalicelib.directory.model import FieldValue, Filters
from chalicelib.directory.words import prefixes_of
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.postings import Entries

AT = datetime(2026, 11, 20, 10, tzinfo=UTC)
ORGANISATION = "org_01J00000000000000000000000"
OWNER = "stf_01J00000000000000000000000"
KINDS = {"size": "number", "vip": "boolean", "colour": "choice", "budget": "money"}


def customer(**fields: Any) -> Customer:
    given: dict[str, Any] = {"stage": "lead", "version": 1, "created_at": AT, "updated_at": AT}
    return Customer(id="cus_01J0000000000000000000000A", **(given | fields))


def test_the_name_comes_first_and_all_is_bounded() -> None:
    crowded = customer(
        name="Ada Lovelace",
        company="Engines",
        emails=[f"first{n}.last{n}@host{n}.example" for n in range(10)],
        phones=[f"+4930123456{n}" for n in range(10)],
        tags=[f"t{n}" for n in range(50)],
        custom={f"f{n}": n for n in range(50)},
    )
    entries = entries_of(crowded, [f"f{n}" for n in range(50)])
    assert entries.terms[:3] == ["ada", "lovelace", "engines"]
    assert len(entries.terms) == MAX_TERMS
    assert len(lists_of(entries)) == 50 + MAX_FIELDS


def test_facets() -> None:
    ada = customer(
        owner=OWNER,
        organisation_id=ORGANISATION,
        tags=["vip", "a#b"],
        custom={"size": 38.0, "vip": True, "colour": "Blue", "note": "no"},
    )
    facets = entries_of(ada, KINDS).facets
    assert facets == [
        "stage#lead",
        f"owner#{OWNER}",
        f"organisation#{ORGANISATION}",
        "tag#vip",
        "tag#a#b",
        "field#colour#Blue",
        "field#size#38",
        "field#vip#true",
    ]
    assert entries_of(ada, []).facets == facets[:5]


def test_who_is_gone_or_merged_has_none() -> None:
    assert entries_of(None, KINDS) == Entries()
    assert entries_of(customer(name="Ada", merged_into="cus_01J0000000000000000000000B"), KINDS) == Entries()


NAME = st.text(st.characters(categories=["Lu", "Ll", "Lo"], max_codepoint=0xFFFF), min_size=1, max_size=9)


@given(st.lists(NAME, min_size=1, max_size=3), st.lists(NAME, max_size=3), st.randoms(use_true_random=False))
def test_any_words_of_name_and_company_find_the_customer(
    name: list[str], company: list[str], rng: Any
) -> None:
    found = entries_of(customer(name=" ".join(name), company=" ".join(company) or None), []).terms
    words = [word[: rng.randint(1, len(word))] for word in name + company]
    rng.shuffle(words)
    if len(found) < MAX_TERMS:
        assert matching.match(prefixes_of(" ".join(words)), found)


WORD = st.text("abcdefghij", min_size=6, max_size=12)


@given(WORD, st.data())
def test_one_edit_is_forgiven_and_two_are_not(word: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(matching.SURE, len(word) - 1))
    edits = [
        word[:place] + word[place + 1 :],
        word[:place] + "x" + word[place:],
        word[:place] + "x" + word[place + 1 :],
    ]
    if place + 1 < len(word):
        edits.append(word[:place] + word[place + 1] + word[place] + word[place + 2 :])
    for edit in edits:
        assert matching.match([edit], [word], forgiving=True) or len(edit) < matching.FORGIVING
    assert not matching.match([f"{word[:3]}xyz{word[3:]}"], [word], forgiving=True)


@pytest.mark.parametrize(
    ("words", "narrowest"),
    [
        (["ada", "lovelace"], "lovelace"),
        (["lovelace", "4930"], "4930"),
        (["lovelace", "ada@x"], "ada@x"),
        (["lovelace", "1"], "lovelace"),
        (["山田", "taro"], "山田"),
    ],
)
def test_the_narrowest_word(words: list[str], narrowest: str) -> None:
    assert matching.narrowest(words) == narrowest


@given(st.integers(-(2**53), 2**53) | st.floats(-1e100, 1e100))
def test_numbers_are_written_alike(number: float) -> None:
    assert FieldValue.read(f"size:{number!r}", KINDS).value == number
    assert canonical(float(number)) == canonical(number)


@pytest.mark.parametrize(
    "text", ["size", "size:x", "size:nan", "size:1e999", "vip:yes", "budget:12", "note:a", "none:a"]
)
def test_bad_values(text: str) -> None:
    with pytest.raises(Invalid):
        FieldValue.read(text, KINDS)


def test_filters_on_a_profile() -> None:
    ada = customer(custom={"size": 38, "vip": False})
    for text, matches in (("size:38.0", True), ("size:39", False), ("vip:false", True), ("colour:x", False)):
        assert Filters(field=FieldValue.read(text, KINDS)).match(ada) is matches
    rich = customer(custom={"budget": "12.50 EUR"})
    for text in ("budget:12.5 EUR", "budget:0012.50EUR"):
        assert Filters(field=FieldValue.read(text, KINDS)).match(rich)
    assert Filters(updated_from=AT).match(ada)
    assert not Filters(updated_to=AT).match(ada)
