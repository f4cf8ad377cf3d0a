"""How the rows of a batch or of an import are taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from chalicelib.customers.definitions import Definitions
from chalicelib.customers.identity import Identity
from chalicelib.customers.model import Stage

Mode = Literal["create", "update", "upsert"]
Match = Literal["email", "phone", "external_id", "handle"]


@dataclass(frozen=True)
class Rules:
    """How rows are taken. `match` names the one kind of identity that decides who is meant; None: all do.

    `clear_empty` lets an empty value erase a single-valued field. `name` gives the id of whom a row creates.
    `definitions` say which custom fields are required; what the rows say of them is checked already.
    """

    at: datetime
    name: Callable[[int], str]
    definitions: Definitions
    mode: Mode = "upsert"
    match: Match | None = None
    clear_empty: bool = False
    stage: Stage = "lead"
    """Of whom is created by a row that names none."""

    def decides(self, identity: Identity) -> bool:
        kind = "external_id" if identity.kind == "external" else identity.kind
        return self.match in (None, kind)
