"""What we send is 7-bit, threads, and cannot be broken out of."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.kernel.errors import Invalid, TooLarge
from chalicelib.mail.compose import OutgoingAttachment, OutgoingMail, compose
from chalicelib.mail.parts import Address
from chalicelib.mail.reading.charsets import one_line
from tests.mail.mails import read

SES_ID = "0102018d1234abcd-12345678-1234-1234-1234-123456789abc-000000@eu-west-1.amazonses.com"


def outgoing(**changes: Any) -> OutgoingMail:
    usual: dict[str, Any] = {
        "from_": Address(name="Shop", address="help@shop.example"),
        "to": (Address(name="Ada", address="ada@example.org"),),
        "subject": "Your order",
        "text": "It left today.\n",
    }
    return OutgoingMail(**(usual | changes))


def test_a_mail_is_read_as_it_was_written() -> None:
    pdf = OutgoingAttachment(filename="Rechnung ä.pdf", content_type="application/pdf", content=b"%PDF-1.7")
    raw = compose(
        outgoing(
            cc=(Address(name="Müller, A", address="a@x.org"),),
            reply_to=Address(address="help+token@shop.example"),
            html="<p>Es ging heute ab – Grüße</p>",
            attachments=(pdf,),
            in_reply_to=SES_ID,
            references=("signed@shop.example", SES_ID),
            date=datetime(2026, 3, 1, 9, 0, tzinfo=UTC),
        )
    )
    mail = read(raw)

    assert (mail.from_, mail.to[0].name) == (Address(name="Shop", address="help@shop.example"), "Ada")
    assert mail.cc == (Address(name="Müller, A", address="a@x.org"),)
    assert mail.reply_to == (Address(address="help+token@shop.example"),)
    assert (mail.text.strip(), (mail.html or "").strip()) == (
        "It left today.",
        "<p>Es ging heute ab – Grüße</p>",
    )
    assert [(one.filename, one.content) for one in mail.attachments] == [("Rechnung ä.pdf", b"%PDF-1.7")]
    assert (mail.in_reply_to, mail.references) == (SES_ID, (SES_ID, "signed@shop.example"))
    assert mail.date == datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def test_the_wire_is_seven_bit_with_short_lines() -> None:
    raw = compose(outgoing(subject="Grüße " * 60, text="ä" * 5_000 + "\n" + "x" * 5_000, html="<p>ü</p>"))

    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 78
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_long_headers_are_not_folded_into_encoded_words() -> None:
    url = "<https://shop.example/u/" + "a" * 400 + ">"
    raw = compose(outgoing(headers={"List-Unsubscribe": url}, in_reply_to=SES_ID))

    assert f"List-Unsubscribe: {url}\r\n".encode() in raw
    assert f"In-Reply-To: <{SES_ID}>\r\n".encode() in raw


def test_tags_travel_in_a_header() -> None:
    raw = compose(outgoing(tags={"message": "msg_1", "customer": "cus_2"}))

    assert b"\r\nX-SES-MESSAGE-TAGS: message=msg_1, customer=cus_2\r\n" in raw


def test_an_acknowledgement_is_marked() -> None:
    message = message_from_bytes(
        compose(outgoing(auto_reply=True, headers={"Precedence": "normal"})), policy=default
    )

    assert message["Auto-Submitted"] == "auto-replied"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message.get_all("Precedence") == ["auto_reply"]
    assert message["X-Loop"] == "help@shop.example"
    assert b"Auto-Submitted" not in compose(outgoing())


def test_international_domains_are_written_in_ascii() -> None:
    raw = compose(outgoing(to=(Address(name="B", address="info@bücher.example"),)))

    assert b"To: B <info@xn--bcher-kva.example>\r\n" in raw


def test_many_recipients_stay_apart() -> None:
    people = tuple(
        Address(name=f"Bücher, {number}" * 4, address=f"p{number}@example.org") for number in range(50)
    )

    assert read(compose(outgoing(to=people))).to == people


@pytest.mark.parametrize(
    "evil", ["x\r\nBcc: m@x.org", "x\nBcc: m@x.org", "x\rBcc", "x\u2028y", "x\x85y", "x\x0by"]
)
@pytest.mark.parametrize(
    "place",
    [
        lambda evil: {"subject": evil},
        lambda evil: {"from_": Address.model_construct(name=evil, address="help@shop.example")},
        lambda evil: {"to": (Address.model_construct(name="Ada", address=f"{evil}@x.org"),)},
        lambda evil: {"reply_to": Address.model_construct(name=evil, address="a@x.org")},
        lambda evil: {"headers": {"X-Custom": evil}},
        lambda evil: {"headers": {evil: "x"}},
        lambda evil: {"in_reply_to": evil},
        lambda evil: {"references": (evil,)},
        lambda evil: {"tags": {"message": evil}},
        lambda evil: {"tags": {evil: "x"}},
        lambda evil: {
            "attachments": (OutgoingAttachment(filename=evil, content_type="text/csv", content=b""),)
        },
    ],
)
def test_line_breaks_are_refused_everywhere(place: Any, evil: str) -> None:
    with pytest.raises(Invalid):
        compose(outgoing(**place(evil)))


@pytest.mark.parametrize("place", ["subject", "name", "filename"])
def test_what_looks_encoded_is_not_decoded_into_a_header(place: str) -> None:
    evil = "=?utf-8?q?x=0D=0ABcc:_m@x.org?="
    places: dict[str, dict[str, Any]] = {
        "subject": {"subject": evil},
        "name": {"from_": Address(name=evil, address="help@shop.example")},
        "filename": {
            "attachments": (OutgoingAttachment(filename=evil, content_type="text/csv", content=b""),)
        },
    }

    assert b"\r\nbcc:" not in compose(outgoing(**places[place])).lower()


@pytest.mark.parametrize(
    "name", ["From", "bcc", "Content-Type", "X-SES-CONFIGURATION-SET", "a b", "", "Ä", "x:"]
)
def test_headers_that_are_not_the_callers(name: str) -> None:
    with pytest.raises(Invalid):
        compose(outgoing(headers={name: "x"}))


@pytest.mark.parametrize(
    "address", ["", "ada", "@x.org", "a b@x.org", "ä@x.org", "a@" + "x" * 70 + ".org", "a@x..org", "a@x>b"]
)
def test_addresses_that_cannot_be_written(address: str) -> None:
    with pytest.raises(Invalid):
        compose(outgoing(to=(Address.model_construct(name="", address=address),)))


def test_nobody_is_no_recipient() -> None:
    with pytest.raises(Invalid):
        compose(outgoing(to=()))


@pytest.mark.parametrize("size", [8_000_000, 11_000_000])
def test_ten_megabytes_on_the_wire_are_the_limit(size: int) -> None:
    big = OutgoingAttachment(filename="a.bin", content_type="application/octet-stream", content=b"x" * size)

    with pytest.raises(TooLarge):
        compose(outgoing(attachments=(big,)))


PLAIN = st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\u2028\u2029\ufeff")


@given(
    st.text(PLAIN, max_size=200), st.text(PLAIN, max_size=60), st.text(PLAIN | st.just("\n"), max_size=300)
)
@example("=?utf-8?q?a?=", "=?utf-8?q?a?=", "From x\n.\n")
@example("a" * 200 + " =?", '"Quoted" \\ name, (x)', "")
def test_round_trip(subject: str, name: str, text: str) -> None:
    mail = read(
        compose(outgoing(subject=subject, to=(Address(name=name, address="ada@example.org"),), text=text))
    )

    assert mail.subject == one_line(subject, 500)
    assert mail.to == (Address(name=mail.to[0].name, address="ada@example.org"),)
    assert mail.text.strip("\n") == text.strip("\n")
    if not set(name) & set('"\\'):
        assert mail.to[0].name == one_line(name, 200)
