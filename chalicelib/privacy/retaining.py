"""Applies the rules of retention every night: a job of steps, begun by a timer that renews itself.

Nothing polls: without rules there is no timer. A night that began late takes what is due by then.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from chalicelib.kernel import ids, patches, table
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import Invalid, Repeated, Stale
from chalicelib.kernel.table import Key
from chalicelib.kernel.work import Work
from chalicelib.privacy.events import (
    RetentionAdvanced,
    RetentionApplied,
    RetentionChanged,
    RetentionScheduled,
)
from chalicelib.privacy.rules import (
    RULES_ID,
    Retention,
    RetentionPatch,
    RetentionPreview,
    Run,
    StoredRetention,
    cutoff,
    next_run,
)

STEP_SECONDS = 60
KEY = Key("RETENTION", "RETENTION")


def _read() -> StoredRetention:
    item = table.get(KEY)
    return StoredRetention.model_validate(item, strict=False) if item else StoredRetention()


def _write(work: Work, before: StoredRetention, changes: dict[str, Any]) -> StoredRetention:
    """The next version. Fails with Stale when it is not the next one."""
    after = before.model_copy(update=changes | {"version": before.version + 1})
    item = {**KEY._asdict(), **after.model_dump(mode="json", exclude_none=True)}
    if before.version:
        work.replace(item, version=before.version)
    else:
        work.put(item, unless_exists=Stale("Somebody else set the first rule."))
    return after


def get() -> Retention:
    """The rules; without any, everything is kept."""
    return _shown(_read())


def _shown(rules: StoredRetention) -> Retention:
    return Retention.model_validate(rules.model_dump(include=set(Retention.model_fields)))


def change(work: Work, patch: RetentionPatch) -> Retention:
    """Change the rules; with the first one the timer begins. Raises Stale, Invalid."""
    before = _read()
    work.check_version(before.version)
    given = patches.given(patch)
    changed = patches.changed(before, given)
    if not changed:
        return _shown(before)
    _check(before.model_copy(update=given))
    due = before.next_run_at or next_run(work.now, settings().zone)
    after = _write(work, before, given | {"next_run_at": due})
    values = {name: {"from": getattr(before, name), "to": given[name]} for name in changed}
    work.record(KEY.pk, RetentionChanged(changed=changed), private={"changes": values})
    if before.next_run_at is None:
        work.record(KEY.pk, RetentionScheduled(wake_id=RULES_ID, wake_at=due))
    return _shown(after)


def _check(rules: StoredRetention) -> None:
    """When a lead was last heard of is read from the entries, so they have to last as long."""
    if rules.lead_days and rules.entry_days and rules.entry_days < rules.lead_days:
        raise Invalid.in_body("entry_days", "must be lead_days at least", "entries_too_short")


def preview() -> RetentionPreview:
    """What tonight would take: a few calls."""
    from chalicelib.privacy import aging

    return RetentionPreview(**aging.count_due(_read(), ids.now()))


def wake(work: Work, _: str, at: datetime) -> None:
    """Begin the work of the night `at` and set the next timer; a stale timer finds another time."""
    rules = _read()
    if rules.next_run_at is None or rules.next_run_at > at:
        return
    if rules.is_empty:
        _write(work, rules, {"next_run_at": None})
        return
    due = next_run(at, settings().zone)
    changes: dict[str, Any] = {"next_run_at": due}
    if not rules.running:  # else last night's is not done, and goes on
        changes |= {"running": True, "step": rules.step + 1, "last_run": Run(begun_at=at)}
        changes |= {"section": 0, "after": None}
        work.record(KEY.pk, RetentionAdvanced(job_id=RULES_ID, step=rules.step + 1))
    _write(work, rules, changes)
    work.record(KEY.pk, RetentionScheduled(wake_id=RULES_ID, wake_at=due))


def step(work: Work, _: str, number: int) -> None:
    """Apply the rules for a minute. Raises Repeated for a step that was taken."""
    rules = _read()
    if not rules.running or rules.step != number or rules.last_run is None:
        raise Repeated("This step was taken before.")
    from chalicelib.privacy import aging

    counts, section, after = aging.take_due(rules, rules.last_run.begun_at, seconds=STEP_SECONDS)
    added = {name: getattr(rules.last_run, name) + count for name, count in counts.items()}
    run = rules.last_run.model_copy(update=added)
    if section is not None:
        _write(work, rules, {"step": number + 1, "last_run": run, "section": section, "after": after})
        work.record(KEY.pk, RetentionAdvanced(job_id=RULES_ID, step=number + 1))
        return
    run = run.model_copy(update={"ended_at": work.now})
    until = cutoff(rules.response_days, run.begun_at) or rules.reduced_until
    _write(work, rules, {"running": False, "last_run": run, "reduced_until": max(until, rules.reduced_until)})
    counted = run.model_dump(include={"leads", "tickets", "responses", "entries"})
    work.record(KEY.pk, RetentionApplied(**counted))
