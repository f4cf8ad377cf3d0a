"""Signatures and what phones, programs and companies add are folded away, where they end what is written."""

from __future__ import annotations

import pytest

from chalicelib.mail.reading.trimming.trim import trim


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nAda Lovelace\nAnalyst",
        "--\nAda Lovelace\n\nEngines Ltd.\nhttps://engines.example",
        "—\nAda Lovelace",
        "_______________\nAda Lovelace\nAnalyst",
        "\n---\nAda Lovelace | Analyst\n+44 20 1234567",
        "_______________________________________________\nUsers mailing list\nhttps://lists.example/users",
        "-----BEGIN PGP SIGNATURE-----\n\niQEzBAEBCAAdFiEE\n-----END PGP SIGNATURE-----",
    ],
)
def test_signatures(signature: str) -> None:
    assert trim(f"Thank you!\n{signature}\n").visible == "Thank you!"
    assert trim(f"Thank you!\n{signature}\n\nOn 2 Mar 2026, Shop wrote:\n> Hello").visible == "Thank you!"


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my iPhone",
        "Sent from Outlook for Android<https://aka.ms/x>",
        "<<sent by galaxy>>",
        "(sent from a phone)",
        "From my iPhone",
        "Get Outlook for iOS<https://aka.ms/x>",
        "Get [Outlook for Android](https://aka.ms/x)",
        "Von meinem iPhone gesendet",
        "Gesendet mit der GMX Mail App",
        "Diese Nachricht wurde von meinem Telefon mit K-9 Mail gesendet.",
        "Holen Sie sich Outlook für iOS",
        "Envoyé de mon iPhone",
        "Télécharger Outlook pour iOS",
        "Enviado desde mi iPhone",
        "Obtener Outlook para Android",
        "Enviado do meu iPhone",
        "Inviato da iPhone",
        "Verstuurd vanaf mijn iPhone",
        "Sendt fra min iPhone",
        "Skickat från min iPhone",
        "Lähetetty iPhonesta",
        "Wysłane z iPhone'a",
        "Odesláno z iPhonu",
        "Отправлено с iPhone",
        "Надіслано з iPhone",
        "iPhone'umdan gönderildi",
        "Στάλθηκε από το iPhone μου",
        "Küldve az iPhone-omról",
        "Trimis de pe iPhone-ul meu",
        "发自我的iPhone",
        "從我的 iPhone 傳送",
        "iPhoneから送信",
        "나의 iPhone에서 보냄",
        "أُرسلت من iPhone",
        "נשלח מה-iPhone שלי",
        "CONFIDENTIALITY NOTICE: this is\nfor you alone.",
        "This e-mail and any attachments are confidential and intended only for\nwhom it is addressed to.",
        "Diese E-Mail enthält vertrauliche Informationen.",
        "Virus-free. www.scanner.example",
    ],
)
def test_footers(line: str) -> None:
    assert trim(f"Thank you!\n\n{line}\n").visible == "Thank you!"
    assert trim(f"Thank you!\n\n{line}\n\nOn 2 Mar 2026, Shop wrote:\n> Hello").visible == "Thank you!"


def test_greetings_and_names_stay() -> None:
    text = "Thank you!\n\nKind regards,\nAda\n\n—Ada"

    assert trim(text).visible == text


@pytest.mark.parametrize(
    "text",
    [
        "It came with a label.\nsent from my home, it says.\nStrange!",
        "Sent from my iPhone is what it says.\n\nHow do I turn that off?",
        "First.\n---\nSecond.\n\nThird, and so on.",
        "- one\n- two\n\n* three",
        "a -- b\n--flag\nc",
    ],
)
def test_ordinary_text_is_not_cut(text: str) -> None:
    assert trim(text).visible == text


@pytest.mark.parametrize("end", ["***", "####", "~~~~~", "======", "- - - -", "\u1427", "   -------"])
def test_rules_at_the_end_say_nothing(end: str) -> None:
    assert trim(f"Thank you!\n\n{end}\n").visible == "Thank you!"
