"""A whole mail below a title or a header is folded away; one that was forwarded alone is seen."""

from __future__ import annotations

import pytest

from chalicelib.mail.reading.trimming.trim import trim

HEADERS = [
    "From: Shop <s@x.org>\nSent: Monday, 2 March 2026 10:00\nTo: Ada\nSubject: Your order",
    "*From:* Shop <s@x.org>\n*Sent:* Monday, 2 March 2026 10:00\n*To:* Ada\n*Subject:* Your order",
    "From: Shop <s@x.org>\n\nDate: Monday, 2 March 2026 10:00\n\nTo: Ada\n\nSubject: Your order",
    "Subject: Your order that\nspans two lines\nFrom: Shop <s@x.org>\nTo: Ada <a@x.org>,\n Bob <b@x.org>",
    "Date: Mon, 2 Mar 2026 10:00:00 +0100\nFrom: s@x.org",
    "Von: Shop <s@x.org>\nGesendet: Montag, 2. März 2026 10:00\nAn: Ada\nBetreff: Bestellung",
    'Gesendet: Montag, 02. März 2026 um 10:00 Uhr\nVon: "Shop" <s@x.org>\nAn: Ada\nBetreff: Bestellung',
    "De : Shop <s@x.org>\nEnvoyé : lundi 2 mars 2026 10:00\nÀ : Ada\nObjet : Commande",
    "De: Shop <s@x.org>\nEnviado: lunes, 2 de marzo de 2026 10:00\nPara: Ada\nAsunto: Pedido",
    "De: Shop <s@x.org>\nEnviado: segunda-feira, 2 de março de 2026 10:00\nPara: Ada\nAssunto: Pedido",
    "Da: Shop <s@x.org>\nInviato: lunedì 2 marzo 2026 10:00\nA: Ada\nOggetto: Ordine",
    "Van: Shop <s@x.org>\nVerzonden: maandag 2 maart 2026 10:00\nAan: Ada\nOnderwerp: Bestelling",
    "Fra: Shop <s@x.org>\nSendt: 2. marts 2026 10:00\nTil: Ada\nEmne: Ordre",
    "Från: Shop <s@x.org>\nSkickat: den 2 mars 2026 10:00\nTill: Ada\nÄmne: Order",
    "Lähettäjä: Shop <s@x.org>\nLähetetty: 2. maaliskuuta 2026 10.00\nVastaanottaja: Ada\nAihe: Tilaus",
    "Od: Shop <s@x.org>\nWysłano: poniedziałek, 2 marca 2026 10:00\nDo: Ada\nTemat: Zamówienie",
    "Od: Shop <s@x.org>\nOdesláno: pondělí 2. března 2026 10:00\nKomu: Ada\nPředmět: Objednávka",
    "От: Shop <s@x.org>\nОтправлено: 2 марта 2026 г. 10:00\nКому: Ada\nТема: Заказ",
    "Від: Shop <s@x.org>\nНадіслано: 2 березня 2026 р. 10:00\nКому: Ada\nТема: Замовлення",
    "Kimden: Shop <s@x.org>\nGönderildi: 2 Mart 2026 Pazartesi 10:00\nKime: Ada\nKonu: Sipariş",
    "Από: Shop <s@x.org>\nΣτάλθηκε: Δευτέρα, 2 Μαρτίου 2026 10:00\nΠρος: Ada\nΘέμα: Παραγγελία",
    "Feladó: Shop <s@x.org>\nElküldve: 2026. március 2. 10:00\nCímzett: Ada\nTárgy: Rendelés",
    "De la: Shop <s@x.org>\nTrimis: luni, 2 martie 2026 10:00\nCătre: Ada\nSubiect: Comanda",
    "发件人： Shop <s@x.org>\n发送时间： 2026年3月2日 10:00\n收件人： Ada\n主题： 订单",
    "寄件者: Shop <s@x.org>\n寄件日期: 2026年3月2日 上午 10:00\n收件者: Ada\n主旨: 訂單",
    "差出人: Shop <s@x.org>\n送信日時: 2026年3月2日 10:00\n宛先: Ada\n件名: 注文",
    "보낸 사람: Shop <s@x.org>\n보낸 날짜: 2026년 3월 2일 월요일 10:00\n받는 사람: Ada\n제목: 주문",
    "من: Shop <s@x.org>\nتاريخ: ٢ مارس ٢٠٢٦ ١٠:٠٠\nإلى: Ada\nالموضوع: طلب",
    "מאת: Shop <s@x.org>\nנשלח: יום שני 2 מרץ 2026 10:00\nאל: Ada\nנושא: הזמנה",
]
RULES = ["________________________________", " ------------------------------", "----------\n\n"]
TITLES = [
    "-----Original Message-----",
    "*-------- Original Message --------*",
    "------- Original Message -------",
    "-----Original Appointment-----",
    "-----Ursprüngliche Nachricht-----",
    "-----Message d'origine-----",
    "-------- Message original --------",
    "-----Mensaje original-----",
    "-----Mensagem original-----",
    "-----Messaggio originale-----",
    "-----Oorspronkelijk bericht-----",
    "-----Oprindelig meddelelse-----",
    "-----Opprinnelig melding-----",
    "-----Ursprungligt meddelande-----",
    "-----Alkuperäinen viesti-----",
    "-----Wiadomość oryginalna-----",
    "-----Původní zpráva-----",
    "-----Исходное сообщение-----",
    "-----Orijinal Mesaj-----",
    "-----Αρχικό μήνυμα-----",
    "-----Eredeti üzenet-----",
    "------------------ 原始邮件 ------------------",
    "------------------&nbsp;原始邮件&nbsp;------------------",
    "-----元のメッセージ-----",
    "--------- 원본 메일 ---------",
    "-----الرسالة الأصلية-----",
    "-----הודעה מקורית-----",
]
FORWARDED = [
    "---------- Forwarded message ---------",
    "-------- Forwarded Message --------",
    "----- Forwarded by Ada on 02.03.2026 10:00 -----",
    "Begin forwarded message:",
    "---------- Weitergeleitete Nachricht ---------",
    "Anfang der weitergeleiteten Nachricht:",
    "Début du message transféré :",
    "---------- Mensaje reenviado ----------",
    "Início da mensagem encaminhada:",
    "Inizio messaggio inoltrato:",
    "---------- Doorgestuurd bericht ----------",
    "---------- Пересылаемое сообщение ----------",
    "---------- 转发邮件信息 ----------",
]


@pytest.mark.parametrize("header", HEADERS)
def test_a_header_ends_what_is_written(header: str) -> None:
    assert trim(f"Thank you!\n\n{header}\n\nHello Ada!\n").visible == "Thank you!"


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("header", HEADERS[:8])
def test_so_does_a_rule_above_it(rule: str, header: str) -> None:
    assert trim(f"Thank you!\n{rule}\n{header}\n\nHello Ada!\n").visible == "Thank you!"


@pytest.mark.parametrize("title", TITLES + FORWARDED)
def test_so_does_a_title(title: str) -> None:
    header = "From: Shop <s@x.org>\nDate: Monday\n\n"

    assert trim(f"Thank you!\n\n{title}\n{header}Hello Ada!\n").visible == "Thank you!"


@pytest.mark.parametrize("title", TITLES)
def test_the_title_alone_suffices(title: str) -> None:
    assert trim(f"Thank you!\n\n{title}\n\nHello Ada!\n").visible == "Thank you!"


def test_a_title_in_any_language_stands_above_a_header() -> None:
    text = "Thank you!\n\n----- Skeyti áframsent -----\nFrom: Shop\nSubject: x\n\nHello Ada!"

    assert trim(text).visible == "Thank you!"


@pytest.mark.parametrize("title", FORWARDED)
@pytest.mark.parametrize("header", HEADERS[:3])
def test_what_was_forwarded_alone_is_seen_whole(title: str, header: str) -> None:
    forwarded = "Hello Bob!\n\nSee below.\n-- \nShop\n\nOn 2 Mar 2026, Bob <b@x.org> wrote:\n> Where is it?"

    assert trim(f"{title}\n{header}\n\n{forwarded}\n").visible == forwarded


def test_a_header_on_top_is_folded_away() -> None:
    assert trim(f"{HEADERS[0]}\n\nHello Ada!").visible == "Hello Ada!"


@pytest.mark.parametrize(
    "line",
    [
        "##- Please type your reply above this line -##",
        "--- Reply above this line ---",
        "Bitte antworten Sie oberhalb dieser Zeile.",
        "Veuillez répondre au-dessus de cette ligne",
        "Responda por encima de esta línea",
    ],
)
def test_what_a_help_desk_asked_to_write_above(line: str) -> None:
    assert trim(f"Thank you!\n\n{line}\n\nYour ticket is solved.").visible == "Thank you!"


@pytest.mark.parametrize(
    "text",
    [
        "Hello,\nFrom: what I see, it is broken.\nTo: do something about it helps.",
        "From: Berlin\nTo: Paris\nWe need two seats.",
        "Name: Ada\nE-mail: ada@x.org\nDate: 2026-03-02 10:00\nMessage: it is broken",
        "First part.\n\n----- Second part -----\n\nMore.",
        "First part.\n\n_______________\n\nSecond part.",
        "A heading\n---------\nSome text.",
        "| From | To |\n|------|----|\n| a | b |",
        "I forwarded message 7: please look.",
    ],
)
def test_ordinary_text_is_not_cut(text: str) -> None:
    assert trim(text).visible == text
