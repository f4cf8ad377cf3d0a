"""A template: its texts by language, its versions, and which of its languages somebody gets."""

from collections.abc import Collection
from typing import Annotated, Any, Self

from pydantic import Field, JsonValue

from chalicelib.customers.model import Locale
from chalicelib.kernel import ids
from chalicelib.kernel.errors import Conflict, Invalid
from chalicelib.kernel.model import Line, Model, Stored, Text, Utc

TemplateId = Annotated[str, ids.id_of("tpl")]
TemplateKey = Annotated[str, Field(pattern="^[a-z][a-z0-9-]{0,59}$", examples=["order-shipped"])]
TemplateName = Annotated[
    str,
    Field(pattern="^[A-Za-z][A-Za-z0-9_-]{0,59}$", description="A template's id, or its key."),
]
Placeholders = Annotated[
    dict[Annotated[str, Field(pattern="^[a-z][a-z0-9_]{0,49}$")], JsonValue], Field(max_length=100)
]
"""What a caller fills in, beside `customer`, `business` and the like, which are filled in for them."""

MAX_LANGUAGES = 20
_SOURCE = 200_000


class Content(Model):
    """What a template says in one language. Without `text`, that follows from the HTML."""

    subject: Annotated[str, Line(500)]
    html: Annotated[str, Text(_SOURCE)] | None = None
    text: Annotated[str, Text(_SOURCE)] | None = None


Contents = Annotated[dict[Locale, Content], Field(min_length=1, max_length=MAX_LANGUAGES)]


class NewTemplate(Model):
    """A template begins as a draft; `key` is what programs and rules call it by."""

    key: TemplateKey
    name: Annotated[str, Line(100)]
    default_language: Locale = "en"
    contents: Contents


class TemplatePatch(Model):
    """A JSON Merge Patch. `contents` changes the draft language by language; null removes a language."""

    name: Annotated[str, Line(100)] = ""
    default_language: Locale = ""
    contents: Annotated[dict[Locale, Content | None], Field(max_length=MAX_LANGUAGES)] | None = None


class Publication(Model):
    """Without `number` the draft is published; with it, a version from before: that is how to roll back."""

    number: Annotated[int, Field(ge=1)] | None = None


class Template(Stored):
    """A template. `published` and `draft` are numbers of versions; only the draft can change."""

    id: TemplateId
    version: int
    key: str
    name: str
    default_language: str
    published: int | None = None
    published_languages: list[str] = []
    draft: int | None = None
    draft_languages: list[str] = []
    latest: int
    archived: bool = False
    created_at: Utc
    updated_at: Utc

    def with_draft(self, languages: Collection[str], at: Utc, **given: Any) -> Self:
        """The template with a draft in these languages, a new one unless there is one."""
        draft = self.draft or self.latest + 1
        return self.changed(
            at, draft=draft, latest=max(draft, self.latest), draft_languages=sorted(languages), **given
        )

    def publishing(self, number: int | None, languages: Collection[str], at: Utc) -> Self:
        """The template once a version is published. Raises Conflict `no_draft`."""
        wanted = number or self.draft
        if wanted is None:
            raise Conflict("There is no draft to publish.", code="no_draft")
        published = {"published": wanted, "published_languages": sorted(languages)}
        return self.changed(
            at, **published, **({"draft": None, "draft_languages": []} if wanted == self.draft else {})
        )

    def changed(self, at: Utc, **given: Any) -> Self:
        """The next version of the entity."""
        return self.model_copy(update=given | {"version": self.version + 1, "updated_at": at})


class Version(Stored):
    """A version as it is listed: once published it never changes."""

    number: int
    languages: list[str]
    published_at: Utc
    published_by: str


class Contained(Model):
    """What a version says, by language."""

    template_id: str
    number: int
    contents: dict[str, Content]


class NewPreview(Model):
    """Values to try a template with; without `number` the draft is shown, or what is published."""

    values: Placeholders = {}
    language: Locale | None = None
    number: Annotated[int, Field(ge=1)] | None = None


class Rendered(Model):
    """A filled-in template, in the language that was found for the reader."""

    subject: str
    text: str
    html: str | None
    language: str
    version: int


class Preview(Rendered):
    missing: Annotated[list[str], Field(description="Placeholders that got no value; shown in brackets.")]


def spoken(wanted: str | None, languages: Collection[str], default: str) -> str:
    """The best of these languages for who wants one: `de-AT`, else `de`, else the default, else any.

    RFC 4647 section 3.4 (lookup): subtags are cut off from the right. Raises Invalid when there are none.
    """
    found = nearest(wanted, languages) or nearest(default, languages)
    if found is None and not languages:
        raise Invalid("The template says nothing in any language.", code="empty_template")
    return found or min(languages, key=str.lower)


def nearest(wanted: str | None, languages: Collection[str]) -> str | None:
    """The language that is wanted, or the nearest wider one: `de-AT`, else `de` (RFC 4647 section 3.4)."""
    known = {language.lower(): language for language in languages}
    parts = (wanted or "").lower().split("-")
    tags = ("-".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((known[tag] for tag in tags if tag in known), None)
