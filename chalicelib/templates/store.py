"""The items of templates: the template, its key, its published versions, and what each says in a language.

What a version says in a language is one item, gzipped, so that any worker reads it in one call.
"""

from __future__ import annotations

import gzip
import zlib

from chalicelib.kernel import pages, table
from chalicelib.kernel.errors import AlreadyExists, Conflict, NotFound, TooLarge
from chalicelib.kernel.pages import Query
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Work
from chalicelib.templates.model import Content, Template, Version

MAX_PACKED = 30_000
"""Bytes of what a template says in one language, gzipped: well over what Gmail shows of a mail."""


def partition(template_id: str) -> str:
    return f"TPL#{template_id}"


def template_key(template_id: str) -> Key:
    return Key(partition(template_id), "TEMPLATE")


def _name_key(key: str) -> Key:
    return Key(f"TPL#KEY#{key}", "TEMPLATE")


def _content_key(template_id: str, number: int, language: str) -> Key:
    return Key(partition(template_id), f"CONTENT#{number:06d}#{language}")


def _item(template: Template) -> Item:
    item = {**template_key(template.id)._asdict(), **template.model_dump(mode="json", exclude_none=True)}
    return item if template.archived else item | {"gsi1pk": "TPL", "gsi1sk": template.id}


def add(work: Work, template: Template) -> None:
    """Fails with Conflict `key_taken`."""
    taken = Conflict("Another template has this key.", code="key_taken")
    work.put({**_name_key(template.key)._asdict(), "template_id": template.id}, unless_exists=taken)
    work.put(_item(template), unless_exists=AlreadyExists("This template exists."))


def replace(work: Work, template: Template) -> None:
    """Write the next version of the entity. Fails with Stale when it changed meanwhile."""
    work.replace(_item(template), version=template.version - 1)


def free_key(work: Work, template: Template) -> None:
    work.delete(_name_key(template.key))


def get(template_id: str) -> Template:
    """Raises NotFound `no_such_template`."""
    item = table.get(template_key(template_id))
    if item is None:
        raise no_such_template()
    return Template.model_validate(item, strict=False)


def id_of_key(key: str) -> str:
    """Which template has this key. Raises NotFound `no_such_template`."""
    item = table.get(_name_key(key))
    if item is None:
        raise no_such_template()
    return str(item["template_id"])


def no_such_template() -> NotFound:
    return NotFound("There is no such template.", code="no_such_template")


def not_published() -> NotFound:
    return NotFound("Nothing of this template is published.", code="not_published")


def newest(*, limit: int, after: str | None) -> tuple[list[Template], str | None]:
    """A page of templates, newest first: one call."""
    found = pages.page([Query("TPL", index="gsi1")], limit=limit, after=after)
    return [Template.model_validate(item, strict=False) for item in found.items], found.after


def say(work: Work, template_id: str, number: int, language: str, content: Content) -> None:
    """Write what a draft says in a language. Raises TooLarge `template_too_large`."""
    packed = gzip.compress(content.model_dump_json(exclude_none=True).encode(), mtime=0)
    if len(packed) > MAX_PACKED:
        raise TooLarge(
            f"What a template says in a language has {MAX_PACKED} bytes at most, compressed.",
            code="template_too_large",
            language=language,
        )
    work.overwrite({**_content_key(template_id, number, language)._asdict(), "content": packed})


def unsay(work: Work, template_id: str, number: int, language: str) -> None:
    work.delete(_content_key(template_id, number, language))


def content(template_id: str, number: int, language: str) -> Content:
    """What a version says in a language. Raises NotFound `no_such_version`."""
    item = table.get(_content_key(template_id, number, language))
    if item is None:
        raise _no_such_version()
    return _unpacked(item)


def contents(template_id: str, number: int) -> dict[str, Content]:
    """What a version says, by language: one call. Raises NotFound `no_such_version`."""
    prefix = f"CONTENT#{number:06d}#"
    query = Query.prefixed(partition(template_id), prefix, ascending=True, consistent=True)
    found = {item["sk"].removeprefix(prefix): _unpacked(item) for item in pages.every(query)}
    if not found:
        raise _no_such_version()
    return found


def _unpacked(item: Item) -> Content:
    unpacked = zlib.decompress(bytes(item["content"]), wbits=31)
    return Content.model_validate_json(unpacked)


def _no_such_version() -> NotFound:
    return NotFound("The template has no such version.", code="no_such_version")


def list_version(work: Work, template_id: str, version: Version) -> None:
    """List a draft that became a version: the template's own version guards that it does so once."""
    key = Key(partition(template_id), f"VERSION#{version.number:06d}")
    work.overwrite({**key._asdict(), **version.model_dump(mode="json")})


def versions(template_id: str, *, limit: int, after: str | None) -> tuple[list[Version], str | None]:
    """A page of the published versions, newest first: one call."""
    query = Query.prefixed(partition(template_id), "VERSION#", consistent=True)
    found = pages.page([query], limit=limit, after=after)
    return [Version.model_validate(item, strict=False) for item in found.items], found.after
