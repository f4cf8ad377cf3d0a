"""Erases a person: a job that sweeps every keeper until nothing is left, waits, and looks once more.

Each transaction removes some things and counts them in the job's own item, so that the certificate is exact
whenever a worker dies. Two workers on one step overtake each other (Stale) and go on from where the other is.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib.customers import burial
from chalicelib.customers import erasure as customers
from chalicelib.kernel import ids
from chalicelib.kernel.commit import commit
from chalicelib.kernel.errors import Invalid, Repeated
from chalicelib.kernel.work import Work
from chalicelib.privacy import store
from chalicelib.privacy.events import ErasureAdvanced, ErasureFinished, ErasureRequested, ErasureSettling
from chalicelib.privacy.model import Erasure, NewErasure, RequestedBy, StoredErasure

if TYPE_CHECKING:
    from chalicelib.privacy.keepers import Keeper

STEP_SECONDS = 60
"""After which a step hands over to the next one."""
SETTLING = timedelta(minutes=15)
"""How long what was under way may take to arrive: requests, queues and indexes take seconds."""


def request(work: Work, customer_id: str, new: NewErasure) -> Erasure:
    """Begin to erase a person under all their ids; who is being erased already gives the same job again.

    Raises NotFound; Invalid when `confirm` is another id.
    """
    if new.confirm != customer_id:
        raise Invalid.in_body("confirm", "is not the id of this customer", "not_confirmed")
    earlier = burial.erased([customer_id])
    if earlier:
        return shown(store.erasure(earlier[customer_id]))
    erasure = StoredErasure(
        id=ids.new_id("era", work.now),
        version=1,
        state="running",
        customer_id=customer_id,
        customer_ids=customers.group(customer_id),
        recorded_by=RequestedBy.of(work.principal),
        requested_at=work.now,
        **new.model_dump(exclude={"confirm"}),
    )
    burial.bury(work, erasure.customer_ids, erasure.id)
    store.add_erasure(work, erasure)
    event = ErasureRequested(
        job_id=erasure.id,
        step=0,
        customer_id=customer_id,
        customer_ids=erasure.customer_ids,
        reason=erasure.reason,
    )
    _record(work, erasure, event)
    return shown(erasure)


def _record(
    work: Work,
    erasure: Erasure,
    event: ErasureRequested | ErasureAdvanced | ErasureSettling | ErasureFinished,
) -> None:
    """With the erasure, since the customer's own timeline goes."""
    work.record(store.erasure_key(erasure.id).pk, event, customer_id=erasure.customer_id)


def step(work: Work, erasure_id: str, number: int) -> None:
    """Remove what there is, for a minute at most. Raises Repeated for a step that was taken."""
    erasure = store.erasure(erasure_id)
    if erasure.state != "running" or erasure.step != number:
        raise Repeated("This step was taken before.")
    until = time.monotonic() + STEP_SECONDS
    while time.monotonic() < until:
        part = Work()
        erasure = _remove_some(part, erasure)
        if not part.writes:
            break
        commit(part)
    _hand_over(work, erasure)


def _keepers() -> tuple[Keeper, ...]:
    """Every feature's part, which only steps need."""
    from chalicelib.privacy.keepers import KEEPERS

    return KEEPERS


def _remove_some(part: Work, erasure: StoredErasure) -> StoredErasure:
    """One transaction's worth; without a write when every keeper has nothing left."""
    keepers, persons = _keepers(), len(erasure.customer_ids)
    for place in range(erasure.place, len(keepers) * persons):
        keeper, person = divmod(place, persons)
        counts = keepers[keeper].erase(part, erasure.customer_ids[person])
        if counts:
            after = erasure.having_removed(counts, place)
            store.replace_erasure(part, after)
            return after
    return erasure.model_copy(update={"place": len(keepers) * persons})


def _hand_over(work: Work, erasure: StoredErasure) -> None:
    """To the next step, to the timer after a sweep, or to the certificate after one that found nothing."""
    swept = erasure.place == len(_keepers()) * len(erasure.customer_ids)
    following = {"version": erasure.version + 1, "step": erasure.step + 1}
    if not swept:
        after = erasure.model_copy(update=following)
        _record(work, after, ErasureAdvanced(job_id=after.id, step=after.step))
    elif erasure.sweep > 1 and not erasure.found:
        after = erasure.model_copy(update=following | {"state": "finished", "finished_at": work.now})
        _record(work, after, ErasureFinished(erasure_id=after.id, customer_id=after.customer_id))
    else:
        wake_at = work.now + SETTLING
        again = {"state": "settling", "wake_at": wake_at, "place": 0, "found": 0, "sweep": erasure.sweep + 1}
        after = erasure.model_copy(update=following | again)
        _record(work, after, ErasureSettling(wake_id=after.id, wake_at=wake_at, erasure_id=after.id))
    store.replace_erasure(work, after)


def wake(work: Work, erasure_id: str, at: datetime) -> None:
    """Look once more, when it is time. A stale timer finds the erasure further on."""
    erasure = store.erasure(erasure_id)
    if erasure.state != "settling" or erasure.wake_at is None or erasure.wake_at > at:
        return
    after = erasure.model_copy(update={"state": "running", "wake_at": None, "version": erasure.version + 1})
    store.replace_erasure(work, after)
    _record(work, after, ErasureAdvanced(job_id=after.id, step=after.step))


def get(erasure_id: str) -> Erasure:
    """Raises NotFound."""
    return shown(store.erasure(erasure_id))


def shown(erasure: StoredErasure) -> Erasure:
    """The erasure without what only the job needs."""
    return Erasure.model_validate(erasure.model_dump(include=set(Erasure.model_fields)))
