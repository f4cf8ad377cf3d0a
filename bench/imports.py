"""Imports a file into a fresh local table by the job's real steps: `python -m bench.imports FILE`.

`--sample 10000` makes a file of so many rows instead. Prints the outcomes, the rate, the most memory that the
process had, and how the rate compares to bare loops that write the same items, 4 transactions at a time. The
table is DynamoDB Local, AWS's own engine, or moto where that is missing; objects lie in a folder.
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
from typing import Any

import boto3
import pytest

from bench.dynamodb_local import Missing, running
from bench.folder import Folder
from bench.report import Line, progress, show
from bench.scene import quiet
from chalicelib.kernel import aws
from chalicelib.kernel.commit import MAX_ACTIONS, commit
from chalicelib.kernel.work import Work
from chalicelib.transfer import import_store, imports
from chalicelib.transfer import running as job
from chalicelib.transfer.import_model import AnalyseImport, Import, NewImport, Setup
from chalicelib.transfer.slices import LANES
from infra.build import resources
from tests.memory import forget, plain_environment

TABLE, BARE, BLIND = "rapport-imports", "rapport-bare", "rapport-blind"
BUDGET = 0.7
COMPARED = 60_000
"""Items that the bare loop writes at most."""


def sample(path: Path, rows: int) -> None:
    """A file of customers: names, an address each, a phone for every second, and some that repeat."""
    with path.open("w", encoding="utf-8") as file:
        file.write("First Name,Last Name,Email,Phone,Company,Tags,Customer ID\n")
        for row in range(rows):
            number = row if row % 50 else row // 2
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
        patch.setattr(job, "STEP_SECONDS", 5)
        forget()
        for name in (TABLE, BARE, BLIND):
            _make(name)
        yield engine
        forget()


def _make(name: str) -> None:
    (found,) = resources("AWS::DynamoDB::Table").values()
    parts = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
    properties: Any = {part: found["Properties"][part] for part in parts}
    boto3.client("dynamodb").create_table(TableName=name, **properties)


def take_in(path: Path, **setup: Any) -> tuple[Import, float]:
    """Import the file; the import when it is over, and the seconds its steps took."""
    made = _commit(lambda work: imports.create(work, NewImport(filename=path.name)))
    folder: Any = aws.s3()
    folder.adopt(import_store.source_key(made.id), path)
    found = _commit(lambda work: imports.analyse(work, made.id, AnalyseImport()))
    mapping = {one.column: one.field for one in found.columns}
    for one in found.columns:
        progress(f"{one.column} → {one.field} ({one.why})")
    _commit(lambda work: imports.start(work, made.id, Setup(mapping=mapping, **setup)))
    began = time.perf_counter()
    while (now := import_store.get(made.id)).state in ("running", "finishing"):
        _commit(lambda work, step=now.step: job.take_step(work, made.id, step))
        view = imports.get(made.id)
        progress(f"{view.rows:,} rows, {view.rate or 0:,.0f} a second, {view.remaining or 0} s to go")
    return now, time.perf_counter() - began


def _commit(act: Any) -> Any:
    work = Work()
    answer = act(work)
    commit(work)
    return answer


def imported() -> list[Any]:
    """What the import wrote, as it is on the wire; the first of it."""
    items: list[Any] = []
    for page in boto3.client("dynamodb").get_paginator("scan").paginate(TableName=TABLE):
        items += [item for item in page["Items"] if not item["pk"]["S"].startswith("IMP#")]
        if len(items) >= COMPARED:
            break
    return items


def bare_loop(items: list[Any], name: str, **condition: Any) -> float:
    """Write the items once more, into an empty table; customers a second."""
    client = aws.dynamodb()

    def write(batch: list[Any]) -> None:
        puts: Any = [{"Put": {"TableName": name, "Item": item, **condition}} for item in batch]
        client.transact_write_items(TransactItems=puts)

    batches = [items[start : start + MAX_ACTIONS] for start in range(0, len(items), MAX_ACTIONS)]
    began = time.perf_counter()
    with ThreadPoolExecutor(LANES) as pool:
        list(pool.map(write, batches))
    customers = [item for item in items if item["sk"]["S"] == "PROFILE"]
    return len(customers) / (time.perf_counter() - began)


def compared(rate: float) -> Iterator[Line]:
    """The rate beside two bare loops: with the condition that keys are free, and without any."""
    items = imported()
    free = bare_loop(items, BARE, ConditionExpression="attribute_not_exists(pk)")
    text = f"{rate / free:.2f} × ({free:,.0f} customers/s)"
    yield Line(
        "to a bare loop of the same items, put where free", f"≥ {BUDGET} ×", text, rate / free >= BUDGET
    )
    blind = bare_loop(items, BLIND)
    yield Line("to one that overwrites blindly", "", f"{rate / blind:.2f} × ({blind:,.0f} customers/s)", None)


def lines(found: Import, seconds: float) -> Iterator[Line]:
    """What is told of an import that is over."""
    assert found.progress is not None
    rows, counts = found.progress.rows, found.progress.counts
    yield Line("outcomes", "", ", ".join(f"{count:,} {name}" for name, count in counts.items()), None)
    yield Line("rate", "", f"{rows / seconds:,.0f} rows/s ({rows:,} rows in {seconds:.1f} s)", None)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield Line("most memory of the process", "", f"{memory:.0f} MB", None)
    if counts.get("created", 0) * 10 > rows * 9 and found.setup and not found.setup.dry_run:
        yield from compared(rows / seconds)


def main(arguments: list[str]) -> int:
    """The command line; exit code 1 when the budget is not met."""
    parser = argparse.ArgumentParser(prog="python -m bench.imports", description=__doc__)
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--sample", type=int, default=10_000, help="rows of a made file, without FILE")
    parser.add_argument("--mode", choices=["create", "update", "upsert"], default="upsert")
    parser.add_argument("--dry-run", action="store_true")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary, table() as engine, pytest.MonkeyPatch.context() as patch:
        path = given.file or Path(temporary) / "sample.csv"
        if given.file is None:
            sample(path, given.sample)
        folder = Folder(Path(temporary) / "objects")
        patch.setattr(aws, "s3", lambda: folder)
        print(f"Import of {path.name} into {engine}")
        found, seconds = take_in(path, mode=given.mode, dry_run=given.dry_run)
        told = list(lines(found, seconds))
        for line in told:
            show(line)
    return int(any(line.ok is False for line in told))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
