"""Merging duplicates: a pointer at once, and a job that moves the votes, of whom voted for both only one.

While it runs both have votes; each slice takes some from the one and gives them to the other in one
transaction, so that a voter never counts twice, whatever is repeated, and whoever votes meanwhile.
"""

from __future__ import annotations

from boto3.dynamodb.conditions import Attr

from chalicelib.kernel.commit import commit
from chalicelib.kernel.errors import Conflict, Stale
from chalicelib.kernel.work import Work
from chalicelib.suggestions import ballots, finding, steps, store, voting
from chalicelib.suggestions.ballots import Vote
from chalicelib.suggestions.events import SuggestionMerged, SuggestionMoving
from chalicelib.suggestions.model import MAX_MERGED, NewMerge, Suggestion

TOGETHER = 30
"""Votes moved in one transaction: two writes each."""
ROUNDS = 30
"""Such transactions in one step of the job."""
TRIES = 5
"""How often a slice is planned anew when somebody voted meanwhile."""


def merge(work: Work, suggestion_id: str, new: NewMerge) -> Suggestion:
    """Have a suggestion go on in another one, which it returns. Raises NotFound, Conflict, Stale."""
    source, target = _both(suggestion_id, new.into)
    work.check_version(source.version)
    moved = [source.id, *source.merged_ids]
    if len(target.merged_ids) + len(moved) > MAX_MERGED:
        raise Conflict(f"{MAX_MERGED} duplicates are merged into one at most.", code="too_many_merged")
    after = source.changed({"merged_into": target.id, "merged_ids": []}, work.now)
    store.change(work, source, after)
    for earlier in source.merged_ids:
        same = Attr("merged_into").eq(source.id)
        gone = Stale("It was merged elsewhere meanwhile.")
        work.update(store.key(earlier), assign={"merged_into": target.id}, when=same, failure=gone)
    united = target.changed({"merged_ids": [*target.merged_ids, *moved]}, work.now)
    store.change(work, target, united)
    ballots.close(work, source.id)
    finding.index(work, after)
    steps.start_moving(work, source)
    event = SuggestionMerged(job_id=source.id, step=1, suggestion_id=source.id, into=target.id)
    work.record(store.partition(source.id), event)
    return united


def _both(suggestion_id: str, into: str) -> tuple[Suggestion, Suggestion]:
    """Both suggestions, as they are: one call."""
    if suggestion_id == into:
        raise Conflict("It is the same suggestion.", code="same_suggestion")
    found = {one.id: one for one in store.get_many([suggestion_id, into])}
    if suggestion_id not in found or into not in found:
        raise store.no_such_suggestion()
    for one in found.values():
        if one.merged_into:
            raise Conflict("It goes on in another one.", code="merged", suggestion_id=one.merged_into)
        if not one.is_public:
            raise Conflict("It is not public.", code="not_public", suggestion_id=one.id)
    return found[suggestion_id], found[into]


def step(work: Work, suggestion_id: str, step: int) -> None:
    """A step of the job: move up to 900 votes. A repeat finds those that are left. Raises NotFound."""
    for _ in range(ROUNDS):
        if not _move_some(suggestion_id):
            steps.end_moving(work, suggestion_id, step)
            return
    steps.go_on_moving(work, suggestion_id, step)
    work.record(store.partition(suggestion_id), SuggestionMoving(job_id=suggestion_id, step=step + 1))


def _move_some(suggestion_id: str) -> bool:
    """Move a slice of votes: three calls. False when there are none left."""
    for tries_left in reversed(range(TRIES)):
        target = store.get(suggestion_id).merged_into
        items = ballots.cast_for(suggestion_id, limit=TOGETHER).items
        if target is None or not items:
            return False
        work = Work()
        _move(work, [Vote.of(item) for item in items], target)
        try:
            commit(work)
        except Stale:
            if not tries_left:
                raise
        else:
            return True
    raise AssertionError("unreachable: the last try returns or raises")


def _move(work: Work, votes: list[Vote], target: str) -> None:
    there = ballots.found_among(target, (vote.voter for vote in votes))
    fresh = [one for one in (vote.moved_to(target) for vote in votes) if one.key not in there]
    for vote in votes:
        ballots.take_back(work, vote)
    for vote in fresh:
        ballots.cast(work, vote)
    ballots.uncount_moved(work, votes[0].suggestion_id, len(votes))
    if fresh:
        ballots.count(work, target, len(fresh))
        voting.record(work, target, voted=None)
