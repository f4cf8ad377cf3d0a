"""An import: a file of rows on its way into the customers, how it is to be read, and how far it came."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field

from chalicelib.consent.model import TopicId
from chalicelib.customers.changes import Outcome
from chalicelib.customers.identity import Source
from chalicelib.customers.model import CustomerId, Stage, Tags
from chalicelib.customers.upsert import Match, Mode
from chalicelib.kernel import ids
from chalicelib.kernel.http.paging import PageParameters
from chalicelib.kernel.model import Line, Model, Stored, Utc, each_once
from chalicelib.transfer.mapping import TargetField
from chalicelib.transfer.proposing import Proposal
from chalicelib.transfer.reading.dialect import MAX_COLUMNS, MAX_LABEL, Dialect, Format

ImportId = Annotated[str, ids.id_of("imp")]
State = Literal[
    "awaiting_upload", "ready", "running", "finishing", "finished", "cancelled", "failed", "undoing", "undone"
]
OVER: tuple[State, ...] = ("finished", "cancelled", "failed")
"""States in which an import does nothing more and can be undone."""
MAX_OPT_OUT_TOPICS = 20
MAX_BYTES = 5 * 1024**3
"""Of a file: what one presigned PUT can hold."""
Encoding = Literal[
    "utf-8", "utf-16-le", "utf-16-be", "cp1252", "latin-1", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255",
    "cp1256", "iso8859-15", "mac_roman", "gb18030", "big5", "cp932", "cp949",
]  # fmt: skip


class NewImport(Model):
    filename: Annotated[str, Line(200)] | None = None


class Upload(Model):
    """Where the file goes: a PUT of its bytes, without further headers."""

    url: str
    method: Literal["PUT"] = "PUT"
    expires_at: Utc


class AnalyseImport(Model):
    """What you know of the file; what is left out is found out."""

    format: Format | None = None
    encoding: Encoding | None = None
    separator: Annotated[str, Field(min_length=1, max_length=1, pattern='^[^\r\n"\x00]$')] | None = None
    quote: Literal['"', "'"] | None = None
    header: bool | None = None


class Analysis(Model):
    """How the file is read, and for each column what it holds: change what is proposed, then start."""

    import_id: str
    size: int
    dialect: Dialect
    columns: list[Proposal]


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


class CreatedImport(Model):
    """The one time that the link to upload to is shown."""

    id: str
    state: State
    filename: str | None
    created_at: Utc
    upload: Upload


class ImportView(Model):
    """How far it came: `counts` are rows by outcome, `rate` rows a second, `remaining` seconds, estimated.

    `opted_out` are rows that took consent by e-mail back, which stays so when the import is undone.
    `partial` is of a dry run of a file with more identities than it remembers: of its later rows, some that
    repeat an earlier one are told as if they were the first.
    """

    id: str
    version: int
    state: State
    filename: str | None
    created_at: Utc
    updated_at: Utc
    dry_run: bool
    partial: bool
    problem: str | None
    rows: int
    counts: dict[str, int]
    opted_out: int
    bytes_done: int
    bytes_total: int | None
    rate: float | None
    remaining: int | None
    started_at: Utc | None
    finished_at: Utc | None
    undone: dict[str, int] | None

    @classmethod
    def of(cls, found: Import) -> Self:
        """The view of an import, with its rate up to its last checkpoint."""
        progress = found.progress
        seconds = (found.updated_at - progress.started_at).total_seconds() if progress else 0
        is_running = found.state == "running" and found.offset > 0 and found.size
        start = found.dialect.rows_at if found.dialect else 0
        left = ((found.size or 0) - found.offset) / max(1, found.offset - start)
        return cls(
            **found.model_dump(
                include={
                    "id",
                    "version",
                    "state",
                    "filename",
                    "created_at",
                    "updated_at",
                    "problem",
                    "partial",
                }
            ),
            dry_run=bool(found.setup and found.setup.dry_run),
            rows=progress.rows if progress else 0,
            counts=progress.counts if progress else {},
            opted_out=progress.opted_out if progress else 0,
            bytes_done=found.offset,
            bytes_total=found.size,
            rate=round(progress.rows / seconds, 1) if progress and is_running and seconds > 0 else None,
            remaining=round(left * seconds) if is_running else None,
            started_at=progress.started_at if progress else None,
            finished_at=progress.finished_at if progress else None,
            undone=found.undo.counts if found.undo else None,
        )


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


class RowQuery(PageParameters):
    outcome: Outcome | None = None
    of: Annotated[
        Literal["import", "undo"], Field(description="The rows of the import, or of its undoing.")
    ] = "import"


class ResultsQuery(Model):
    of: Literal["import", "undo"] = "import"


class ResultsFile(Model):
    """A gzipped file of outcomes, a line a row."""

    url: str


class Results(Model):
    """Links to the files of outcomes, in order."""

    format: Literal["csv", "jsonl"]
    files: list[ResultsFile]
    expires_at: Utc
