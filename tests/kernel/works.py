"""Works that write a little, and what came of them."""

from __future__ import annotations

from typing import Any

from chalicelib.kernel import table
from chalicelib.kernel.errors import (
    AlreadyExists,
    NotFound,
    RapportError,
)
from chalicelib.kernel.table import Key
from chalicelib.kernel.work import Work


class Same:
    """Equals any error of a class."""

    def __init__(self, kind: type[RapportError]) -> None:
        self.kind = kind

    def __eq__(self, other: object) -> bool:
        return type(other) is self.kind

    def __hash__(self) -> int:
        return hash(self.kind)


def item(sort_key: str, **more: Any) -> dict[str, Any]:
    return {"pk": "P", "sk": sort_key, "value": 1, **more}


def putting(*sort_keys: str, **more: Any) -> Work:
    work = Work()
    for sort_key in sort_keys:
        work.put(item(sort_key, **more), unless_exists=AlreadyExists("It is there."))
    return work


def overwriting(sort_key: str, value: int) -> Work:
    work = Work()
    work.overwrite({**item(sort_key), "value": value})
    return work


def requiring(sort_key: str) -> Work:
    work = Work()
    work.require(Key("P", sort_key), NotFound("It is not there."))
    return work


def value(sort_key: str) -> Any:
    return (table.get(Key("P", sort_key)) or {}).get("value")


def sizes(transactions: list[Any]) -> list[int]:
    return [len(call["TransactItems"]) for call in transactions]
