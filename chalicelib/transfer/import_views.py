"""What is asked of imports over HTTP, and what is told of them."""

from typing import Annotated, Literal, Self

from pydantic import Field

from chalicelib.customers.changes import Outcome
from chalicelib.kernel.http.paging import PageParameters
from chalicelib.kernel.model import Line, Model, Utc
from chalicelib.transfer.import_model import Import, State
from chalicelib.transfer.proposing import Proposal
from chalicelib.transfer.reading.dialect import Dialect, Format

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
