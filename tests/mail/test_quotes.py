"""Of a reply, what its writer wrote is seen; the rest is folded away, and nothing is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.mail.reading.quotes import trim

QUOTED = "\n> Your order left us today.\n> Kind regards\n"


@pytest.mark.parametrize(
    "attribution",
    [
        "On Mon, 2 Mar 2026 at 10:00, Shop <help@shop.example> wrote:",
        "On Mon, 2 Mar 2026 at 10:00, The Very Helpful Shop\n<help@shop.example> wrote:",
        "Am Mo., 2. März 2026 um 10:00 Uhr schrieb Shop <help@shop.example>:",
        "Shop <help@shop.example> schrieb am Mo., 2. März 2026, 10:00:",
        "Le lun. 2 mars 2026 à 10:00, Shop <help@shop.example> a écrit :",
        "El lun, 2 mar 2026 a las 10:00, Shop (<help@shop.example>) escribió:",
        "Em seg., 2 de mar. de 2026 às 10:00, Shop <help@shop.example> escreveu:",
        "Il giorno lun 2 mar 2026 alle ore 10:00 Shop <help@shop.example> ha scritto:",
        "Op ma 2 mrt 2026 om 10:00 schreef Shop <help@shop.example>:",
        "Den mån 2 mars 2026 kl 10:00 skrev Shop <help@shop.example>:",
        "pon., 2 mar 2026 o 10:00 Shop <help@shop.example> napisał(a):",
        "пн, 2 мар. 2026 г. в 10:00, Shop <help@shop.example> написал(а):",
        "2 марта 2026 г., 10:00, Shop <help@shop.example> написал:",
        "在 2026年3月2日，上午10:00，Shop <help@shop.example> 写道：",
    ],
)
@pytest.mark.parametrize("below", [QUOTED, "\nYour order left us today.\n"])
def test_attributions(attribution: str, below: str) -> None:
    assert trim(f"Thank you!\n\n{attribution}\n{below}").visible == "Thank you!"


@pytest.mark.parametrize(
    "tail",
    [
        QUOTED,
        "-----Original Message-----\nFrom: Shop\nHello",
        "-----Ursprüngliche Nachricht-----\nVon: Shop\nHallo",
        "---------- Forwarded message ---------\nFrom: Shop <s@x.org>\n\nHello",
        "From: Shop <s@x.org>\nSent: Monday, 2 March 2026\nTo: Ada\nSubject: Your order\n\nHello",
        "____________________\nVon: Shop\nGesendet: Montag\nAn: Ada\nBetreff: Bestellung\n\nHallo",
        "*De :* Shop\n*Envoyé :* lundi\n*À :* Ada\n*Objet :* Commande\n\nBonjour",
        "发件人: Shop\n发送时间: 2026年3月2日\n收件人: Ada\n主题: 订单\n\n你好",
        "-- \nAda Lovelace\nAnalyst",
        "Sent from my iPhone",
        "Sent from my iPhone\n\nOn Mon, 2 Mar 2026, Shop wrote:\n> Hello",
    ],
)
def test_other_tails(tail: str) -> None:
    assert trim(f"Thank you!\n\n{tail}\n").visible == "Thank you!"


def test_the_line_above_an_attribution_is_kept() -> None:
    text = "I asked before.\nShop <help@shop.example> wrote:\n\nHello"

    assert trim(text).visible == "I asked before."


def test_answers_between_the_lines_stay_with_their_questions() -> None:
    text = "Hello,\nOn Mon, 2 Mar 2026, Shop wrote:\n> Which size?\nLarge.\n> Which colour?\nRed."

    assert trim(text) == (text, "")


@pytest.mark.parametrize("text", ["", "\n", "> only a quote", "-- \nonly a signature", "Sent from my iPhone"])
def test_when_nothing_would_be_left_all_is_shown(text: str) -> None:
    assert trim(text) == (text, "")


def test_ordinary_sentences_are_not_cut() -> None:
    text = "Hello,\nFrom: what I see, it is broken.\nOn Monday I wrote:\nthis --- is fine\nAm I right?"

    assert trim(text) == (text, "")


LINES = st.sampled_from(
    [
        "",
        "Hello",
        "> quoted",
        ">> deeper",
        "On Mon, 2 Mar 2026, Shop wrote:",
        "-- ",
        "From: a",
        "Sent: b",
        "To: c",
        "Sent from my x",
    ]
)


@given(st.lists(LINES | st.text(max_size=30), max_size=25))
def test_no_text_is_lost(lines: list[str]) -> None:
    text = "\n".join(lines)
    visible, elided = trim(text)

    assert text in (visible, f"{visible}\n{elided}")
    assert visible.strip() or not text.strip() or visible == text
