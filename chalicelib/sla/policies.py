"""What can be done with policies; they are one item, which a process keeps for half a minute."""

from __future__ import annotations

from typing import Any

from chalicelib.access import service as access
from chalicelib.hours import service as hours
from chalicelib.kernel import patches
from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.events import changes
from chalicelib.kernel.kept import Kept
from chalicelib.kernel.work import Work
from chalicelib.sla import store
from chalicelib.sla.events import PolicyChanged
from chalicelib.sla.model import NewPolicy, Policies, Policy, PolicyPatch

_kept: Kept[Policies] = Kept(store.read)


def current() -> Policies:
    """The policies, as they were 30 seconds ago at most."""
    return _kept.current()


def every() -> list[Policy]:
    """All policies, in their order."""
    return store.read().data


def get(policy_id: str) -> Policy:
    """Raises NotFound."""
    return _known(store.read(), policy_id)


def create(work: Work, new: NewPolicy) -> Policy:
    """Add a policy. Raises Conflict `too_many_policies`, Invalid."""
    policy = Policy.create(new, at=work.now)
    _require_others(work, policy)
    _write(work, store.read().with_policy(policy, new.position))
    _record(work, policy, ["created"])
    return policy


def change(work: Work, policy_id: str, patch: PolicyPatch) -> Policy:
    """Apply a merge patch. A ticket goes by it from its next change on. Raises NotFound, Stale, Invalid."""
    all_ = store.read()
    before = _known(all_, policy_id)
    work.check_version(before.version)
    given: dict[str, Any] = patches.given(patch)
    position = given.pop("position", None)
    changed = patches.changed(before, given)
    moved = position is not None and all_.data.index(before) != position
    if not changed and not moved:
        return before
    given |= {"version": before.version + 1, "updated_at": work.now}
    after = before.model_copy(update=given)
    _require_others(work, after)
    _write(work, all_.with_policy(after, position))
    _record(work, after, changed + ["position"] * moved, changes(before, after, changed))
    return after


def delete(work: Work, policy_id: str) -> None:
    """Delete a policy; what it promised holds until the ticket changes. Raises NotFound, Stale."""
    before = store.read()
    gone = _known(before, policy_id)
    work.check_version(gone.version)
    _write(work, before.with_data([one for one in before.data if one is not gone]))
    _record(work, gone, ["deleted"])


def _known(policies: Policies, policy_id: str) -> Policy:
    found = policies.find(policy_id)
    if found is None:
        raise NotFound("There is no such policy.", code="no_such_policy")
    return found


def _require_others(work: Work, policy: Policy) -> None:
    """Commit only if its calendar and its teams exist."""
    if policy.calendar_id:
        hours.require(work, policy.calendar_id, "calendar_id")
    for team in policy.conditions.teams:
        access.require_team(work, team, "conditions.teams")


def _write(work: Work, policies: Policies) -> None:
    store.write(work, policies)
    _kept.forget()


def _record(work: Work, policy: Policy, changed: list[str], private: dict[str, Any] | None = None) -> None:
    event = PolicyChanged(policy_id=policy.id, changed=changed)
    work.record(f"SLA#{policy.id}", event, private=private)
