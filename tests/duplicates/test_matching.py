"""How likely two are one person: each reason, and the laws that all scores keep."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.duplicates.blocking import MAX_BLOCKS, blocks
from chalicelib.duplicates.matching import CANDIDATE, compare, folded, lookalike, mailbox
from chalicelib.duplicates.model import Sketch

NAMES = st.one_of(
    st.none(), st.sampled_from(["Ada Lovelace", "ada lovelace", "Lovelace, Ada", "Bo", "李"]), st.text()
)
MAILS = st.sampled_from(
    ["ada@shop.example", "a.d.a+x@shop.example", "ada@eu.shop.example", "ada@gmail.com", "ada@gmial.com"]
)
PHONES = st.sampled_from(["+4930123456", "+493012345612", "+4330123456", "+442079460958", "+19"])
SKETCHES = st.builds(
    Sketch,
    id=st.sampled_from(["one", "other"]),
    name=NAMES,
    company=NAMES,
    organisation_id=st.sampled_from([None, "org_1"]),
    emails=st.lists(MAILS, max_size=3),
    phones=st.lists(PHONES, max_size=3),
)


def sketch(**fields: Any) -> Sketch:
    return Sketch(id="cus", **fields)


@pytest.mark.parametrize(
    ("one", "other", "code"),
    [
        ({"emails": ["ada@x.org"]}, {"emails": ["ada+shop@x.org"]}, "email_variant"),
        ({"emails": ["a.da@x.org"]}, {"emails": ["Ada@x.org"]}, "email_variant"),
        ({"emails": ["ada@gmail.com"]}, {"emails": ["ada@gmial.com"]}, "email_lookalike_domain"),
        ({"emails": ["ada@x.org"]}, {"emails": ["ada@mail.x.org"]}, "email_lookalike_domain"),
        ({"phones": ["+491701234567"]}, {"phones": ["+431701234567"]}, "phone_other_country"),
        ({"phones": ["+49301234567"]}, {"phones": ["+4930123456712"]}, "phone_extension"),
        (
            {"name": "Ada Lovelace", "company": "Engines Ltd."},
            {"name": "Lovelace, Ada", "company": "ENGINES LTD"},
            "same_name_and_company",
        ),
        (
            {"name": "Ada Lovelace", "organisation_id": "org_1"},
            {"name": "Ada Lovelave", "organisation_id": "org_1"},
            "similar_name_and_organisation",
        ),
        (
            {"name": "José Núñez", "emails": ["jn@engines.example"]},
            {"name": "jose nunez", "emails": ["nunez@engines.example"]},
            "same_name_and_domain",
        ),
        (
            {"name": "Jon Smith", "phones": ["+442079460958"]},
            {"name": "John Smith", "phones": ["+442079460911"]},
            "similar_name_and_phone_area",
        ),
    ],
)
def test_what_speaks_for_one_person(one: dict[str, Any], other: dict[str, Any], code: str) -> None:
    match = compare(sketch(**one), sketch(**other))
    assert code in [reason.code for reason in match.reasons]
    assert match.score >= CANDIDATE
    assert set(blocks(sketch(**one))) & set(blocks(sketch(**other))), "they are compared at all"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"name": "Ada Lovelace"}, {"name": "Ada Lovelace"}),
        ({"emails": ["info@x.org"]}, {"emails": ["info@mail.x.org"]}),
        ({"emails": ["ada@gmx.de"]}, {"emails": ["ada@gmx.at"]}),
        ({"name": "Ada", "emails": ["a@gmail.com"]}, {"name": "Ada", "emails": ["b@gmail.com"]}),
        ({"company": "Engines"}, {"company": "Engines"}),
        ({"company": "!!"}, {"company": None}),
        (
            {"name": "Ada Lovelace", "phones": ["+49301234567"]},
            {"name": "Kurt Weber", "phones": ["+4930123456712"]},
        ),
        ({}, {}),
    ],
)
def test_what_does_not_suffice(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert compare(sketch(**one), sketch(**other)).score < CANDIDATE


@given(SKETCHES, SKETCHES)
def test_it_is_symmetric_bounded_and_explained(one: Sketch, other: Sketch) -> None:
    match = compare(one, other)
    assert match == compare(other, one)
    assert 0 <= match.score <= 100
    assert (match.score > 0) == bool(match.reasons)
    codes = [reason.code for reason in match.reasons]
    assert len(codes) == len(set(codes))


@given(SKETCHES, SKETCHES)
def test_another_equal_fact_never_makes_it_less_likely(one: Sketch, other: Sketch) -> None:
    same: dict[str, Any] = {"organisation_id": "org_7"}
    together = compare(one.model_copy(update=same), other.model_copy(update=same))
    apart = compare(
        one.model_copy(update={"organisation_id": None}), other.model_copy(update={"organisation_id": None})
    )
    assert together.score >= apart.score


@given(st.builds(Sketch, id=st.just("x"), name=NAMES, company=NAMES, emails=st.lists(MAILS, max_size=5)))
def test_blocks_are_few_and_short(one: Sketch) -> None:
    keys = blocks(one)
    assert len(keys) == len(set(keys)) <= MAX_BLOCKS
    assert all(len(f"BLOCK#{key}".encode()) <= 2048 for key in keys)


def test_folding_and_mailboxes() -> None:
    assert folded("Müller-Lüdenscheidt,  Ænne") == folded("ÆNNE LÜDENSCHEIDT MULLER")
    assert mailbox("A.da+tag@X.org") == ("ada", "x.org")
    assert mailbox("+tag@x.org") == ("+tag", "x.org")
    assert not lookalike("engines.example", "looms.example")
