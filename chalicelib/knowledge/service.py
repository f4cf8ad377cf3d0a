"""What staff do with articles, and what other features ask. What the public reads: reading.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.kernel.errors import Conflict, Invalid, NotFound
from chalicelib.kernel.events import changes
from chalicelib.kernel.work import Work
from chalicelib.knowledge import reading, store, texts
from chalicelib.knowledge.events import ArticleChanged, ArticleCreated, ArticleDeleted
from chalicelib.knowledge.languages import best, canonical
from chalicelib.knowledge.model import (
    MAX_LANGUAGES,
    Article,
    ArticlePatch,
    Face,
    ListedArticle,
    NewArticle,
    NewText,
    ShownVersion,
    Status,
    StoredArticle,
    StoredVersion,
    TextPatch,
    Version,
    VersionText,
    Votes,
    spoken,
)
from chalicelib.knowledge.reading import ProposedArticle

NOT_FIELDS = frozenset({"texts", "note", "published_version"})
"""Of a patch: what is no field of the article as it stands there."""


def create(work: Work, new: NewArticle) -> Article:
    """Add a draft. Raises Invalid; fails with Conflict `slug_taken`, naming the holder."""
    article = StoredArticle.create(new, at=work.now)
    keys = {language: texts.store(article.id, text.markdown) for language, text in new.texts.items()}
    store.add(work, article, face_of(article, None))
    store.add_version(work, _version(work, article, keys, new.note))
    work.record(store.partition(article.id), ArticleCreated(article_id=article.id))
    return shown(article)


def change(work: Work, article_id: str, patch: ArticlePatch) -> Article:
    """Apply a merge patch; texts make a new version. Raises NotFound, Stale, Invalid, Conflict.

    Fails with Conflict `slug_taken`.
    """
    before = store.get(article_id)
    work.check_version(before.version)
    given = {name: getattr(patch, name) for name in patch.model_fields_set if name not in NOT_FIELDS}
    if given.get("tags", ()) is None:
        given["tags"] = []
    newest = _rewritten(work, before, patch)
    if newest is not None:
        given |= {"latest_version": newest.number, "titles": newest.titles}
        given["spoken"] = spoken([*before.spoken, *newest.titles])
    given |= _publication(work, before, patch, given)
    after = before.changed_by(given, at=work.now)
    if after is before:
        return shown(before)
    _write(work, before, after, newest)
    return shown(after)


def _write(work: Work, before: StoredArticle, after: StoredArticle, newest: StoredVersion | None) -> None:
    number = after.published_version
    shown_version = newest if newest and newest.number == number else None
    if number is not None and shown_version is None:
        shown_version = store.version(after.id, number)
    if newest is not None:
        store.add_version(work, newest)
    store.replace(work, before, after, face_of(after, shown_version))
    names = set(Article.model_fields) - {"version", "updated_at", "published_at"}
    changed = sorted(name for name in names if getattr(before, name) != getattr(after, name))
    event = ArticleChanged(
        article_id=after.id,
        article_version=after.version,
        changed=changed,
        status=after.status,
        job_id=after.id,
        step=after.version,
    )
    work.record(store.partition(after.id), event, private=changes(before, after, changed))


def _publication(
    work: Work, before: StoredArticle, patch: ArticlePatch, given: dict[str, Any]
) -> dict[str, Any]:
    """What of the article says that a version is shown, or none."""
    if "published_version" in patch.model_fields_set and patch.status != "published":
        raise Invalid.in_body("published_version", 'needs "status": "published"', "not_published")
    if "status" not in patch.model_fields_set:
        return {}
    if patch.status != "published":
        return {"published_version": None}
    latest = given.get("latest_version", before.latest_version)
    number = patch.published_version if "published_version" in patch.model_fields_set else latest
    if number > latest:
        raise NotFound("There is no such version.", code="no_such_version")
    same = number == before.published_version
    at = before.published_at if same else work.now
    return {"published_version": number, "published_at": at, "was_public": True}


def _rewritten(work: Work, before: StoredArticle, patch: ArticlePatch) -> StoredVersion | None:
    """The next version, with the texts that the patch changes; None when it changes none."""
    if not patch.texts:
        return None
    held = store.version(before.id, before.latest_version)
    after: dict[str, VersionText] = held.texts
    for language, given in patch.texts.items():
        if given is None:
            after.pop(language, None)
        else:
            after[language] = _text(before.id, language, given, after.get(language))
    if after == held.texts:
        return None
    if not 1 <= len(after) <= MAX_LANGUAGES:
        raise Invalid.in_body("texts", f"an article has 1 to {MAX_LANGUAGES} languages", "language_count")
    titles = {language: text.title for language, text in after.items()}
    keys = {language: text.key for language, text in after.items()}
    number = before.latest_version + 1
    return _version(
        work, before.model_copy(update={"latest_version": number, "titles": titles}), keys, patch.note
    )


def _text(article_id: str, language: str, given: TextPatch, held: VersionText | None) -> VersionText:
    """The text as it is after the patch. Raises Invalid when a new language lacks its title or body."""
    wanted = given.model_fields_set
    if held is None and wanted != set(NewText.model_fields):
        raise Invalid.in_body(f"texts.{language}", "a new language needs title and markdown", "missing")
    title = given.title if "title" in wanted or held is None else held.title
    key = texts.store(article_id, given.markdown) if "markdown" in wanted or held is None else held.key
    return VersionText(title=title, key=key)


def _version(work: Work, article: StoredArticle, keys: Mapping[str, str], note: str | None) -> StoredVersion:
    return StoredVersion(
        article_id=article.id,
        number=article.latest_version,
        titles=article.titles,
        keys=dict(keys),
        note=note,
        author=work.principal.actor or work.principal.id,
        created_at=work.now,
    )


def face_of(article: StoredArticle, version: StoredVersion | None) -> Face:
    """What is seen under the article's slug while this version is published; nothing without one."""
    there = version.texts if version else {}
    default = article.default_language
    return Face(
        slug=article.slug,
        article_id=article.id,
        audience=article.audience,
        section=article.section,
        tags=article.tags,
        default_language=default if default in there or not there else min(there),
        texts=there,
        updated_at=article.published_at or article.updated_at,
    )


def delete(work: Work, article_id: str) -> None:
    """Delete what is not published. Raises NotFound, Stale, Conflict `article_is_published`."""
    article = store.get(article_id)
    work.check_version(article.version)
    if article.status == "published":
        raise Conflict("Take the article back or archive it first.", code="article_is_published")
    store.delete(work, article)
    event = ArticleDeleted(article_id=article.id, job_id=article.id, step=article.version + 1)
    work.record(store.partition(article.id), event)


def get(article_id: str) -> Article:
    """Raises NotFound."""
    return shown(store.get(article_id))


def newest(
    *,
    status: Status | None,
    section: str | None,
    language: str | None,
    tag: str | None,
    limit: int,
    after: str | None,
) -> tuple[list[ListedArticle], str | None]:
    """A page of articles with their votes, newest first: two calls."""
    found, position = store.listed(
        status=status, section=section, language=language, tag=tag, limit=limit, after=after
    )
    counted = store.votes(article.id for article in found) if found else {}
    names = set(Article.model_fields)
    listed = [
        ListedArticle(**article.model_dump(include=names), votes=counted[article.id]) for article in found
    ]
    return listed, position


def versions(article_id: str, *, limit: int, after: str | None) -> tuple[list[Version], str | None]:
    """A page of versions, newest first. Raises NotFound."""
    found, position = store.versions(article_id, limit=limit, after=after)
    if not found and after is None:
        store.get(article_id)
    return [Version(**one.model_dump(include=set(Version.model_fields))) for one in found], position


def version(article_id: str, number: int, language: str | None) -> ShownVersion:
    """A version in the best language there is: two calls. Raises NotFound."""
    found = store.version(article_id, number)
    spoken_here = best([canonical(language)] if language else [], found.keys, min(found.keys))
    content = texts.load(found.keys[spoken_here])
    return ShownVersion(
        **found.model_dump(include=set(Version.model_fields)),
        language=spoken_here,
        title=found.titles[spoken_here],
        markdown=content.markdown,
        html=content.html,
    )


def proposed(text: str, language: str | None, limit: int) -> list[ProposedArticle]:
    """Published articles that may answer a text, internal ones too, best first, and why: reading.py."""
    return reading.proposed(text, language, limit)


def votes(article_id: str) -> Votes:
    """Raises NotFound."""
    store.get(article_id)
    return store.votes([article_id])[article_id]


def shown(article: StoredArticle) -> Article:
    """The article without what only we need."""
    return Article.model_validate(article.model_dump(include=set(Article.model_fields)))
