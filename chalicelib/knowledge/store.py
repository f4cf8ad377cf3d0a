"""The articles' items: the article, its versions, its votes, and by its slug what the public sees of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.kernel import pages, table
from chalicelib.kernel.errors import AlreadyExists, Conflict, NotFound, Stale
from chalicelib.kernel.pages import Query
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Work
from chalicelib.knowledge.model import Face, Status, StoredArticle, StoredVersion, Votes

_VERSION = "VERSION#"
_ALL = "ART"


def partition(article_id: str) -> str:
    """The partition of an article, its versions, votes and events."""
    return f"ART#{article_id}"


def key(article_id: str) -> Key:
    return Key(partition(article_id), "ARTICLE")


def votes_key(article_id: str) -> Key:
    return Key(partition(article_id), "VOTES")


def face_key(slug: str) -> Key:
    return Key(f"SLUG#{slug}", "SLUG")


def _version_key(article_id: str, number: int) -> Key:
    return Key(partition(article_id), f"{_VERSION}{number:07}")


def _item(article: StoredArticle) -> Item:
    places = {"gsi1": _ALL, "gsi2": _status_list(article.status)}
    if article.section:
        places["gsi3"] = _section_list(article.section)
    keys = {f"{index}pk": pk for index, pk in places.items()}
    sorts = {f"{index}sk": article.id for index in places}
    fields = article.model_dump(mode="json", exclude_none=True)
    return {**key(article.id)._asdict(), **fields, **keys, **sorts, "languages": sorted(article.titles)}


def _status_list(status: str) -> str:
    return f"ART#STATUS#{status}"


def _section_list(section: str) -> str:
    return f"ART#SECTION#{section}"


def _face_item(face: Face) -> Item:
    return {**face_key(face.slug)._asdict(), **face.model_dump(mode="json", exclude_none=True)}


def add(work: Work, article: StoredArticle, face: Face) -> None:
    """Fails with Conflict `slug_taken`, naming the holder."""
    hold(work, face)
    work.put(_item(article), unless_exists=AlreadyExists("This article exists."))


def hold(work: Work, face: Face) -> None:
    """Take a slug that must be free."""

    def taken(old: Item | None) -> Conflict:
        holder = old["article_id"] if old else None
        return Conflict("This slug belongs to another article.", code="slug_taken", article_id=holder)

    work.put(_face_item(face), unless_exists=taken)


def replace(work: Work, before: StoredArticle, after: StoredArticle, face: Face) -> None:
    """Write the next version with its face: under its slug only this article writes."""
    if before.slug == after.slug:
        work.overwrite(_face_item(face))
    else:
        work.delete(face_key(before.slug))
        hold(work, face)
    work.replace(_item(after), version=before.version)


def delete(work: Work, article: StoredArticle) -> None:
    """Remove the article and free its slug; what else there is of it goes with `rest_of`."""
    work.delete(key(article.id), when=Attr("version").eq(article.version), failure=_changed())
    work.delete(face_key(article.slug))


def _changed() -> Stale:
    return Stale("The article changed meanwhile; read it again.")


def add_version(work: Work, version: StoredVersion) -> None:
    fields = version.model_dump(mode="json", exclude_none=True)
    item = {**_version_key(version.article_id, version.number)._asdict(), **fields}
    work.put(item, unless_exists=_changed())


def find(article_id: str) -> StoredArticle | None:
    item = table.get(key(article_id))
    return StoredArticle.model_validate(item, strict=False) if item else None


def get(article_id: str) -> StoredArticle:
    """Raises NotFound."""
    found = find(article_id)
    if found is None:
        raise no_such_article()
    return found


def no_such_article() -> NotFound:
    return NotFound("There is no such article.", code="no_such_article")


def version(article_id: str, number: int) -> StoredVersion:
    """Raises NotFound."""
    item = table.get(_version_key(article_id, number))
    if item is None:
        raise NotFound("There is no such version.", code="no_such_version")
    return StoredVersion.model_validate(item, strict=False)


def versions(article_id: str, *, limit: int, after: str | None) -> tuple[list[StoredVersion], str | None]:
    """A page of versions, newest first: one call, exact at once."""
    query = Query.prefixed(partition(article_id), _VERSION, consistent=True)
    found = pages.page([query], limit=limit, after=after)
    return [StoredVersion.model_validate(item, strict=False) for item in found.items], found.after


def rest_of(article_id: str, *, limit: int) -> list[Key]:
    """Keys of what is left of a deleted article: versions and votes."""
    queries = (
        Query.prefixed(partition(article_id), prefix, consistent=True) for prefix in (_VERSION, "VOTES")
    )
    return [table.key_of(item) for query in queries for item in pages.page([query], limit=limit).items]


def listed(
    *,
    status: Status | None,
    section: str | None,
    language: str | None,
    tag: str | None,
    limit: int,
    after: str | None,
) -> tuple[list[StoredArticle], str | None]:
    """A page of articles, newest first: one call, of the narrower list, without what does not match."""
    partition_of, index = _ALL, "gsi1"
    filters: list[ConditionBase] = []
    if section:
        partition_of, index = _section_list(section), "gsi3"
        filters += [Attr("status").eq(status)] if status else []
    elif status:
        partition_of, index = _status_list(status), "gsi2"
    filters += [Attr("languages").contains(language)] if language else []
    filters += [Attr("tags").contains(tag)] if tag else []
    where: Any = None
    for one in filters:
        where = one if where is None else where & one
    found = pages.page([Query(partition_of, index=index, where=where)], limit=limit, after=after)
    return [StoredArticle.model_validate(item, strict=False) for item in found.items], found.after


def votes(article_ids: Iterable[str]) -> dict[str, Votes]:
    """The votes of up to 100 articles: one call."""
    keys = {votes_key(article_id): article_id for article_id in article_ids}
    found = table.get_many(keys)
    return {
        article_id: Votes.model_validate(found[place]) if place in found else Votes()
        for place, article_id in keys.items()
    }


def face_of(article: StoredArticle) -> Face | None:
    """The face of an article, public or not: one call. None when its slug is another one meanwhile."""
    item = table.get(face_key(article.slug))
    return Face.model_validate(item, strict=False) if item and item["article_id"] == article.id else None


def face(slug: str) -> Face:
    """What the public sees under a slug: one call. Raises NotFound, also for what is not public."""
    return public_face(table.get(face_key(slug)))


def public_face(item: Item | None) -> Face:
    """The face in an item. Raises NotFound when it is none that the public may see."""
    found = Face.model_validate(item, strict=False) if item else None
    if found is None or not found.is_public:
        raise no_such_article()
    return found
