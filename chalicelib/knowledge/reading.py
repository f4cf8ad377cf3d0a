"""What anybody may read: lists, search, and articles by their slug. And what is proposed to staff."""

from collections.abc import Sequence
from typing import Annotated, NamedTuple

from pydantic import Field, StringConstraints

from chalicelib.kernel.http.paging import Page, PageParameters
from chalicelib.kernel.model import Model, Utc
from chalicelib.knowledge import index_store, searching, store, texts
from chalicelib.knowledge.index import Document, Index
from chalicelib.knowledge.index_store import Pointer
from chalicelib.knowledge.languages import Language, best, canonical, primary
from chalicelib.knowledge.model import Section
from chalicelib.knowledge.searching import Hit

DETECTED_AMONG = 3
"""Languages with most articles, among which that of a text is found out."""
MAX_TEXT = 10_000
"""Characters of a text to which articles are proposed; of more the beginning."""


class ArticleSearch(PageParameters):
    q: Annotated[
        str | None,
        StringConstraints(min_length=1, max_length=200),
        Field(description="Words or their beginnings, in any order. Without it all, by section and title."),
    ] = None
    language: Annotated[Language | None, Field(description="Else the one with most articles.")] = None
    section: Section | None = None


class FoundArticle(Model):
    """An article in a list."""

    slug: str
    language: str
    title: str
    section: str | None
    tags: list[str]
    excerpt: str
    updated_at: Utc

    @classmethod
    def of(cls, one: Document) -> "FoundArticle":
        return cls(**one.model_dump(include=set(cls.model_fields)))


class FoundArticles(Page[FoundArticle]):
    """A page of what was found. `nearest`: nothing has all the words, these come nearest."""

    language: Annotated[str | None, Field(description="The one that was searched; null when there is none.")]
    languages: Annotated[list[str], Field(description="Those that there are articles in.")]
    nearest: bool = False


class SectionCount(Model):
    section: str | None
    articles: int


class Sections(Model):
    """The sections of a language, by name; null is what lies in none."""

    data: list[SectionCount]
    language: str | None


class PublicArticle(Model):
    """A published article in one language. `html` is safe to show: it runs nothing."""

    slug: str
    language: str
    languages: list[str]
    title: str
    html: str
    markdown: str
    section: str | None
    tags: list[str]
    updated_at: Utc


class ProposedArticle(Model):
    """An article that may answer a text, and the words that they share."""

    article_id: str
    slug: str
    language: str
    title: str
    section: str | None
    is_public: bool
    excerpt: str
    words: Annotated[list[str], Field(description="Which words of the text say so, the most telling first.")]

    @classmethod
    def of(cls, hit: Hit) -> "ProposedArticle":
        names = set(cls.model_fields) - {"words"}
        return cls(**hit.document.model_dump(include=names), words=hit.why)


class ProposedArticles(Model):
    data: list[ProposedArticle]


class _Shelf(NamedTuple):
    """The index of the language that fits, and what of it may be seen."""

    language: str | None
    languages: list[str]
    held: Index
    visible: dict[int, Document]


def found(query: ArticleSearch, *, wanted: Sequence[str] = (), internal: bool = False) -> FoundArticles:
    """A page of articles: two calls at most, one when the process has the index.

    `wanted` are the languages that the caller reads, when the query names none.
    """
    shelf = _shelf([query.language] if query.language else wanted, internal=internal, section=query.section)
    hits, nearest = _hits(shelf, query.q)
    rest = [hit for hit in hits if query.cursor is None or hit.rank > query.cursor]
    shown = rest[: query.limit]
    return FoundArticles(
        data=[FoundArticle.of(hit.document) for hit in shown],
        next_cursor=shown[-1].rank if len(rest) > len(shown) else None,
        language=shelf.language,
        languages=shelf.languages,
        nearest=nearest and bool(shown),
    )


def _hits(shelf: _Shelf, query: str | None) -> tuple[list[Hit], bool]:
    if query is not None:
        return searching.search(shelf.held, query, shelf.visible)
    from chalicelib.directory.words import folded  # takes a while to compile

    def place(one: Document) -> str:
        section = folded(one.section)[:40] if one.section else "\U0010ffff"
        return f"{section} {folded(one.title)[:60]} {one.article_id}"

    return sorted(Hit(place(one), one, []) for one in shelf.visible.values()), False


def sections(language: str | None, *, wanted: Sequence[str] = ()) -> Sections:
    """The sections that the public sees, and how many articles each has: two calls at most."""
    from chalicelib.directory.words import folded

    shelf = _shelf([language] if language else wanted, internal=False, section=None)
    names = [one.section for one in shelf.visible.values()]
    counts = [SectionCount(section=name, articles=names.count(name)) for name in set(names)]
    ordered = sorted(counts, key=lambda one: (one.section is None, folded(one.section or "")))
    return Sections(data=ordered, language=shelf.language)


def article(slug: str, language: str | None, *, wanted: Sequence[str] = ()) -> PublicArticle:
    """A published article in the best language there is: two calls at most. Raises NotFound."""
    face = store.face(slug)
    spoken = best([language] if language else wanted, face.texts, face.default_language)
    content = texts.load(face.texts[spoken].key)
    return PublicArticle(
        slug=face.slug,
        language=spoken,
        languages=sorted(face.texts),
        title=face.texts[spoken].title,
        html=content.html,
        markdown=content.markdown,
        section=face.section,
        tags=face.tags,
        updated_at=face.updated_at,
    )


def proposed(text: str, language: str | None, limit: int) -> list[ProposedArticle]:
    """Published articles, internal ones too, that may answer a text, best first: two calls at most.

    Without a language it is the one whose articles know most of the text's words, among the three that have
    most articles: then it may be two calls more.
    """
    text = text[:MAX_TEXT]
    pointers = index_store.pointers()
    spoken = primary(canonical(language)) if language else None
    if spoken not in pointers:
        spoken = _spoken_in(text, pointers)
    if spoken is None:
        return []
    index = index_store.load(pointers[spoken])
    visible = searching.variants(index, language or spoken, internal=True)
    return [ProposedArticle.of(hit) for hit in searching.related(index, text, visible, limit=limit)]


def _spoken_in(text: str, pointers: dict[str, Pointer]) -> str | None:
    """The language of a text, as far as our articles tell; None when there are none."""
    largest = sorted(pointers.values(), key=_size)[:DETECTED_AMONG]
    if len(largest) < 2:
        return largest[0].language if largest else None
    return max(largest, key=lambda one: searching.coverage(index_store.load(one), text)).language


def _size(pointer: Pointer) -> tuple[int, bool, str]:
    """Sorts the languages: most articles first, English before others with as many."""
    return -pointer.public, pointer.language != "en", pointer.language


def _shelf(wanted: Sequence[str], *, internal: bool, section: str | None) -> _Shelf:
    there = {name: pointer for name, pointer in index_store.pointers().items() if internal or pointer.public}
    if not there:
        return _Shelf(None, [], Index([], {}), {})
    asked = [canonical(one) for one in wanted]
    largest = min(there.values(), key=_size).language
    spoken = best([primary(one) for one in asked], there, largest)
    index = index_store.load(there[spoken])
    variant = next((one for one in asked if primary(one) == spoken), spoken)
    return _Shelf(
        spoken, sorted(there), index, searching.variants(index, variant, internal=internal, section=section)
    )
