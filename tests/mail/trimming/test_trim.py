"""Of a reply, what its writer wrote is seen; the rest is folded away, and nothing is lost."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.mail.reading.trimming.blocks import Kind
from chalicelib.mail.reading.trimming.trim import MAX_LINES, trim

WROTE = "On Mon, 2 Mar 2026, Shop <help@shop.example> wrote:"


def test_quotations_below_are_folded_away() -> None:
    assert trim("Thank you!\n\n> Your order left us today.\n").visible == "Thank you!"


def test_an_answer_below_a_quotation_keeps_it() -> None:
    text = "> Which size?\n\nLarge."

    assert trim(text).visible == text


def test_an_answer_below_a_whole_mail_does_not() -> None:
    assert trim(f"{WROTE}\n> Which size?\n> Kind regards\n\nLarge.\n\n> Shop").visible == "Large."


@pytest.mark.parametrize("top", ["Hello,\n", ""])
def test_answers_between_the_lines_stay_with_their_questions(top: str) -> None:
    between = "> Which size?\nLarge.\n> Which colour?\nRed."

    assert trim(f"{top}{WROTE}\n{between}\n> Kind regards\n").visible == f"{top}{between}"


def test_answers_below_a_signature_are_seen() -> None:
    text = f"See below.\n-- \nAda\n\n{WROTE}\n> Which size?\nLarge."

    assert trim(text).visible == "See below.\n> Which size?\nLarge."


def test_a_long_quoted_line_that_was_broken_is_no_answer() -> None:
    long = "> " + "Your order left us today, and will be with you " * 2
    text = f"Thank you!\n\n{WROTE}\n{long}\ntomorrow.\n> Kind regards"

    assert trim(text).visible == "Thank you!"


def test_an_unmarked_mail_on_top_is_seen() -> None:
    assert trim(f"{WROTE}\n\nYour order left us today.").visible == "Your order left us today."


def test_a_conversation_below_is_folded_away_from_the_first_mail_on() -> None:
    assert trim(f"Third.\n\n{WROTE}\n\nSecond.\n\n{WROTE}\n\nFirst.").visible == "Third."


def test_code_is_not_looked_into() -> None:
    text = f"Like this:\n\n```\n# not a rule\n####\n-- \n{WROTE}\n> x\n```\n\nDone."

    assert trim(text).visible == text


@pytest.mark.parametrize(
    "text",
    ["", "\n", "> only a quote", "-- \nonly a signature", "Sent from my iPhone", f"{WROTE}\n> Hello\n"],
)
def test_when_nothing_would_be_left_all_is_shown(text: str) -> None:
    assert trim(text).visible == text
    assert trim(text).elided == ""


def test_the_blocks_say_what_they_are() -> None:
    text = f"Thank you!\n\n-- \nAda\n\n{WROTE}\n> Hello\n\nSent from my iPhone"
    shown = [(block.kind, block.visible) for block in trim(text).blocks if block.kind is not Kind.BLANK]

    assert shown == [
        (Kind.TEXT, True),
        (Kind.SIGNATURE, False),
        (Kind.ATTRIBUTION, False),
        (Kind.QUOTE, False),
        (Kind.FOOTER, False),
    ]


PIECES = [
    "",
    "Hello",
    "> quoted",
    ">> deeper",
    WROTE,
    "On Mon, 2 Mar 2026, Shop <",
    "help@shop.example> wrote:",
    "> wrote:",
    "-- ",
    "____",
    "From: a",
    "Sent: 2026-03-02 10:00",
    "To: c@example.org,",
    "---------- Forwarded message ---------",
    "Sent from my x",
    "```",
    "reply above this line",
    "Confidentiality notice",
]


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=30), max_size=25))
def test_no_text_is_lost(pieces: list[str]) -> None:
    text = "\n".join(pieces)
    trimmed = trim(text)
    visible = [line for block in trimmed.blocks if block.visible for line in block.text.split("\n")]
    elided = [line for block in trimmed.blocks if not block.visible for line in block.text.split("\n")]

    assert trimmed.text == text
    assert sorted(visible + elided) == sorted(text.split("\n"))
    assert trimmed.visible == "\n".join(visible)
    assert trimmed.elided == "\n".join(elided)
    assert trimmed.visible.strip() or trimmed.visible == text


@given(st.lists(st.sampled_from(PIECES), max_size=25))
def test_what_is_seen_is_trimmed_already(pieces: list[str]) -> None:
    """White space aside, nothing of it stands before or behind."""
    visible = trim("\n".join(pieces)).visible

    assert visible == "\n".join(pieces) or visible.strip("\n") == visible


@pytest.mark.parametrize(
    "unit",
    [
        ">\n", "> wrote:\n<\n", "On ", "On On On:\n", "a:\n", "From: x\n", "From: a@b\nc\n", "x", " ", "\n",
        "<", "<\n", "a@b ", "--\n", "---\n", "-", "- a ", "```\n", "1 ", "wrote ", "写道", "Sent from my x\n",
        f"{WROTE}\n> x\n", f"{WROTE}\n> x\ny\n",
        "Ada <a@b.c>, " * 30 + "wrote:\n", "---- x ----\nFrom: a\n", "To: a,\nb,\n",
        "2026-03-02 10:00 GMT+01:00 a\n\n", "This message is confidential ", "\u200b\u00e9",
    ],
)  # fmt: skip
def test_a_megabyte_of_anything_is_read_at_once(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    began = time.process_time()
    trimmed = trim(text)

    assert time.process_time() - began < 1
    assert trimmed.text == text


def test_lines_beyond_those_looked_at_share_the_fate_of_the_last() -> None:
    history = f"\n\n{WROTE}\n" + "> Hello\n" * (2 * MAX_LINES)

    assert trim(f"Thank you!{history}").visible == "Thank you!"
    assert trim("Thank you!\n" * 2 * MAX_LINES).visible == ("Thank you!\n" * 2 * MAX_LINES)
