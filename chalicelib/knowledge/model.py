"""An article of the knowledge base: what it says in which languages, its versions, and who may read it."""

import re
from collections.abc import Iterable
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints

from chalicelib.kernel import ids
from chalicelib.kernel.errors import Conflict, Invalid
from chalicelib.kernel.model import Line, Model, Stored, Text, Utc, each_once
from chalicelib.knowledge.languages import Language, primary

MAX_SLUG = 80
ArticleId = Annotated[str, ids.id_of("art")]
Slug = Annotated[str, StringConstraints(pattern="^[a-z0-9]+(-[a-z0-9]+)*$", max_length=MAX_SLUG)]
Status = Literal["draft", "published", "archived"]
Audience = Literal["public", "internal"]
Section = Annotated[str, Line(60)]
Title = Annotated[str, Line(200)]
Markdown = Annotated[str, Text(100_000)]
Note = Annotated[str, Line(200), Field(description="What this version changes, for colleagues.")]
Tags = Annotated[list[Annotated[str, Line(50)]], Field(max_length=20), AfterValidator(each_once)]
MAX_LANGUAGES = 20
Number = Annotated[int, Field(ge=1, le=1_000_000)]


class NewText(Model):
    title: Title
    markdown: Markdown


class TextPatch(Model):
    title: Title = ""
    markdown: Markdown = ""


class NewArticle(Model):
    """An article begins as a draft. Its first text decides the language for who reads none of the others."""

    texts: Annotated[dict[Language, NewText], Field(min_length=1, max_length=MAX_LANGUAGES)]
    slug: Annotated[Slug | None, Field(description="The end of its address; else made of the title.")] = None
    section: Section | None = None
    tags: Tags = []
    audience: Audience = "public"
    note: Note | None = None


class ArticlePatch(Model):
    """A JSON Merge Patch (RFC 7396): what is left out stays, null removes; a list is replaced whole."""

    texts: Annotated[
        dict[Language, TextPatch | None],
        Field(max_length=MAX_LANGUAGES, description="Whatever changes here makes a new version."),
    ] = {}
    slug: Annotated[Slug, Field(description="Fixed once the article was published.")] = ""
    section: Section | None = None
    tags: Tags | None = None
    audience: Audience = "public"
    default_language: Language = ""
    note: Note | None = None
    status: Annotated[
        Status, Field(description="`published` shows the newest version, or the one that is named beside it.")
    ] = "draft"
    published_version: Annotated[
        Number, Field(description="Which version to show: an older one rolls back.")
    ] = 1


class Article(Stored):
    """An article without its texts, which its versions hold. `titles` are those of the newest version."""

    id: ArticleId
    version: Annotated[int, Field(description="Of the article, for `If-Match`; goes up with every change.")]
    slug: str
    status: Status = "draft"
    audience: Audience = "public"
    section: str | None = None
    tags: list[str] = []
    default_language: str
    titles: dict[str, str]
    latest_version: int = 1
    published_version: int | None = None
    published_at: Annotated[Utc | None, Field(description="When the public last got another version.")] = None
    created_at: Utc
    updated_at: Utc


class StoredArticle(Article):
    """With what only we need: every language that any version had, since an index may know it there."""

    spoken: list[str]
    was_public: bool = False

    @classmethod
    def create(cls, new: NewArticle, *, at: Utc) -> Self:
        """A new draft. Raises Invalid `no_slug` when its title gives none."""
        first = next(iter(new.texts))
        titles = {language: text.title for language, text in new.texts.items()}
        return cls(
            id=ids.new_id("art", at),
            version=1,
            slug=new.slug or slug_of(titles[first]),
            audience=new.audience,
            section=new.section,
            tags=new.tags,
            default_language=first,
            titles=titles,
            spoken=spoken(titles),
            created_at=at,
            updated_at=at,
        )

    def changed_by(self, given: dict[str, Any], *, at: Utc) -> "StoredArticle":
        """The article with these fields, one version on; the same object when nothing changes.

        Raises Conflict `slug_is_public`, Invalid `no_such_language`.
        """
        changed = {name: value for name, value in given.items() if getattr(self, name) != value}
        if not changed:
            return self
        if "slug" in changed and self.was_public:
            raise Conflict("An article that was published keeps its address.", code="slug_is_public")
        after = self.model_copy(update=changed | {"version": self.version + 1, "updated_at": at})
        if after.default_language not in after.titles:
            raise Invalid.in_body("default_language", "has no text in this article", "no_such_language")
        return after


class VersionText(Model):
    """One language of a version: where its text lies."""

    title: str
    key: str


class Version(Stored):
    """What an article said at one time. It never changes."""

    number: int
    titles: dict[str, str]
    note: str | None = None
    author: Annotated[str, Field(description="The member of staff, or the key, that wrote it.")]
    created_at: Utc


class StoredVersion(Version):
    article_id: str
    keys: dict[str, str]
    """Where the texts lie, by language."""

    @property
    def texts(self) -> dict[str, VersionText]:
        return {
            language: VersionText(title=self.titles[language], key=key) for language, key in self.keys.items()
        }


class Content(Stored):
    """A text in the three forms that are stored of it."""

    markdown: str
    html: str
    text: str


class ShownVersion(Version):
    """A version in one language."""

    language: str
    title: str
    markdown: str
    html: str


class Votes(Stored):
    """How many readers found it helpful and how many did not, a reader once a day."""

    helpful: int = 0
    unhelpful: int = 0


class ListedArticle(Article):
    votes: Votes


class Face(Stored):
    """What the public may see of an article, by its slug: the published version's languages and texts."""

    slug: str
    article_id: str
    audience: Audience
    section: str | None = None
    tags: list[str] = []
    default_language: str
    texts: dict[str, VersionText]
    updated_at: Utc

    @property
    def is_public(self) -> bool:
        return bool(self.texts) and self.audience == "public"


def spoken(languages: Iterable[str]) -> list[str]:
    """The languages without their regions: an index is one of these."""
    return sorted({primary(language) for language in languages})


def slug_of(title: str) -> str:
    """A slug made of a title. Raises Invalid `no_slug` when it has no Latin letter or digit."""
    from chalicelib.directory.words import folded, words  # takes a while to compile

    plain = "-".join(word for word in words(folded(title)) if re.fullmatch("[a-z0-9]+", word))
    slug = plain[:MAX_SLUG].strip("-")
    if not slug:
        raise Invalid.in_body("slug", "is needed, since the title has no Latin letters", "no_slug")
    return slug
