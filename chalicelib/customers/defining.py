"""What can be done with the definitions of custom fields; they are one item, kept in the process for 30 s."""

from __future__ import annotations

from chalicelib.customers.definitions import (
    CustomField,
    Definitions,
    DefinitionsPatch,
    FieldPatch,
    NewField,
)
from chalicelib.customers.events import FieldsChanged
from chalicelib.kernel import table
from chalicelib.kernel.errors import Conflict, NotFound, Stale
from chalicelib.kernel.events import changes
from chalicelib.kernel.kept import Kept
from chalicelib.kernel.table import Key
from chalicelib.kernel.work import Work

KEY = Key("FIELDS", "FIELDS")


def read() -> Definitions:
    """The definitions as they are now: one call."""
    item = table.get(KEY)
    return Definitions.model_validate(item, strict=False) if item else Definitions()


_kept = Kept(read)


def current() -> Definitions:
    """The definitions, as they were 30 seconds ago at most: no call while they are kept, else one."""
    return _kept.current()


def get(name: str) -> CustomField:
    """Raises NotFound."""
    return _known(read(), name)


def define(work: Work, new: NewField) -> CustomField:
    """Define a field. Raises Invalid, Conflict `field_exists`."""
    before = read()
    if before.find(new.name):
        raise Conflict("There is a custom field of that name.", code="field_exists")
    field = CustomField.define(new)
    _write(work, before, before.with_fields([*before.data, field]))
    work.record(KEY.pk, FieldsChanged(field_name=field.name, changed=["created"]))
    return field


def change(work: Work, name: str, patch: FieldPatch) -> CustomField:
    """Apply a merge patch. What customers have stays, whatever the new bounds; new values must fit.

    Raises NotFound, Stale, Invalid, Conflict `kind_is_fixed`.
    """
    before = read()
    old = _known(before, name)
    work.check_version(old.version)
    new = old.patched(patch)
    if new is old:
        return old
    _write(work, before, before.with_fields([new if field is old else field for field in before.data]))
    named = sorted(part for part in patch.model_fields_set if getattr(old, part) != getattr(new, part))
    work.record(KEY.pk, FieldsChanged(field_name=name, changed=named), private=changes(old, new, named))
    return new


def remove(work: Work, name: str) -> None:
    """Remove a definition; the values that customers have stay. Raises NotFound, Stale."""
    before = read()
    field = _known(before, name)
    work.check_version(field.version)
    _write(work, before, before.with_fields([other for other in before.data if other is not field]))
    work.record(KEY.pk, FieldsChanged(field_name=name, changed=["deleted"]))


def change_all(work: Work, patch: DefinitionsPatch) -> Definitions:
    """Say whether customers may have fields that are not defined. Raises Stale."""
    before = read()
    work.check_version(before.version)
    if before.closed == patch.closed:
        return before
    after = before.model_copy(update={"closed": patch.closed, "version": before.version + 1})
    _write(work, before, after)
    event = FieldsChanged(changed=["closed"])
    work.record(KEY.pk, event, private=changes(before, after, ["closed"]))
    return after


def _known(definitions: Definitions, name: str) -> CustomField:
    field = definitions.find(name)
    if field is None:
        raise NotFound("There is no such custom field.", code="no_such_field")
    return field


def _write(work: Work, before: Definitions, after: Definitions) -> None:
    item = {**KEY._asdict(), **after.model_dump(mode="json")}
    if before.version:
        work.replace(item, version=before.version)
    else:
        work.put(item, unless_exists=Stale("Somebody else defined the first field meanwhile."))
    _kept.forget()
