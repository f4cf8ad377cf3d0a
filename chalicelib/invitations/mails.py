"""The mail that invites: the question with a link a score, which opens the page with it chosen."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from zoneinfo import ZoneInfo

from chalicelib.customers.model import Customer
from chalicelib.invitations.model import Invitation
from chalicelib.invitations.texts import TEXTS
from chalicelib.kernel import languages
from chalicelib.kernel.config import settings
from chalicelib.mail.links import OWN_URL
from chalicelib.surveys import usual
from chalicelib.surveys.model import SCALES, Definition, Face
from chalicelib.templates.model import nearest

_BUTTON = (
    '<a href="{url}" style="display:inline-block;min-width:36px;padding:10px 4px;margin:0 4px 8px 0;'
    "border:1px solid #14532d;border-radius:8px;color:#14532d;text-align:center;text-decoration:none;"
    'font-weight:bold">{score}</a>'
)
_HTML = """<div lang="{language}" style="font:16px/1.5 sans-serif;max-width:560px">
<p>{hello}</p>
<p>{intro}</p>
<p style="font-size:18px"><b>{question}</b></p>
<p>{buttons}</p>
<p style="color:#56635b;font-size:14px">{ends}</p>
<p>{tap}</p>
{anonymous}<p style="color:#56635b;font-size:14px">{until}</p>
<p>{business}</p>
</div>
"""


def language_of(definition: Definition, *wanted: str | None) -> str:
    """The first of the languages that are wanted, or the nearest, that a survey has; else its default."""
    found = (nearest(one, definition.texts) for one in wanted if one)
    return next((one for one in found if one), definition.default_language)


def written(
    face: Face,
    definition: Definition,
    language: str,
    invitation: Invitation,
    customer: Customer,
    reminder: int,
) -> tuple[str, str, str]:
    """Subject, text and HTML of an invitation, or of a reminder. The links are put in when it is sent."""
    said = TEXTS[languages.language_of(language)]
    main = usual.main(definition, face.kind, language)
    low, high = SCALES[face.kind]
    business = settings().business_name
    zone = ZoneInfo(customer.time_zone) if customer.time_zone else settings().zone
    assert invitation.valid_until is not None
    until = said.until.format(date=f"{invitation.valid_until.astimezone(zone):%Y-%m-%d}")
    hello = f"{said.hello} {customer.name}," if customer.name else f"{said.hello},"
    intro = (said.reminds if reminder else said.asks).format(business=business)
    ends = f"{low}: {main.low} · {high}: {main.high}"
    small = f"{until} {said.no_answer}"
    text = "\n\n".join(
        [
            hello,
            intro,
            f"{main.question}\n({ends})",
            "\n".join(f"{score}: {url}" for score, url in _links(low, high)),
            said.tap,
            *([said.anonymous] if face.anonymous else []),
            small,
            f"{business}\n",
        ]
    )
    html = _HTML.format(
        language=escape(language),
        hello=escape(hello),
        intro=escape(intro),
        question=escape(main.question),
        buttons="\n".join(_BUTTON.format(url=escape(url), score=score) for score, url in _links(low, high)),
        ends=escape(ends),
        tap=escape(said.tap),
        anonymous=f"<p>{escape(said.anonymous)}</p>\n" if face.anonymous else "",
        until=escape(small),
        business=escape(business),
    )
    return usual.wording(definition, language).title, text, html


def _links(low: int, high: int) -> Iterable[tuple[int, str]]:
    return [(score, f"{OWN_URL}?score={score}") for score in range(low, high + 1)]
