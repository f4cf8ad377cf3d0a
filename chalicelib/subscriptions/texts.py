"""What double opt-in says, in English and German: the mail, and the pages behind its link."""

from __future__ import annotations

from typing import NamedTuple

from chalicelib.kernel.config import settings


class Texts(NamedTuple):
    """`{topic}`, `{business}` and `{url}` are filled in."""

    subject: str
    hello: str
    mail: str
    asked: str
    why: str
    yes: str
    no: str
    confirmed: str
    already: str
    declined: str
    over: str
    over_why: str
    unknown: str
    unknown_why: str


_TEXTS = {
    "en": Texts(
        subject="Please confirm: {topic}",
        hello="Hello",
        mail=(
            "you, or somebody else with your address, asked for “{topic}” from {business} by e-mail.\n"
            "Please confirm that you want it:\n\n{url}\n\n"
            "The link works for seven days. If it was not you, do nothing, and you will not hear from us "
            "about it.\n"
        ),
        asked="Do you want “{topic}” by e-mail?",
        why="{business} asks so that nobody can sign you up but you. You can change your mind at any time.",
        yes="Yes, send it to me",
        no="No, this was not me",
        confirmed="Thank you. You will get “{topic}” from now on.",
        already="You confirmed “{topic}” already. There is nothing more to do.",
        declined="We will not send you “{topic}”.",
        over="This link no longer works.",
        over_why="It is too old, or another one took its place. Please sign up again if you want “{topic}”.",
        unknown="This link is not complete.",
        unknown_why="Please open it from the mail again, or copy all of it.",
    ),
    "de": Texts(
        subject="Bitte bestätigen: {topic}",
        hello="Guten Tag",
        mail=(
            "Sie oder jemand anderes hat mit Ihrer Adresse „{topic}“ von {business} per E-Mail bestellt.\n"
            "Bitte bestätigen Sie, dass Sie das möchten:\n\n{url}\n\n"
            "Der Link gilt sieben Tage. Wenn Sie es nicht waren, tun Sie nichts, und Sie hören dazu nichts "
            "von uns.\n"
        ),
        asked="Möchten Sie „{topic}“ per E-Mail?",
        why=(
            "{business} fragt nach, damit niemand außer Ihnen Sie anmelden kann. "
            "Sie können es sich jederzeit anders überlegen."
        ),
        yes="Ja, bitte zusenden",
        no="Nein, das war ich nicht",
        confirmed="Vielen Dank. Sie erhalten „{topic}“ von jetzt an.",
        already="Sie haben „{topic}“ schon bestätigt. Es ist nichts weiter zu tun.",
        declined="Wir senden Ihnen „{topic}“ nicht.",
        over="Dieser Link gilt nicht mehr.",
        over_why=(
            "Er ist zu alt oder durch einen neuen ersetzt. Bitte melden Sie sich neu an, wenn Sie „{topic}“ "
            "möchten."
        ),
        unknown="Dieser Link ist nicht vollständig.",
        unknown_why="Bitte öffnen Sie ihn noch einmal aus der E-Mail, oder kopieren Sie ihn ganz.",
    ),
}


def language_of(locale: str | None) -> str:
    """The language that we have for a locale; English for those we have not."""
    language = (locale or "").partition("-")[0].lower()
    return language if language in _TEXTS else "en"


def texts(language: str) -> Texts:
    return _TEXTS[language_of(language)]


def text_of(language: str, *, topic: str, url: str) -> tuple[str, str]:
    """Subject and text of the mail that asks. It greets by no name: anybody may have typed that in."""
    said, business = texts(language), settings().business_name
    body = said.mail.format(topic=topic, business=business, url=url)
    return said.subject.format(topic=topic), f"{said.hello},\n\n{body}\n{business}\n"
