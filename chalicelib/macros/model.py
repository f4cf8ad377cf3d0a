"""A macro: an answer or a note in several languages, and what it changes about a ticket."""

from collections.abc import Collection
from typing import Annotated, Any, Self

from pydantic import Field

from chalicelib.access.model import Assignment, StaffId, TeamId
from chalicelib.customers.model import Locale
from chalicelib.kernel import ids
from chalicelib.kernel.errors import Conflict, Invalid
from chalicelib.kernel.model import Line, Model, Stored, Text, Utc
from chalicelib.mail.model import Message
from chalicelib.sla.model import Priority
from chalicelib.support.model import Ticket
from chalicelib.support.states import Status, Tags
from chalicelib.templates.model import MAX_LANGUAGES, Placeholders, nearest

MacroId = Annotated[str, ids.id_of("mac")]
_SOURCE = 50_000


class Said(Model):
    """What is said in one language, with placeholders as templates have them; a note is text alone."""

    text: Annotated[str, Text(_SOURCE)]
    html: Annotated[str, Text(_SOURCE)] | None = None


class Changes(Model):
    """What changes about the ticket, in the same step; only what is given."""

    status: Status | None = None
    priority: Priority | None = None
    team: TeamId | None = None
    assignee: StaffId | None = None
    assign: Annotated[
        Assignment | None,
        Field(description="Assign it to the member of its team whose turn it is, or with the least."),
    ] = None
    add_tags: Tags = []
    remove_tags: Tags = []

    @property
    def given(self) -> dict[str, Any]:
        """What is to be changed, as a patch of a ticket has it; tags apart."""
        tags = {"add_tags", "remove_tags"}
        return self.model_dump(exclude=tags, exclude_none=True)


Texts = Annotated[
    dict[Locale, Said],
    Field(max_length=MAX_LANGUAGES, description="What is said, by language; none, and it only changes."),
]
DefaultLanguage = Annotated[
    Locale | None,
    Field(description="For tickets in other languages; null, and those are refused."),
]
Team = Annotated[TeamId | None, Field(description="Whose macro it is; null: everybody's.")]


class NewMacro(Model):
    name: Annotated[str, Line(100)]
    team: Team = None
    internal: Annotated[bool, Field(description="It leaves a note, and answers nobody.")] = False
    default_language: DefaultLanguage = None
    texts: Texts = {}
    changes: Changes = Changes()


class MacroPatch(Model):
    """A JSON Merge Patch; `texts` change language by language, null removes one; changes replace whole."""

    name: Annotated[str, Line(100)] = ""
    team: Team = None
    internal: bool = False
    default_language: DefaultLanguage = None
    texts: Annotated[dict[Locale, Said | None], Field(max_length=MAX_LANGUAGES)] = {}
    changes: Changes = Changes()


class Listed(Stored):
    """A macro without what it says."""

    id: MacroId
    version: int
    name: str
    team: str | None = None
    internal: bool = False
    default_language: str | None = None
    languages: list[str]
    changes: Changes
    created_at: Utc
    updated_at: Utc


class Macro(Listed):
    texts: dict[str, Said]

    def checked(self) -> Self:
        """The macro itself. Raises Invalid for one that says and does nothing, or whose parts do not fit."""
        if not self.texts and self.changes == Changes():
            raise Invalid.in_body("texts", "a macro says something or changes something", "empty")
        if len({one.lower() for one in self.texts}) < len(self.texts):
            raise Invalid.in_body("texts", "name a language once, in one spelling", "repeated")
        if len(self.texts) > MAX_LANGUAGES:
            raise Invalid.in_body("texts", f"a macro has {MAX_LANGUAGES} languages at most", "out_of_range")
        if self.default_language and self.default_language not in self.texts:
            raise Invalid.in_body("default_language", "has no text", "no_contents")
        if self.internal and any(one.html is not None for one in self.texts.values()):
            raise Invalid.in_body("texts", "a note is plain text", "note_is_text")
        if self.changes.assign and self.changes.assignee:
            raise Invalid.in_body("changes.assign", "needs no assignee beside it", "needs_team")
        return self

    def language_for(self, wanted: str | None) -> str:
        """The language for a ticket in `wanted`. Raises Conflict `no_fitting_language`."""
        return fitting(wanted, self.texts, self.default_language)


def fitting(wanted: str | None, languages: Collection[str], default: str | None) -> str:
    """The nearest of these languages as templates choose it, but none that nobody asked for."""
    found = nearest(wanted, languages) or nearest(default, languages)
    if found is None:
        sentence = "The macro says nothing in the ticket's language, and has no default one."
        raise Conflict(sentence, code="no_fitting_language", languages=sorted(languages))
    return found


class MacroUse(Model):
    """How to apply a macro: in the ticket's language unless another is named."""

    language: Locale | None = None
    values: Annotated[
        Placeholders, Field(description="Placeholders beside customer, ticket, staff, business.")
    ] = {}


class Filled(Model):
    """What a macro says about a ticket."""

    text: str
    html: str | None
    language: str


class MacroPreview(Model):
    """A macro as it would be applied to a ticket now; `said` is null for one that only changes."""

    said: Filled | None
    missing: Annotated[list[str], Field(description="Placeholders that got no value; shown in brackets.")]
    internal: bool
    changes: Changes


class Applied(Model):
    """The ticket after a macro, and the answer or note that it wrote."""

    ticket: Ticket
    message: Message | None
