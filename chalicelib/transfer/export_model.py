"""An export: who is to be in it, how it is written, and how far it came."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, computed_field

from chalicelib.access.model import StaffId
from chalicelib.customers.model import Customer, OrganisationId, Stage
from chalicelib.kernel import ids
from chalicelib.kernel.model import Line, Model, Stored, Utc, each_once
from chalicelib.transfer.columns import COLUMNS, is_column

ExportId = Annotated[str, ids.id_of("exp")]
State = Literal["queued", "running", "finished", "cancelled", "failed"]
KEPT_FOR = timedelta(days=30)
"""How long the files bucket keeps an export."""


def _known_columns(names: list[str]) -> list[str]:
    if unknown := [name for name in names if not is_column(name)]:
        raise ValueError(
            f"{len(unknown)} of these is no field; there are {', '.join(COLUMNS)}, custom.<name>"
        )
    return each_once(names)


Columns = Annotated[
    list[Annotated[str, Line(60)]], Field(min_length=1, max_length=80), AfterValidator(_known_columns)
]


class ExportFilter(Model):
    """Who is to be in it; of several conditions all must hold. `…_from` is included, `…_before` is not."""

    stage: Stage | None = None
    tag: Annotated[str, Line(50)] | None = None
    owner: StaffId | None = None
    organisation_id: OrganisationId | None = None
    created_from: Utc | None = None
    created_before: Utc | None = None
    updated_from: Utc | None = None
    updated_before: Utc | None = None

    def takes(self, customer: Customer) -> bool:
        """Whether a customer is to be in it."""
        return (
            self.stage in (None, customer.stage)
            and self.owner in (None, customer.owner)
            and self.organisation_id in (None, customer.organisation_id)
            and (self.tag is None or self.tag in customer.tags)
            and _within(customer.created_at, self.created_from, self.created_before)
            and _within(customer.updated_at, self.updated_from, self.updated_before)
        )


def _within(at: Utc, first: Utc | None, before: Utc | None) -> bool:
    return (first is None or first <= at) and (before is None or at < before)


class NewExport(Model):
    """What to export. CSV is UTF-8 with a BOM, comma separated, quoted by RFC 4180; lists are joined by `; `.

    A cell that a spreadsheet would evaluate begins with an apostrophe. JSON Lines holds everything as the
    API answers it. Fields of your own have a column each if `fields` names them as `custom.<name>`; `custom`
    holds the others as JSON.
    """

    format: Literal["csv", "jsonl"] = "csv"
    filter: ExportFilter = ExportFilter()
    fields: Columns = list(COLUMNS)


class Export(Stored):
    """`read` counts the customers looked at, `rows` those written; an hour after `updated_at` it is stuck."""

    id: ExportId
    version: int
    state: State
    format: Literal["csv", "jsonl"]
    filter: ExportFilter
    fields: list[str]
    read: int = 0
    rows: int = 0
    size: int = 0
    reason: str | None = None
    requested_by: str
    created_at: Utc
    started_at: Utc | None = None
    updated_at: Utc
    finished_at: Utc | None = None
    available_until: Utc | None = None
    remaining: Annotated[
        int | None, Field(description="Customers still to read, estimated; null until a quarter is read.")
    ] = None

    @computed_field  # type: ignore[prop-decorator]  # as pydantic documents it
    @property
    def rate(self) -> float | None:
        """Customers read a second so far."""
        seconds = (self.updated_at - self.started_at).total_seconds() if self.started_at else 0
        return round(self.read / seconds, 1) if seconds > 0 else None


class StoredExport(Export):
    """`shard` and `after` say where the next step begins, `before_shard` how many were read up to that shard.

    `parts` names what was written, `carry` what is too small yet to be a part and begins the next one.
    """

    step: int = 0
    shard: int = 0
    before_shard: int = 0
    after: str | None = None
    parts: list[str] = []
    carry: str | None = None

    @property
    def file_key(self) -> str:
        return f"exports/{self.id}/customers.{self.format}"

    def part_key(self, name: str) -> str:
        return f"exports/{self.id}/parts/{name}"


class Download(Model):
    """A link that whoever has it can use until it expires."""

    url: str
    expires_at: Utc
