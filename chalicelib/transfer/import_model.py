"""An import: a file of rows on its way into the customers, how it is to be read, and how far it came."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from chalicelib.consent.model import TopicId
from chalicelib.customers.changes import Outcome
from chalicelib.customers.identity import Source
from chalicelib.customers.model import CustomerId, Stage, Tags
from chalicelib.customers.row_rules import Match, Mode
from chalicelib.kernel import ids
from chalicelib.kernel.model import Model, Stored, Utc, each_once
from chalicelib.transfer.mapping import TargetField
from chalicelib.transfer.reading.dialect import MAX_COLUMNS, MAX_LABEL, Dialect

ImportId = Annotated[str, ids.id_of("imp")]
State = Literal[
    "awaiting_upload", "ready", "running", "finishing", "finished", "cancelled", "failed", "undoing", "undone"
]
OVER: tuple[State, ...] = ("finished", "cancelled", "failed")
"""States in which an import does nothing more and can be undone."""
MAX_OPT_OUT_TOPICS = 20
MAX_BYTES = 5 * 1024**3
"""Of a file: what one presigned PUT can hold."""
Column = Annotated[str, Field(max_length=MAX_LABEL + 20)]


class Setup(Model):
    """How the rows are taken. `mapping` says which column holds which field; the others are ignored.

    `source` names the system whose ids `external_id` columns hold. `stage` is for those who are created,
    `tags` are added to all. A yes in an `opt_out` column takes consent by e-mail back on the
    `opt_out_topics`, without any on all that are active; nothing here gives consent. `results` is the format
    of the files with the rows' outcomes.
    """

    mapping: Annotated[dict[Column, TargetField], Field(min_length=1, max_length=MAX_COLUMNS)]
    mode: Mode = "upsert"
    match: Match | None = None
    dry_run: bool = False
    clear_empty: bool = False
    source: Source = "import"
    stage: Stage = "lead"
    tags: Tags = []
    opt_out_topics: Annotated[
        list[TopicId], Field(max_length=MAX_OPT_OUT_TOPICS), AfterValidator(each_once)
    ] = []
    results: Literal["csv", "jsonl"] = "csv"


class Progress(Stored):
    """Of the import, or of its undoing. `slices` are the parts that are done, `files` those of results.

    `opted_out` counts the rows that took consent by e-mail back; of an undoing, those of which that stays.
    """

    slices: int = 0
    rows: int = 0
    opted_out: int = 0
    counts: dict[str, int] = {}
    files: int = 0
    slice_at: Utc
    """When the current slice began: the time of its changes, in every repeat of it."""

    started_at: Utc
    finished_at: Utc | None = None


class Starter(Stored):
    """Who started it: an API key and the member of staff it acted for."""

    id: str
    actor: str | None = None


class Import(Stored):
    """`etag` is that of the file that was analysed: another one in its place is not taken."""

    id: ImportId
    version: int
    state: State
    filename: str | None = None
    created_at: Utc
    updated_at: Utc
    step: int = 0
    size: int | None = None
    etag: str | None = None
    dialect: Dialect | None = None
    setup: Setup | None = None
    offset: int = 0
    started_by: Starter | None = None
    cancelling: bool = False
    partial: bool = False
    problem: str | None = None
    progress: Progress | None = None
    undo: Progress | None = None


class RowOutcome(Stored):
    """What became of one row; they count from 1, without the header. `param` is the field that rejects it."""

    row: int
    outcome: Outcome
    customer_id: CustomerId | None = None
    code: str | None = None
    reason: str | None = None
    param: str | None = None
    changed: list[str] = []
    candidates: list[str] = []
    opted_out: bool = False
