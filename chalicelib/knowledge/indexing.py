"""Writes the index anew for one article: a step of the jobs queue, after each change of it, or by command."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.kernel.commit import commit, commit_all
from chalicelib.kernel.work import Work
from chalicelib.knowledge import index_store, store, texts
from chalicelib.knowledge.index import Document, Entry, Index, excerpt_of, words_of
from chalicelib.knowledge.index_store import Pointer
from chalicelib.knowledge.languages import primary
from chalicelib.knowledge.model import Face, StoredArticle

TOGETHER = 90
"""Items of a deleted article that one transaction removes."""


def step(work: Work, article_id: str, _: int) -> None:
    """A step of the jobs queue: the article changed, or is gone."""
    bring_in_line(work, article_id)


def bring_in_line(work: Work, article_id: str) -> None:
    """Bring the indexes in line with the article as it is now.

    Which indexes there are is read before the article: whoever read an article too early meets an index
    that was replaced meanwhile, fails with Stale and comes again.
    """
    pointers = index_store.pointers()
    article = store.find(article_id)
    entries = _entries(article)
    for language in article.spoken if article else sorted(pointers):
        index = index_store.load(pointers.get(language, Pointer(language)))
        mine = [entry for entry in entries if primary(entry.document.language) == language]
        if index.having(article_id) != [entry.document for entry in mine]:
            after = index.replaced(article_id, mine)
            index_store.replace(work, pointers.get(language, Pointer(language)), after)
    if article is None:
        _remove_rest(article_id)


def _entries(article: StoredArticle | None) -> list[Entry]:
    """The published texts, each with its words; none of an article that is not published."""
    if article is None or article.status != "published":
        return []
    face = store.face_of(article)
    return [_entry(face, language) for language in sorted(face.texts)] if face else []


def _entry(face: Face, language: str) -> Entry:
    title, key = face.texts[language].title, face.texts[language].key
    text = texts.load(key).text
    document = Document(
        article_id=face.article_id,
        slug=face.slug,
        language=language,
        title=title,
        key=key,
        section=face.section,
        tags=face.tags,
        is_public=face.is_public,
        excerpt=excerpt_of(text),
        updated_at=face.updated_at,
        length=len(text.split()),
    )
    return Entry(document, words_of(title, face.tags, text))


def _remove_rest(article_id: str) -> None:
    """Remove the versions, votes and texts of an article that is gone."""
    while keys := store.rest_of(article_id, limit=TOGETHER):
        works = [Work() for _ in range(0, len(keys), TOGETHER)]
        for place, key in enumerate(keys):
            works[place // TOGETHER].delete(key)
        for error in commit_all(works):
            if error is not None:
                raise error
    texts.erase(article_id)


def all_anew() -> int:
    """Write every index anew from what is published, each once; how many articles. For a release that makes
    other words. Raises Stale when an article is indexed meanwhile.
    """
    pointers = index_store.pointers()
    entries: dict[str, list[Entry]] = {language: [] for language in pointers}
    done = 0
    for article_id in _published():
        found = _entries(store.find(article_id))
        done += bool(found)
        for entry in found:
            entries.setdefault(primary(entry.document.language), []).append(entry)
    for language, listed in entries.items():
        work = Work()
        index = Index([], {}).replaced("", listed)
        index_store.replace(work, pointers.get(language, Pointer(language)), index)
        commit(work)
    return done


def _published() -> Iterator[str]:
    """The ids of the published articles. The list lags a moment."""
    after = None
    while True:
        found, after = store.listed(
            status="published", section=None, language=None, tag=None, limit=100, after=after
        )
        yield from (article.id for article in found)
        if after is None:
            return
