"""The items of the jobs on suggestions: votes that are being moved, voters that are being told."""

from __future__ import annotations

from boto3.dynamodb.conditions import Attr

from chalicelib.kernel import table
from chalicelib.kernel.errors import NotFound, Repeated, Stale
from chalicelib.kernel.table import Key
from chalicelib.kernel.work import Work
from chalicelib.suggestions import store
from chalicelib.suggestions.model import Suggestion, Telling


def start_moving(work: Work, one: Suggestion) -> None:
    """Note that its votes are to be moved, from the first step on; in the merge's own change."""
    work.put({**_moving_key(one.id)._asdict(), "step": 1}, unless_exists=Stale("Its votes are being moved."))


def go_on_moving(work: Work, suggestion_id: str, step: int) -> None:
    """Fails with Repeated when this step was taken before."""
    taken = Repeated("This step was taken.")
    work.update(
        _moving_key(suggestion_id), assign={"step": step + 1}, when=Attr("step").eq(step), failure=taken
    )


def end_moving(work: Work, suggestion_id: str, step: int) -> None:
    """Fails with Repeated when this step was taken before."""
    taken = Repeated("This step was taken.")
    work.delete(_moving_key(suggestion_id), when=Attr("step").eq(step), failure=taken)


def _moving_key(suggestion_id: str) -> Key:
    return Key(store.partition(suggestion_id), "MOVING")


def telling_partition(telling_id: str) -> str:
    return f"TEL#{telling_id}"


def _telling_key(telling_id: str) -> Key:
    return Key(telling_partition(telling_id), "TELLING")


def add_telling(work: Work, telling: Telling) -> None:
    item = {**_telling_key(telling.id)._asdict(), **telling.model_dump(mode="json", exclude_none=True)}
    work.put(item, unless_exists=Repeated("The voters are told of this change."))


def get_telling(telling_id: str) -> Telling:
    """Raises NotFound when it is done."""
    item = table.get(_telling_key(telling_id))
    if item is None:
        raise NotFound("This job is done.")
    return Telling.model_validate(item, strict=False)


def replace_telling(work: Work, telling: Telling) -> None:
    """Fails with Stale when another worker took the step."""
    item = {**_telling_key(telling.id)._asdict(), **telling.model_dump(mode="json", exclude_none=True)}
    work.replace(item, version=telling.version - 1)


def end_telling(work: Work, telling: Telling) -> None:
    """Fails with Repeated when another worker ended it."""
    done = Repeated("This job is done.")
    work.delete(_telling_key(telling.id), when=Attr("version").eq(telling.version), failure=done)
