"""Imports a file into a fresh local table by the job's real steps: `python -m bench.imports FILE`.

`--sample 10000` makes a file of so many rows instead. Prints the outcomes, the rate, the most memory that the
process had, and how the rate compares to a bare loop. That loop is given, ready for the wire, exactly the
transactions that the import made: the same items under the same conditions, packed alike. It writes them into
an empty table with as many threads, after each step what the step wrote, so that both have the same machine.
The table is DynamoDB Local, AWS's own engine, or moto where that is missing; objects lie in a folder.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from bench.dynamodb_local import Missing, running
from bench.folder import Folder
from bench.report import Line, progress, show
from bench.scene import quiet
from chalicelib.kernel import aws
from chalicelib.kernel.commit import commit
from chalicelib.kernel.work import Work
from chalicelib.transfer import analysing, import_store, imports
from chalicelib.transfer import running as job
from chalicelib.transfer.import_model import Import, Setup
from chalicelib.transfer.import_views import AnalyseImport, NewImport
from chalicelib.transfer.slices import LANES
from tests.engine import make_table
from tests.memory import forget, plain_environment

TABLE, BARE = "rapport-imports", "rapport-bare"
BUDGET = 0.7
STEP_SECONDS = 2
"""Of a step here, so that the two alternate often, and little is kept between them."""


def sample(path: Path, rows: int, first: int = 0) -> None:
    """A file of customers: names, an address each, a phone for every second, and some that repeat."""
    with path.open("w", encoding="utf-8") as file:
        file.write("First Name,Last Name,Email,Phone,Company,Tags,Customer ID\n")
        for row in range(rows):
            number = first + (row if row % 50 else row // 2)
            phone = f"+4930{1000000 + number}" if row % 2 else ""
            file.write(f"Ada,Number {number},ada{number}@example.org,{phone},Engines,a;b,{number}\n")


@contextmanager
def table() -> Iterator[str]:
    """An empty table, and what keeps it."""
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        plain_environment(patch)
        quiet(patch)
        try:
            patch.setenv("AWS_ENDPOINT_URL_DYNAMODB", stack.enter_context(running()))
            engine = "DynamoDB Local"
        except Missing as missing:
            from moto import mock_aws

            stack.enter_context(mock_aws())
            engine = f"moto, since {missing}"
        patch.setenv("RAPPORT_TABLE", TABLE)
        patch.setenv("RAPPORT_FILES_BUCKET", "files")
        patch.setattr(job, "STEP_SECONDS", STEP_SECONDS)
        forget()
        for name in (TABLE, BARE):
            make_table(name)
        yield engine
        forget()


class BareLoop:
    """Keeps the transactions that the import makes of customers, and writes them once more."""

    def __init__(self) -> None:
        client: Any = aws.dynamodb()
        self._write = client.transact_write_items
        self._kept: list[Any] = []
        self.seconds = 0.0
        self.cpu = 0.0
        client.transact_write_items = self._keeping

    def _keeping(self, **request: Any) -> Any:
        """Write a transaction, and keep it; not those of the import's own item, nor those that fail."""
        answer = self._write(**request)
        if not any(_key(action).startswith("IMP#") for action in request["TransactItems"]):
            self._kept.append(request["TransactItems"])
        return answer

    def run(self) -> None:
        """Write what was kept into the other table, with as many threads as the import has lanes."""
        transactions = [[_elsewhere(action) for action in kept] for kept in self._kept]
        self._kept.clear()
        began, cpu = time.perf_counter(), time.process_time()
        with ThreadPoolExecutor(LANES) as pool:
            overtaken = [actions for actions in pool.map(self._done, transactions) if actions]
        for actions in overtaken:  # a change of whom a transaction made that came later
            self._write(TransactItems=actions)
        self.seconds += time.perf_counter() - began
        self.cpu += time.process_time() - cpu

    def forget(self) -> None:
        """Keep no more of what is written."""
        client: Any = aws.dynamodb()
        client.transact_write_items = self._write

    def _done(self, actions: Any) -> Any:
        """None, or the transaction when it came too early."""
        try:
            self._write(TransactItems=actions)
        except aws.dynamodb().exceptions.TransactionCanceledException:
            return actions
        return None


def _key(action: Any) -> str:
    [request] = action.values()
    partition: str = (request.get("Item") or request["Key"])["pk"]["S"]
    return partition


def _elsewhere(action: Any) -> Any:
    return {kind: {**request, "TableName": BARE} for kind, request in action.items()}


class Taken(NamedTuple):
    """An import that is over, the seconds that its steps took, and the seconds of this process's CPU."""

    found: Import
    seconds: float
    cpu: float


def warm_up(folder: Path) -> None:
    """Import a few others first: what an engine and a process need to get going is told of neither loop."""
    path = folder / "few.csv"
    sample(path, 1000, first=8_000_000)
    bare = BareLoop()
    take_in(path, bare)
    bare.forget()


def take_in(path: Path, bare: BareLoop | None = None, **setup: Any) -> Taken:
    """Import the file."""
    made = _commit(lambda work: imports.create(work, NewImport(filename=path.name)))
    folder: Any = aws.s3()
    folder.adopt(import_store.source_key(made.id), path)
    found = _commit(lambda work: analysing.analyse(work, made.id, AnalyseImport()))
    mapping = {one.column: one.field for one in found.columns}
    for one in found.columns:
        progress(f"{one.column} → {one.field} ({one.why})")
    _commit(lambda work: imports.start(work, made.id, Setup(mapping=mapping, **setup)))
    seconds = cpu = 0.0
    while (now := import_store.get(made.id)).state in ("running", "finishing"):
        began, used = time.perf_counter(), time.process_time()
        _commit(lambda work, step=now.step: job.step(work, made.id, step))
        seconds += time.perf_counter() - began
        cpu += time.process_time() - used
        if bare is not None:
            bare.run()
        view = imports.get(made.id)
        progress(f"{view.rows:,} rows, {view.rate or 0:,.0f} a second, {view.remaining or 0} s to go")
    return Taken(now, seconds, cpu)


def _commit(act: Any) -> Any:
    work = Work()
    answer = act(work)
    commit(work)
    return answer


def lines(taken: Taken, bare: BareLoop | None) -> Iterator[Line]:
    """What is told of an import that is over."""
    found, seconds, cpu = taken
    assert found.progress is not None
    rows, counts = found.progress.rows, found.progress.counts
    yield Line("outcomes", "", ", ".join(f"{count:,} {name}" for name, count in counts.items()), None)
    yield Line("rate", "", f"{rows / seconds:,.0f} rows/s ({rows:,} rows in {seconds:.1f} s)", None)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield Line("most memory of the process", "", f"{memory:.0f} MB", None)
    if bare is not None and bare.seconds:
        ratio = bare.seconds / seconds
        text = f"{ratio:.2f} × ({rows / bare.seconds:,.0f} rows/s)"
        yield Line("to a bare loop of the same transactions", f"≥ {BUDGET} ×", text, ratio >= BUDGET)
        text = f"{cpu / rows * 1000:.2f} ms, of the bare loop {bare.cpu / rows * 1000:.2f} ms"
        yield Line("CPU of this process a row", "", text, None)


def main(arguments: list[str]) -> int:
    """The command line; exit code 1 when the budget is not met."""
    parser = argparse.ArgumentParser(prog="python -m bench.imports", description=__doc__)
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--sample", type=int, default=10_000, help="rows of a made file, without FILE")
    parser.add_argument("--mode", choices=["create", "update", "upsert"], default="upsert")
    parser.add_argument("--dry-run", action="store_true")
    parser.add_argument(
        "--alone", action="store_true", help="without the bare loop, which keeps what it needs"
    )
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary, table() as engine, pytest.MonkeyPatch.context() as patch:
        path = given.file or Path(temporary) / "sample.csv"
        if given.file is None:
            sample(path, given.sample)
        folder = Folder(Path(temporary) / "objects")
        patch.setattr(aws, "s3", lambda: folder)
        print(f"Import of {path.name} into {engine}")
        warm_up(Path(temporary))
        bare = None if given.alone else BareLoop()
        taken = take_in(path, bare, mode=given.mode, dry_run=given.dry_run)
        told = list(lines(taken, bare))
        for line in told:
            show(line)
    return int(any(line.ok is False for line in told))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
