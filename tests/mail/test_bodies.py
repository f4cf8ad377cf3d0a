"""Of many parts, one text, one HTML, and what is attached."""

from __future__ import annotations

import base64

from tests.mail.mails import letter, nested, of_parts, part, read


def test_plain_text_wins_over_html() -> None:
    mail = read(
        of_parts(
            "alternative",
            part("plain words", "Content-Type: text/plain"),
            part("<p>html words</p>", "Content-Type: text/html"),
        )
    )

    assert mail.text == "plain words"
    assert mail.html == "<p>html words</p>"


def test_html_gives_the_text_when_the_plain_part_is_blank() -> None:
    mail = read(
        of_parts(
            "alternative",
            part(" \n", "Content-Type: text/plain"),
            part('<div style="display:none">peek</div><p>html <b>words</b></p>', "Content-Type: text/html"),
        )
    )

    assert mail.text.strip() == "html words"


def test_several_inline_texts_are_joined_around_a_picture() -> None:
    mail = read(
        of_parts(
            "mixed",
            part("before", "Content-Type: text/plain"),
            part(b"\x89PNG\r\n\x1a\n", "Content-Type: image/png; name=p.png", "Content-Disposition: inline"),
            part("after", "Content-Type: text/plain"),
        )
    )

    assert mail.text == "before\n\nafter"
    assert [(one.filename, one.inline) for one in mail.attachments] == [("p.png", True)]


def test_plain_text_between_html_keeps_its_place_in_both() -> None:
    mail = read(
        of_parts(
            "mixed",
            part("<p>first</p>", "Content-Type: text/html"),
            part("a < b", "Content-Type: text/plain"),
        )
    )

    assert mail.text == "first\n\na < b"
    assert mail.html == "<p>first</p>\n<pre>a &lt; b</pre>"


def test_alternative_inside_related_inside_mixed() -> None:
    alternative = nested(
        "alternative",
        part("plain", "Content-Type: text/plain"),
        part('<img src="cid:logo">', "Content-Type: text/html"),
        boundary="inner",
    )
    logo = part(b"GIF89a", "Content-Type: image/gif", "Content-ID: <logo>")
    mail = read(
        of_parts(
            "mixed",
            nested("related", alternative, logo, boundary="mid"),
            part("x", "Content-Disposition: attachment"),
        )
    )

    assert (mail.text, mail.html) == ("plain", '<img src="cid:logo">')
    assert [(one.content_id, one.inline) for one in mail.attachments] == [("logo", True), (None, False)]
    assert mail.part_types[:4] == (
        "multipart/mixed",
        "multipart/related",
        "multipart/alternative",
        "text/plain",
    )


def test_flowed_text_is_joined() -> None:
    body = "This is one \nparagraph.\n> quoted \n> too\n-- \nAda\n"

    assert read(letter(body, "Content-Type: text/plain; format=flowed")).text == (
        "This is one paragraph.\n> quoted too\n-- \nAda"
    )


def test_flowed_text_with_deleted_spaces() -> None:
    assert (
        read(letter("日 \n本\n", "Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes")).text
        == "日本"
    )


def test_transfer_encodings_are_undone() -> None:
    encoded = base64.b64encode("Grüße".encode()).rstrip(b"=")  # many senders forget the padding
    plain = "Content-Type: text/plain; charset=utf-8"

    assert read(letter(encoded, plain, "Content-Transfer-Encoding: BASE64")).text == "Grüße"
    assert (
        read(letter("Gr=C3=BC=\n=C3=9Fe", plain, "Content-Transfer-Encoding: quoted-printable")).text
        == "Grüße"
    )
    assert (
        read(letter("begin 644 a.txt\n#0V%T\n`\nend\n", "Content-Transfer-Encoding: x-uuencode")).text
        == "Cat"
    )


def test_an_attached_mail_stays_what_it_is() -> None:
    inner = letter("inner text", "Subject: inner")
    mail = read(
        of_parts(
            "mixed", part("outer", "Content-Type: text/plain"), part(inner, "Content-Type: message/rfc822")
        )
    )

    assert mail.text == "outer"
    assert [(one.content_type, one.content) for one in mail.attachments] == [("message/rfc822", inner)]


def test_a_mail_cut_in_transit_keeps_what_came() -> None:
    whole = of_parts(
        "mixed", part("hello there", "Content-Type: text/plain"), part("rest", "Content-Type: text/plain")
    )

    assert read(whole[: whole.index(b"rest") + 2]).text == "hello there\n\nre"


def test_a_multipart_without_its_boundary_shows_what_it_holds() -> None:
    assert read(letter("only text", "Content-Type: multipart/mixed")).text == "only text"
