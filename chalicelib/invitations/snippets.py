"""HTML by which another site asks a survey's main question: links to its public page, and nothing else.

No script, no frame and no form: so it works under any policy of that site, and nobody can lay something over
a page of ours.
"""

from __future__ import annotations

from html import escape
from urllib.parse import urlencode

from chalicelib.invitations.mails import language_of
from chalicelib.kernel.errors import Conflict
from chalicelib.kernel.http.routes import Link
from chalicelib.surveys import service as surveys
from chalicelib.surveys import usual
from chalicelib.surveys.model import SCALES, Snippet

_HTML = """<div lang="{language}">
<p>{question}</p>
<p>{links}</p>
<p><small>{low}: {lowest} · {high}: {highest}</small></p>
</div>
"""


def snippet(survey: str, language: str | None, link: Link) -> Snippet:
    """The snippet, in a language of the survey's. Raises NotFound, Conflict `not_public`, `not_published`."""
    face = surveys.get(survey)
    if not face.public:
        raise Conflict("The survey is not public.", code="not_public")
    if not face.number:
        raise Conflict("Publish the survey first.", code="not_published")
    definition = surveys.asked(face, None)
    spoken = language_of(definition, language)
    main, (low, high) = usual.main(definition, face.kind, spoken), SCALES[face.kind]
    url = link(f"/surveys/{survey}")
    html = _HTML.format(
        language=escape(spoken),
        question=escape(main.question),
        links=" ".join(
            f'<a href="{escape(_address(url, score, spoken))}">{score}</a>' for score in range(low, high + 1)
        ),
        low=low,
        lowest=escape(main.low),
        high=high,
        highest=escape(main.high),
    )
    return Snippet(url=f"{url}?{urlencode({'language': spoken})}", html=html)


def _address(url: str, score: int, language: str) -> str:
    return f"{url}?{urlencode({'score': score, 'language': language})}"
