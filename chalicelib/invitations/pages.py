"""The pages of a survey: its form, and what came of it; plain HTML that works without scripts."""

from __future__ import annotations

from html import escape
from typing import Any

from chalicelib.invitations.form import Filled
from chalicelib.invitations.texts import TEXTS, Texts
from chalicelib.kernel import languages
from chalicelib.kernel.http.layout import page
from chalicelib.kernel.http.routes import Raw
from chalicelib.surveys import usual
from chalicelib.surveys.answering import applying
from chalicelib.surveys.model import SCALES, Definition, Face
from chalicelib.surveys.questions import MAX_ANSWER, Question

_FORM = """{notice}<form method="post" action="{action}">
{anonymous}{questions}{comment}<input type="hidden" name="version" value="{number}">
{hidden}<button class="yes">{send}</button>
</form>
"""
_MARKS = """<fieldset{invalid}><legend>{question}</legend>
<div class="marks">
{marks}</div>
{ends}{wrong}</fieldset>
"""
_MARK = (
    '<label><input type="radio" name="{name}" value="{value}"{checked}{required}>'
    "<span>{value}</span></label>\n"
)
_CHOICES = """<fieldset{invalid}><legend>{question}</legend>
{options}{wrong}</fieldset>
"""
_OPTION = """<label class="choice"><input type="{kind}" name="{name}" value="{value}"{checked}{required}>
<span>{text}</span></label>
"""
_TEXT = """<label class="line" for="{name}">{question}</label>
<textarea id="{name}" name="{name}"{limit}{invalid}{required}>
{value}</textarea>
{wrong}"""


def words(language: str) -> Texts:
    """Our own words in a language; English for those we have not."""
    return TEXTS[languages.language_of(language)]


class Form:
    """One form: a survey's version in a language, with what was filled in already."""

    def __init__(
        self, face: Face, definition: Definition, number: int, language: str, filled: Filled
    ) -> None:
        self.face, self.definition, self.number = face, definition, number
        self.language, self.filled = language, filled
        self.said, self.wording = words(language), usual.wording(definition, language)
        applies = set(applying(definition, filled.score, filled.answers))
        self.asked = [one for one in definition.questions if one.id in filled.shown or one.id in applies]

    def page(self, action: str, *, notice: str = "", once: str = "", status: int = 200) -> Raw:
        """The page; `once` tells one form of a public page from another."""
        hidden = "".join(_hidden("shown", one.id) for one in self.asked)
        hidden += _hidden("language", self.language) + (_hidden("once", once) if once else "")
        undecided = len(self.asked) < len(self.definition.questions)
        more = _FORM.format(
            notice=notice,
            action=escape(action),
            anonymous=f"<p>{escape(self.said.anonymous)}</p>\n" if self.face.anonymous else "",
            questions=self._main() + "".join(map(self._question, self.asked)),
            comment=self._comment(),
            number=self.number,
            hidden=hidden,
            send=escape(self.said.further if undecided else self.said.send),
        )
        return page(self.language, self.wording.title, more, status)

    def _main(self) -> str:
        main = usual.main(self.definition, self.face.kind, self.language)
        low, high = SCALES[self.face.kind]
        ends = (
            f'<p class="ends"><span>{low}: {escape(main.low)}</span>'
            f"<span>{high}: {escape(main.high)}</span></p>\n"
        )
        scale = range(low, high + 1)
        return self._marks("score", main.question, scale, self.filled.score, required=True, ends=ends)

    def _question(self, question: Question) -> str:
        text = self.definition.line(question.text, self.language)
        answer = self.filled.answers.get(question.id)
        match question.type:
            case "rating":
                scale = question.scale
                return self._marks(question.id, text, scale, answer, required=question.required)
            case "text":
                return self._text(
                    question.id, text, str(answer or ""), required=question.required, limit=MAX_ANSWER
                )
            case _:
                return self._choices(question, text, answer)

    def _marks(
        self, name: str, text: str, scale: range, chosen: Any, *, required: bool, ends: str = ""
    ) -> str:
        needed = " required" if required else ""
        marks = "".join(
            _MARK.format(name=name, value=one, checked=" checked" if chosen == one else "", required=needed)
            for one in scale
        )
        return _MARKS.format(
            question=escape(text),
            marks=marks,
            ends=ends,
            wrong=self._wrong(name),
            invalid=self._invalid(name),
        )

    def _choices(self, question: Question, text: str, answer: Any) -> str:
        several = question.type == "choices"
        chosen = answer if isinstance(answer, list) else [answer]
        options = "".join(
            _OPTION.format(
                kind="checkbox" if several else "radio",
                name=question.id,
                value=escape(one.id),
                checked=" checked" if one.id in chosen else "",
                required=" required" if question.required and not several else "",
                text=escape(self.definition.line(one.text, self.language)),
            )
            for one in question.options
        )
        return _CHOICES.format(
            question=escape(text),
            options=options,
            wrong=self._wrong(question.id),
            invalid=self._invalid(question.id),
        )

    def _comment(self) -> str:
        if not self.definition.ask_comment:
            return ""
        return self._text(
            "comment", self.wording.comment or self.said.comment, self.filled.comment, limit=5000
        )

    def _text(self, name: str, text: str, value: str, *, limit: int, required: bool = False) -> str:
        marked = self.said.required if required else self.said.optional
        return _TEXT.format(
            name=name,
            question=f"{escape(text)} <small>{escape(marked)}</small>",
            limit=f' maxlength="{limit}"',
            value=escape(value),
            invalid=self._invalid(name),
            required=" required" if required else "",
            wrong=self._wrong(name),
        )

    def _wrong(self, name: str) -> str:
        code = self.filled.wrong.get(name)
        if code is None:
            return ""
        words = self.said.too_long if code == "too_long" else self.said.missing
        return f'<p class="wrong" id="{name}-wrong">{escape(words)}</p>\n'

    def _invalid(self, name: str) -> str:
        wrong = name in self.filled.wrong
        return f' aria-invalid="true" aria-describedby="{name}-wrong"' if wrong else ""


def _hidden(name: str, value: str) -> str:
    return f'<input type="hidden" name="{name}" value="{escape(value)}">\n'


def alert(text: str) -> str:
    """What went wrong, read out at once."""
    return f'<p class="wrong" role="alert">{escape(text)}</p>\n'


def notice(text: str) -> str:
    """What is to be known before going on."""
    return f'<p class="done" role="status">{escape(text)}</p>\n'


def told(language: str, title: str, why: str = "", status: int = 200) -> Raw:
    """A page that only says something."""
    more = "".join(f"<p>{escape(line)}</p>\n" for line in why.splitlines() if line.strip())
    return page(language, title, more, status)
