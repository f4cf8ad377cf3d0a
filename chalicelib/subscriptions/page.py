"""The pages behind the link of a confirmation mail."""

from __future__ import annotations

from html import escape

from chalicelib.kernel.config import settings
from chalicelib.kernel.http.layout import page
from chalicelib.kernel.http.routes import Raw
from chalicelib.subscriptions.confirming import Answered, Outcome
from chalicelib.subscriptions.texts import Texts, texts

_FORM = """<form method="post">
<button class="yes">{yes}</button>
<button formaction="{token}/decline">{no}</button>
</form>
"""
_STATUS: dict[Outcome, int] = {"over": 410, "unknown": 404}
"""Of what is not 200."""


def shown(answered: Answered, token: str = "") -> Raw:
    """The page that says what came of it; with a form when there is something to answer."""
    said = texts(answered.language)
    title = getattr(said, answered.outcome).format(topic=answered.topic)
    return page(answered.language, title, _more(answered, said, token), _STATUS.get(answered.outcome, 200))


def _more(answered: Answered, said: Texts, token: str) -> str:
    explained = {"asked": said.why, "over": said.over_why, "unknown": said.unknown_why}
    why = explained.get(answered.outcome, "").format(topic=answered.topic, business=settings().business_name)
    paragraph = f"<p>{escape(why)}</p>\n" if why else ""
    form = _FORM.format(yes=escape(said.yes), no=escape(said.no), token=escape(token))
    return paragraph + (form if answered.outcome == "asked" else "")
