"""What can be done with templates. Filling them in: rendering.py."""

from __future__ import annotations

from chalicelib.kernel import ids
from chalicelib.kernel.errors import Invalid, TooLarge
from chalicelib.kernel.work import Work
from chalicelib.templates import store
from chalicelib.templates.events import TemplateChanged, TemplatePublished
from chalicelib.templates.model import (
    MAX_LANGUAGES,
    Contained,
    Content,
    NewTemplate,
    Publication,
    Template,
    TemplatePatch,
    Version,
)


def add(work: Work, new: NewTemplate) -> Template:
    """Add a template with its first draft. Raises Invalid, TooLarge; fails with Conflict `key_taken`."""
    template = Template(
        id=ids.new_id("tpl", work.now),
        version=1,
        draft=1,
        latest=1,
        draft_languages=sorted(new.contents),
        created_at=work.now,
        updated_at=work.now,
        **new.model_dump(exclude={"contents"}),
    )
    _check_languages(template.default_language, template.draft_languages)
    store.add(work, template)
    _say(work, template, new.contents)
    _record_change(work, template, ["created"])
    return template


def get(template_id: str) -> Template:
    """Raises NotFound."""
    return store.get(template_id)


def newest(*, limit: int, after: str | None) -> tuple[list[Template], str | None]:
    """A page of templates, newest first."""
    return store.newest(limit=limit, after=after)


def change(work: Work, template_id: str, patch: TemplatePatch) -> Template:
    """Apply a merge patch; what a published version says stays, the change begins a draft.

    Raises NotFound, Stale, Invalid, TooLarge.
    """
    before = _usable(template_id)
    work.check_version(before.version)
    given = {
        name: getattr(patch, name)
        for name in sorted(patch.model_fields_set - {"contents"})
        if getattr(before, name) != getattr(patch, name)
    }
    if patch.contents:
        return _redrafted(work, before, patch.contents, given)
    if not given:
        return before
    after = before.changed(work.now, **given)
    _check_languages(after.default_language, after.draft_languages or after.published_languages)
    store.replace(work, after)
    _record_change(work, after, list(given))
    return after


def _redrafted(
    work: Work, before: Template, contents: dict[str, Content | None], given: dict[str, str]
) -> Template:
    number = before.draft or before.published
    held = store.contents(before.id, number) if number else {}
    said = {language: content for language, content in contents.items() if content is not None}
    whole = {
        language: one for language, one in (held | said).items() if contents.get(language, one) is not None
    }
    if before.draft and whole == held and not given:
        return before
    after = before.with_draft(whole, work.now, **given)
    _check_languages(after.default_language, after.draft_languages)
    store.replace(work, after)
    _say(work, after, said if before.draft else whole)
    for language in set(held) - set(whole) if before.draft else ():
        store.unsay(work, after.id, int(after.draft or 0), language)
    _record_change(work, after, [*given, "contents"])
    return after


def _check_languages(default: str, languages: list[str]) -> None:
    if len({language.lower() for language in languages}) != len(languages):
        raise Invalid.in_body("contents", "name a language once, in one spelling", "repeated")
    if not 1 <= len(languages) <= MAX_LANGUAGES:
        raise Invalid.in_body("contents", f"a template has 1 to {MAX_LANGUAGES} languages", "out_of_range")
    if default not in languages:
        raise Invalid.in_body("default_language", "has no contents", "no_contents")


def _say(work: Work, template: Template, contents: dict[str, Content]) -> None:
    """Write what the draft says, after checking that it can be rendered."""
    for language, content in contents.items():
        if content.html is None and content.text is None:
            raise Invalid.in_body(f"contents.{language}.text", "give text, html or both", "missing")
        for name in ("subject", "html", "text"):
            source = getattr(content, name)
            if source is not None:
                _check(source, f"contents.{language}.{name}")
        store.say(work, template.id, int(template.draft or 0), language, content)


def _check(source: str, name: str) -> None:
    """Raise Invalid that names the field, unless it can be rendered."""
    from chalicelib.templates.sandbox import check

    try:
        check(source)
    except (Invalid, TooLarge) as error:
        raise Invalid.in_body(name, error.detail, error.code) from None


def publish(work: Work, template_id: str, wanted: Publication) -> Template:
    """Put the draft, or a version from before, into use. Raises NotFound, Stale, Conflict `no_draft`."""
    before = _usable(template_id)
    work.check_version(before.version)
    number = wanted.number
    if number is None or number == before.draft:
        after = before.publishing(None, before.draft_languages, work.now)
        _list(work, after)
    elif number == before.published:
        return before
    else:
        after = before.publishing(number, store.contents(before.id, number), work.now)
    store.replace(work, after)
    event = TemplatePublished(
        template_id=after.id, template_version=after.version, number=int(after.published or 0)
    )
    work.record(store.partition(after.id), event)
    return after


def _list(work: Work, template: Template) -> None:
    version = Version(
        number=int(template.published or 0),
        languages=template.published_languages,
        published_at=work.now,
        published_by=work.principal.actor or work.principal.id,
    )
    store.list_version(work, template.id, version)


def versions(template_id: str, *, limit: int, after: str | None) -> tuple[list[Version], str | None]:
    """A page of what was published, newest first. Raises NotFound."""
    found, position = store.versions(template_id, limit=limit, after=after)
    if not found and after is None:
        store.get(template_id)
    return found, position


def version(template_id: str, number: int) -> Contained:
    """What a version or the draft says. Raises NotFound."""
    return Contained(template_id=template_id, number=number, contents=store.contents(template_id, number))


def archive(work: Work, template_id: str) -> None:
    """Take a template out of use and free its key; its versions stay, since messages name them."""
    before = _usable(template_id)
    work.check_version(before.version)
    after = before.changed(work.now, archived=True)
    store.free_key(work, before)
    store.replace(work, after)
    _record_change(work, after, ["archived"])


def _usable(template_id: str) -> Template:
    found = store.get(template_id)
    if found.archived:
        raise store.no_such_template()
    return found


def _record_change(work: Work, template: Template, changed: list[str]) -> None:
    event = TemplateChanged(template_id=template.id, template_version=template.version, changed=changed)
    work.record(store.partition(template.id), event)
