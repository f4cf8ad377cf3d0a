"""Whoever is quoted is announced in every language, by every program, over any number of lines."""

from __future__ import annotations

import pytest

from chalicelib.mail.reading.trimming.trim import trim

QUOTED = "\n> Your order left us today.\n> Kind regards\n"
UNMARKED = "\nYour order left us today.\n"

GMAIL = [
    "On Mon, 2 Mar 2026 at 10:00, Shop <help@shop.example> wrote:",
    "On Mon, Mar 2, 2026 at 10:00\u202fAM Shop via Desk <\nhelp@shop.example> wrote:",
    "On Mon, 2 Mar 2026 at 10:00, The Very Helpful Shop\n<help@shop.example> wrote:",
    "On Mon, 2 Mar 2026 at 10:00, The Very Helpful Shop <help@shop.example>\nwrote:",
    "On Mon, 2 Mar 2026 at 10:00,\nShop <help@shop.example> wrote:",
    "2016-03-02 10:00 GMT+01:00 Shop <help@shop.example>:",
    "2016-03-02 10:00 GMT+01:00 The Very Helpful Shop <\nhelp@shop.example>:",
    "2016/3/2 Shop <help@shop.example>",
    "Am Mo., 2. März 2026 um 10:00 Uhr schrieb Shop <help@shop.example>:",
    "Shop <help@shop.example> schrieb am Mo., 2. März 2026, 10:00:",
    "Shop <help@shop.example> schrieb am Mo., 2.\nMärz 2026 um 10:00 Uhr:",
    "Le lun. 2 mars 2026 à 10:00, Shop <help@shop.example> a écrit\u00a0:",
    'Le 2 mars 2026 10:00, "Shop"\n<help@shop.example>\na écrit :',
    "El lun, 2 mar 2026 a las 10:00, Shop (<help@shop.example>) escribió:",
    "Em seg., 2 de mar. de 2026 às 10:00, Shop <help@shop.example> escreveu:",
    "Il giorno lun 2 mar 2026 alle ore 10:00 Shop <help@shop.example> ha scritto:",
    "Op ma 2 mrt 2026 om 10:00 schreef Shop <help@shop.example>:",
    'Op 2 mrt. 2026 10:00 schreef "Shop" <help@shop.example> het\nvolgende geschreven:',
    "Den mån 2 mars 2026 kl 10:00 skrev Shop <help@shop.example>:",
    "Den man. 2. mar. 2026 kl. 10.00 skrev Shop <help@shop.example>:",
    "man. 2. mars 2026 kl. 10:00 skrev Shop <help@shop.example>:",
    "ma 2. maalisk. 2026 klo 10.00 Shop (help@shop.example) kirjoitti:",
    "pon., 2 mar 2026 o 10:00 Shop <help@shop.example> napisał(a):",
    "po 2. 3. 2026 v 10:00 odesílatel Shop <help@shop.example> napsal:",
    "po 2. 3. 2026 o 10:00 Shop <help@shop.example> napísal(a):",
    "пн, 2 мар. 2026 г. в 10:00, Shop <help@shop.example>:",
    "пн, 2 бер. 2026 р. о 10:00 Shop <help@shop.example> пише:",
    "На пн, 2.03.2026 г. в 10:00 Shop <help@shop.example> написа:",
    "пон, 2. мар 2026. у 10:00 Shop <help@shop.example> је написао/ла:",
    "pon, 2. ožu 2026. u 10:00 Shop <help@shop.example> napisao je:",
    "V V pon., 2. mar. 2026 ob 10:00 je oseba Shop <help@shop.example> napisala:",
    "Shop <help@shop.example>, 2 Mar 2026 Pzt, 10:00 tarihinde şunu yazdı:",
    "Στις Δευ 2 Μαρ 2026 στις 10:00 π.μ., ο χρήστης Shop <help@shop.example> έγραψε:",
    "Shop <help@shop.example> ezt írta (időpont: 2026. márc. 2., H, 10:00):",
    "În lun., 2 mar. 2026 la 10:00, Shop <help@shop.example> a scris:",
    "Kuupäev E, 2. märts 2026 kell 10:00 kirjutas Shop <help@shop.example>:",
    "pirmd., 2026. g. 2. marts, plkst. 10:00 — lietotājs Shop (<help@shop.example>) rakstīja:",
    "2026-03-02, pr, 10:00 Shop <help@shop.example> rašė:",
    "Missatge de Shop <help@shop.example> del dia dl., 2 de març 2026 a les 10:00:",
    "Vào Th 2, 2 thg 3, 2026 vào lúc 10:00 Shop <help@shop.example> đã viết:",
    "Pada tanggal Sen, 2 Mar 2026 pukul 10.00 Shop <help@shop.example> menulis:",
    "ในวันที่ จ. 2 มี.ค. 2026 เวลา 10:00 Shop <help@shop.example> เขียนว่า:",
    "في الاثنين، ٢ مارس ٢٠٢٦ في ١٠:٠٠ ص تمت كتابة ما يلي بواسطة Shop <help@shop.example>:",
    "\u202bבתאריך יום ב׳, 2 במרץ 2026 ב-10:00 מאת \u202aShop\u202c <\u202ahelp@shop.example\u202c>:\u202c",
    "Shop <help@shop.example> 于2026年3月2日周一 10:00写道：",
    "Shop <help@shop.example> 於 2026年3月2日 週一 上午10:00寫道：",
    "2026年3月2日(月) 10:00 Shop <help@shop.example>:",
    "2026년 3월 2일 (월) 오전 10:00, Shop <help@shop.example>님이 작성:",
]
OTHERS = [
    "On 2 Mar 2026, at 10:00, Shop <help@shop.example> wrote:",  # Apple
    "Am 02.03.2026 um 10:00 schrieb Shop <help@shop.example>:",
    "Le 2 mars 2026 à 10:00, Shop <help@shop.example> a écrit :",
    "El 2 mar 2026, a las 10:00, Shop escribió:",
    "Op 2 mrt. 2026 om 10:00 heeft Shop <help@shop.example> het volgende geschreven:",
    "Wiadomość napisana przez Shop <help@shop.example> w dniu 2 mar 2026, o godz. 10:00:",
    "2 марта 2026 г., в 10:00, Shop <help@shop.example> написал(а):",
    "2026/03/02 10:00、Shop <help@shop.example>のメール:",
    "在 2026年3月2日，上午10:00，Shop <help@shop.example> 写道：",
    "On 3/2/26 10:00, Shop wrote:",  # Thunderbird
    "Am 02.03.26 um 10:00 schrieb Shop:",
    "On Mon, 2026-03-02 at 10:00 +0100, Shop wrote:",  # Evolution
    "Am Montag, dem 02.03.2026 um 10:00 +0100 schrieb Shop:",
    "Am Montag, 2. März 2026, 10:00:00 CET schrieb Shop:",  # KMail
    "On Monday, March 2nd, 2026 at 10:00 AM, Shop <help@shop.example> wrote:",  # Proton
    "2 mars 2026, 10:00 de help@shop.example:",  # Tuta
    "---- On Mon, 02 Mar 2026 10:00:00 +0100 Shop <help@shop.example> wrote ----",  # Zoho
    "-------- Shop wrote --------",
    'At 2026-03-02 10:00:00, "Shop" <help@shop.example> wrote:',  # NetEase
    '02.03.2026, 10:00, "Shop" <help@shop.example>:',  # Yandex
    "Понедельник, 2 марта 2026, 10:00 +03:00 от Shop <help@shop.example>:",  # Mail.ru
    "понедельник, 2 марта 2026 г. пользователь Shop написал:",
    "* Shop <help@shop.example> [2026-03-02 10:00:00 +0100]:",  # mutt
    "Quoting Shop <help@shop.example>:",  # Horde
    "Zitat von Shop <help@shop.example>:",
    "Shop <help@shop.example> writes:",  # Gnus
    "Shop <help@shop.example> wrote on 03/02/2026 10:00:00 AM:",  # Notes
    "On Thu, 2 Mar 2026 at 10:00 Shop\n\n<\nmailto:Shop <help@shop.example>\n> wrote:",
    'Am 02.03.2026 10:00 schrieb "Shop" <help@shop.example\n>:',
]


@pytest.mark.parametrize("attribution", GMAIL + OTHERS)
@pytest.mark.parametrize("below", [QUOTED, UNMARKED])
def test_attributions(attribution: str, below: str) -> None:
    assert trim(f"Thank you!\n\n{attribution}\n{below}").visible == "Thank you!"


@pytest.mark.parametrize(
    "attribution", [one for one in GMAIL + OTHERS if "<\n" not in one and "\n>" not in one]
)
def test_answers_below(attribution: str) -> None:
    assert trim(f"{attribution}\n{QUOTED}\nThank you!").visible == "Thank you!"


@pytest.mark.parametrize("attribution", [one for one in GMAIL + OTHERS if "\n" not in one])
def test_quoted_attributions(attribution: str) -> None:
    """Some programs mark it as part of the quotation."""
    assert trim(f"Thank you!\n\n> {attribution}{QUOTED}").visible == "Thank you!"
    assert trim(f"> {attribution}{QUOTED}\nThank you!").visible == "Thank you!"


def test_the_line_above_an_attribution_is_kept() -> None:
    text = "I asked before.\nShop <help@shop.example> wrote:\n\nHello"

    assert trim(text).visible == "I asked before."


def test_a_name_alone_announces_what_is_quoted() -> None:
    assert trim("Thank you!\n\nThe Shop wrote:\n> Your order left us today.").visible == "Thank you!"


@pytest.mark.parametrize(
    "text",
    [
        "On this day\nI wrote something\nthat matters.",
        "On Monday I wrote:\nthis is broken",
        "On Monday, 2 March 2026 at 10:00, I wrote:\nthis is broken",
        "On 2 March 2026 we met.\nThen she wrote a letter: nothing came of it.",
        "Here is the list of 2026-03-02 10:00:\n- one\n- two",
        "At 10:00 on 2 March 2026 the following went wrong:\nit hangs",
        "One outstanding question: on 2 March you wrote that it is ready.",
        "See https://example.org/2026/03/02/what-he-wrote:\nit says all.",
        "Please write to Ada <ada@example.org>:\nshe knows.",
    ],
)
def test_ordinary_sentences_are_not_cut(text: str) -> None:
    assert trim(text).visible == text
