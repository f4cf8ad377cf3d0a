"""Filling a template in: for a reader in their language, and for its author to look at."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from chalicelib.access.model import Staff
from chalicelib.customers.model import Customer
from chalicelib.kernel.config import settings
from chalicelib.templates import store
from chalicelib.templates.model import Content, NewPreview, Preview, Rendered, Template, spoken

MAX_SUBJECT = 500
"""Characters of a subject; what is filled in may make it longer, and is cut."""


def render_template(template: str, *, language: str | None, values: Mapping[str, Any]) -> Rendered:
    """What is published of a template, filled in: two calls by its id, one more by its key.

    `language` is the reader's; the template's fall-back follows. `values` are plain. Raises NotFound
    `no_such_template`, `not_published`, Invalid `unknown_placeholder`, `template_failed`, TooLarge.
    """
    known = named(template)
    if known.published is None:
        raise store.not_published()
    chosen = spoken(language, known.published_languages, known.default_language)
    return _filled(_published(known.id, known.published, chosen), values, chosen, known.published)


def named(template: str) -> Template:
    """The template of an id or a key that is in use. Raises NotFound `no_such_template`."""
    found = store.get(template if template.startswith("tpl_") else store.id_of_key(template))
    if found.archived:
        raise store.no_such_template()
    return found


def preview(template_id: str, wanted: NewPreview, values: Mapping[str, Any]) -> Preview:
    """The draft, what is published, or any version, filled in as far as `values` go. Raises NotFound."""
    template = store.get(template_id)
    number = wanted.number or template.draft or template.published or template.latest
    contents = store.contents(template_id, number)
    language = spoken(wanted.language, contents, template.default_language)
    missing: list[str] = []
    filled = _filled(contents[language], values, language, number, missing)
    return Preview(**filled.model_dump(), missing=missing)


@lru_cache(maxsize=50)
def _published(template_id: str, number: int, language: str) -> Content:
    """What a published version says never changes, so a process reads it once."""
    return store.content(template_id, number, language)


def _filled(
    content: Content,
    values: Mapping[str, Any],
    language: str,
    number: int,
    missing: list[str] | None = None,
) -> Rendered:
    from chalicelib.templates.html import text_of

    subject = " ".join(filled(content.subject, values, missing=missing).split())[:MAX_SUBJECT]
    html = filled(content.html, values, html=True, missing=missing) if content.html else None
    text = filled(content.text, values, missing=missing) if content.text else text_of(html or "")
    return Rendered(subject=subject, text=text, html=html, language=language, version=number)


def filled(
    source: str, values: Mapping[str, Any], *, html: bool = False, missing: list[str] | None = None
) -> str:
    """A text with its placeholders filled in; as HTML it is made fit for mail programs.

    `missing` notes placeholders without a value. Without it, raises Invalid `unknown_placeholder`; always
    Invalid `template_failed`, TooLarge.
    """
    from chalicelib.templates.html import inlined
    from chalicelib.templates.sandbox import render

    said = render(source, values, html=html, missing=missing)
    return inlined(said) if html else said


def about(*, customer: Customer | None = None, staff: Staff | None = None) -> dict[str, Any]:
    """The placeholders that are always there: `business`, and `customer` and `staff` when there is one."""
    found: dict[str, Any] = {
        "business": {"name": settings().business_name, "email": settings().support_address}
    }
    if customer:
        found["customer"] = {
            "id": customer.id,
            "name": customer.name,
            "email": customer.emails[0] if customer.emails else None,
            "phone": customer.phones[0] if customer.phones else None,
            "company": customer.company,
            "stage": customer.stage,
            "tags": customer.tags,
            "language": customer.locale,
            "custom": customer.custom,
        }
    if staff:
        found["staff"] = {"id": staff.id, "name": staff.name, "email": staff.email}
    return found
