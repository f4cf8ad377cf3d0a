"""Saved views: filters of tickets under a name, for one member of staff, a team, or all."""

from typing import Annotated

from boto3.dynamodb.conditions import Attr
from pydantic import Field

from chalicelib.access import service as access
from chalicelib.access.model import StaffId, TeamId
from chalicelib.kernel import ids, pages, patches, table
from chalicelib.kernel.errors import AlreadyExists, Invalid, NotFound, Stale
from chalicelib.kernel.model import Line, Model, Stored, Utc
from chalicelib.kernel.pages import Query
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Work
from chalicelib.support import listing
from chalicelib.support.filters import Filters, Sort
from chalicelib.support.model import Ticket

ViewId = Annotated[str, ids.id_of("viw")]
Owner = Annotated[StaffId | None, Field(description="Whose view it is.")]
Team = Annotated[TeamId | None, Field(description="Or which team's; of neither, it is everybody's.")]
MOST_COUNTED = 100


class NewView(Model):
    name: Annotated[str, Line(100)]
    filters: Filters
    sort: Sort = "created_at"
    owner: Owner = None
    team: Team = None


class ViewPatch(Model):
    """A JSON Merge Patch; filters are replaced whole."""

    name: Annotated[str, Line(100)] = ""
    filters: Filters = Filters()
    sort: Sort = "created_at"
    owner: Owner = None
    team: Team = None


class View(Stored):
    id: ViewId
    version: int
    name: str
    filters: Filters
    sort: Sort = "created_at"
    owner: str | None = None
    team: str | None = None
    created_at: Utc
    updated_at: Utc


class Count(Model):
    """How many tickets a view has; with `more`, there are more than were counted."""

    count: int
    more: bool


def _key(view_id: str) -> Key:
    return Key(f"VIW#{view_id}", "VIEW")


def _item(view: View) -> Item:
    fields = view.model_dump(mode="json", exclude_none=True)
    return {**_key(view.id)._asdict(), **fields, "gsi1pk": "VIW", "gsi1sk": view.id}


def add(work: Work, new: NewView) -> View:
    """Save a view. Raises Invalid."""
    at = work.now
    view = View(id=ids.new_id("viw", at), version=1, created_at=at, updated_at=at, **dict(new))
    _require_people(work, view)
    work.put(_item(view), unless_exists=AlreadyExists("This view exists."))
    return view


def _require_people(work: Work, view: View) -> None:
    if view.owner and view.team:
        raise Invalid.in_body("team", "give owner or team, not both", "one_of")
    if view.owner:
        access.require_staff(work, view.owner, "owner")
    if view.team:
        access.require_team(work, view.team, "team")


def get(view_id: str) -> View:
    """Raises NotFound."""
    item = table.get(_key(view_id))
    if item is None:
        raise NotFound("There is no such view.", code="no_such_view")
    return View.model_validate(item, strict=False)


def newest(
    *, owner: str | None, team: str | None, limit: int, after: str | None
) -> tuple[list[View], str | None]:
    """A page of views, newest first: all, a member's or a team's with those of everybody."""
    shared = Attr("owner").not_exists() & Attr("team").not_exists()
    where = None
    for name, value in (("owner", owner), ("team", team)):
        if value:
            where = (shared if where is None else where) | Attr(name).eq(value)
    found = pages.page([Query("VIW", index="gsi1", where=where)], limit=limit, after=after)
    return [View.model_validate(item, strict=False) for item in found.items], found.after


def change(work: Work, view_id: str, patch: ViewPatch) -> View:
    """Apply a merge patch. Raises NotFound, Stale, Invalid."""
    before = get(view_id)
    work.check_version(before.version)
    given = patches.given(patch)
    if not patches.changed(before, given):
        return before
    stamps = {"version": before.version + 1, "updated_at": work.now}
    after = before.model_copy(update=given | stamps)
    _require_people(work, after)
    work.replace(_item(after), version=before.version)
    return after


def delete(work: Work, view_id: str) -> None:
    """Forget a view. Raises NotFound, Stale."""
    view = get(view_id)
    work.check_version(view.version)
    changed = Stale("The view changed meanwhile.")
    work.delete(_key(view_id), when=Attr("version").eq(view.version), failure=changed)


def tickets(view_id: str, *, limit: int, after: str | None) -> tuple[list[Ticket], str | None]:
    """A page of a view's tickets, in its order. Raises NotFound."""
    view = get(view_id)
    return listing.listed(view.filters, sort=view.sort, limit=limit, after=after)


def count(view_id: str) -> Count:
    """How many tickets a view has, 100 at most. Raises NotFound."""
    found, position = tickets(view_id, limit=MOST_COUNTED, after=None)
    return Count(count=len(found), more=position is not None)
