"""What can be done with macros. Applying one to a ticket: applying.py."""

from __future__ import annotations

from chalicelib.access import service as access
from chalicelib.kernel import ids, patches
from chalicelib.kernel.errors import Invalid, TooLarge
from chalicelib.kernel.work import Work
from chalicelib.macros import store
from chalicelib.macros.events import MacroChanged
from chalicelib.macros.model import Listed, Macro, MacroPatch, NewMacro

MAX_WORDS = 8


def add(work: Work, new: NewMacro) -> Macro:
    """Add a macro. Raises Invalid, TooLarge; fails with Invalid for people who are not there."""
    given = {name: getattr(new, name) for name in NewMacro.model_fields}
    macro = Macro(
        id=ids.new_id("mac", work.now),
        version=1,
        languages=sorted(new.texts),
        created_at=work.now,
        updated_at=work.now,
        **given,
    )
    _check(work, macro)
    store.add(work, macro)
    _record(work, macro, ["created"])
    return macro


def get(macro_id: str) -> Macro:
    """Raises NotFound."""
    return store.get(macro_id)


def by_name(
    query: str | None, *, team: str | None, limit: int, after: str | None
) -> tuple[list[Listed], str | None]:
    """A page of macros by name. Raises Invalid for more than 8 words."""
    from chalicelib.directory.words import prefixes_of  # takes a while to compile

    asked = prefixes_of(query) if query else []
    if len(asked) > MAX_WORDS:
        raise Invalid.in_query("q", f"has more than {MAX_WORDS} words", "too_many_words")
    return store.by_name(asked, team=team, limit=limit, after=after)


def change(work: Work, macro_id: str, patch: MacroPatch) -> Macro:
    """Apply a merge patch. Raises NotFound, Stale, Invalid, TooLarge."""
    before = store.get(macro_id)
    work.check_version(before.version)
    given = patches.given(patch)
    if "texts" in given:
        texts = before.texts | given["texts"]
        given["texts"] = {language: said for language, said in texts.items() if said is not None}
        given["languages"] = sorted(given["texts"])
    changed = patches.changed(before, given)
    if not changed:
        return before
    stamps = {"version": before.version + 1, "updated_at": work.now}
    after = before.model_copy(update=given | stamps)
    _check(work, after)
    store.replace(work, after)
    _record(work, after, changed)
    return after


def delete(work: Work, macro_id: str) -> None:
    """Forget a macro; what it wrote stays. Raises NotFound, Stale."""
    macro = store.get(macro_id)
    work.check_version(macro.version)
    store.remove(work, macro)
    _record(work, macro, ["deleted"])


def _check(work: Work, macro: Macro) -> None:
    """Raise Invalid unless its parts fit, its texts can be filled in, and its people are there."""
    from chalicelib.templates.sandbox import check

    for language, said in macro.checked().texts.items():
        for name, source in (("text", said.text), ("html", said.html)):
            try:
                check(source or "")
            except (Invalid, TooLarge) as error:
                raise Invalid.in_body(f"texts.{language}.{name}", error.detail, error.code) from None
    for team, field in ((macro.team, "team"), (macro.changes.team, "changes.team")):
        if team:
            access.require_team(work, team, field)
    if macro.changes.assignee:
        access.require_staff(work, macro.changes.assignee, "changes.assignee")


def _record(work: Work, macro: Macro, changed: list[str]) -> None:
    event = MacroChanged(macro_id=macro.id, macro_version=macro.version, changed=changed)
    work.record(store.partition(macro.id), event)
