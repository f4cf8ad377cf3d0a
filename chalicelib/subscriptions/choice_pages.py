"""The pages by which somebody leaves a topic, or chooses what they get and in which language."""

from __future__ import annotations

from html import escape

from chalicelib.kernel.config import settings
from chalicelib.kernel.http.layout import page
from chalicelib.kernel.http.routes import Raw
from chalicelib.subscriptions.choice_texts import CHANNELS, NAMES, TEXTS, Texts
from chalicelib.subscriptions.choosing import Box, Chosen

_BOX = """<li><label class="choice"><input type="checkbox" name="on" value="{name}"{checked}>
<span><b>{topic}</b><small>{details}</small></span></label>
<input type="hidden" name="shown" value="{name}"></li>
"""
_CHOICES = """{done}<p>{why}</p>
<form method="post" action="{action}">
<ul>
{boxes}</ul>
<h2><label for="language">{language}</label></h2>
<select id="language" name="language">
{languages}</select>
<button class="yes">{save}</button>
<button name="nothing" value="yes">{nothing}</button>
</form>
"""


def shown(chosen: Chosen, token: str = "") -> Raw:
    """The page that says what came of it, with a form when there is something to choose."""
    said = TEXTS[chosen.language]
    match chosen.outcome:
        case "asked":
            form = f'<form method="post"><button class="yes">{escape(said.leave_button)}</button></form>\n'
            more = _paragraph(said.leave_why) + form + _link(said, token)
            return page(chosen.language, said.leave.format(topic=chosen.topic), more)
        case "left":
            return page(chosen.language, said.left.format(topic=chosen.topic), _link(said, token))
        case "over":
            return page(chosen.language, said.over, "", 410)
        case "unknown":
            return page(chosen.language, said.unknown, _paragraph(said.unknown_why), 404)
        case _:
            return page(chosen.language, said.choose, _choices(chosen, said, token))


def _paragraph(words: str) -> str:
    return f"<p>{escape(words.format(business=settings().business_name))}</p>\n"


def _link(said: Texts, token: str) -> str:
    """Relative to `/unsubscribe/{token}`, wherever the API lies."""
    return f'<p><a href="../preferences/{escape(token)}">{escape(said.left_more)}</a></p>\n'


def _choices(chosen: Chosen, said: Texts, token: str) -> str:
    done = f'<p class="done" role="status">{escape(said.saved)}</p>\n' if chosen.outcome == "saved" else ""
    return _CHOICES.format(
        done=done,
        why=escape(said.choose_why.format(business=settings().business_name)),
        action=escape(token),
        boxes="".join(_box(box, said) for box in chosen.boxes),
        language=escape(said.language),
        languages="".join(_option(code, chosen.language) for code in NAMES),
        save=escape(said.save),
        nothing=escape(said.nothing),
    )


def _box(box: Box, said: Texts) -> str:
    channel = said.channels[CHANNELS.index(box.channel)]
    details = [channel, said.pending] if box.state == "pending" else [channel]
    described = f"{box.topic.description} · " if box.topic.description else ""
    return _BOX.format(
        name=escape(box.name),
        checked=" checked" if box.on else "",
        topic=escape(box.topic.name),
        details=escape(described + ", ".join(details)),
    )


def _option(code: str, chosen: str) -> str:
    selected = " selected" if code == chosen else ""
    return f'<option value="{code}" lang="{code}"{selected}>{NAMES[code]}</option>\n'
