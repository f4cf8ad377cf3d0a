"""Keys, staff and teams over HTTP."""

from __future__ import annotations

from chalicelib.access import audit
from chalicelib.access import service as access
from chalicelib.access.audit import AuditEntry, AuditQuery
from chalicelib.access.model import (
    ApiKey,
    CreatedApiKey,
    KeyId,
    NewApiKey,
    NewStaff,
    NewTeam,
    Staff,
    StaffId,
    StaffPatch,
    Team,
    TeamId,
)
from chalicelib.kernel import ids
from chalicelib.kernel.http.paging import Page, PageParameters
from chalicelib.kernel.http.routes import Routes
from chalicelib.kernel.work import Work

routes = Routes("Access", __name__)


@routes.post("/v1/keys", scope="keys:write", status=201, location="/v1/keys/{id}", secret=True)
def create_key(body: NewApiKey, work: Work) -> CreatedApiKey:
    """Make an API key. The key itself is in this answer only; a replay does not show it again."""
    return access.create_key(work, body)


@routes.get("/v1/keys", scope="keys:read")
def list_keys(query: PageParameters) -> Page[ApiKey]:
    """List keys, newest first, without their secrets."""
    data, position = access.keys(limit=query.limit, after=query.cursor)
    return Page(data=data, next_cursor=position)


@routes.get("/v1/keys/{key_id}", scope="keys:read")
def read_key(key_id: KeyId) -> ApiKey:
    """Read a key, without its secret."""
    return access.get_key(key_id)


@routes.delete("/v1/keys/{key_id}", scope="keys:write")
def revoke_key(key_id: KeyId, work: Work) -> None:
    """Revoke a key. It stops working within a minute."""
    access.revoke_key(work, key_id)


@routes.post("/v1/staff", scope="staff:write", status=201, location="/v1/staff/{id}")
def add_staff(body: NewStaff, work: Work) -> Staff:
    """Add somebody to the staff. 409 when the address is another's."""
    return access.add_staff(work, body)


@routes.get("/v1/staff", scope="staff:read")
def list_staff(query: PageParameters) -> Page[Staff]:
    """List the staff, newest first."""
    data, position = access.staff(limit=query.limit, after=query.cursor)
    return Page(data=data, next_cursor=position)


@routes.get("/v1/staff/{staff_id}", scope="staff:read")
def read_staff(staff_id: StaffId) -> Staff:
    """Read a member of staff."""
    return access.get_staff(staff_id)


@routes.patch("/v1/staff/{staff_id}", scope="staff:write")
def change_staff(staff_id: StaffId, body: StaffPatch, work: Work) -> Staff:
    """Change a member of staff; `active: false` when they leave."""
    return access.change_staff(work, staff_id, body)


@routes.post("/v1/teams", scope="staff:write", status=201, location="/v1/teams/{id}")
def add_team(body: NewTeam, work: Work) -> Team:
    """Add a team."""
    return access.add_team(work, body)


@routes.get("/v1/teams", scope="staff:read")
def list_teams(query: PageParameters) -> Page[Team]:
    """List the teams, newest first."""
    data, position = access.teams(limit=query.limit, after=query.cursor)
    return Page(data=data, next_cursor=position)


@routes.get("/v1/teams/{team_id}", scope="staff:read")
def read_team(team_id: TeamId) -> Team:
    """Read a team."""
    return access.get_team(team_id)


@routes.patch("/v1/teams/{team_id}", scope="staff:write")
def change_team(team_id: TeamId, body: NewTeam, work: Work) -> Team:
    """Rename a team."""
    return access.change_team(work, team_id, body)


@routes.get("/v1/teams/{team_id}/members", scope="staff:read")
def list_team_members(team_id: TeamId) -> Page[Staff]:
    """List the active members of a team, 100 at most: whose `team_ids` name it. Lags a moment."""
    return Page(data=access.members_of(team_id))


@routes.get("/v1/audit", scope="audit:read")
def read_audit(query: AuditQuery) -> Page[AuditEntry]:
    """Read who changed what, when, from which value to which; newest first.

    With `entity_id`, all changes of one thing: by people and keys, by imports, and by the system, which
    mail may cause. Without, the changes that people and keys made one by one in a time range, the last
    day unless told; it lags a moment. A page may be short, or empty, and still have a next. Secrets are
    never among the values.
    """
    data, position = audit.read(query, ids.now())
    return Page(data=data, next_cursor=position)
