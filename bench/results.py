"""What the measurements said last, each in a file of bench/results/, with machine, date and versions.

`python -m bench.performance` makes docs/performance.md of them.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from bench.report import Line
from infra.build import ROOT

FOLDER = Path(__file__).parent / "results"
NAMED = ("boto3", "chalice", "moto", "pydantic")
GIGABYTE = 1024**3


class Result(NamedTuple):
    """A part, as it was measured last."""

    part: str
    title: str
    measured_at: str
    seconds: int
    machine: str
    versions: str
    commit: str
    lines: list[Line]


def keep(part: str, title: str, lines: Iterable[Line], seconds: float, *, renews: bool = False) -> None:
    """Write what a part said, instead of what it said before, or of the lines alone that it `renews`."""
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    made = Result(part, title, now, round(seconds), _machine(), _versions(), _commit(), list(lines))
    if renews and (before := kept().get(part)):
        made = renewed(before, made)
    FOLDER.mkdir(exist_ok=True)
    content = made._asdict() | {"lines": [line._asdict() for line in made.lines]}
    text = json.dumps(content, indent=1, ensure_ascii=False)
    (FOLDER / f"{part}.json").write_text(text + "\n", encoding="utf-8")


def renewed(before: Result, after: Result) -> Result:
    """What was measured before, with the lines that were measured again; it names both commits."""
    again = {line.what: line for line in after.lines}
    known = {line.what for line in before.lines}
    lines = [again.get(line.what, line) for line in before.lines]
    lines += [line for line in after.lines if line.what not in known]
    commits = ", ".join(dict.fromkeys([*before.commit.split(", "), after.commit]))
    return after._replace(seconds=before.seconds + after.seconds, commit=commits, lines=lines)


def kept() -> dict[str, Result]:
    """All parts that were measured, by name."""
    found = {}
    for file in sorted(FOLDER.glob("*.json")):
        content = json.loads(file.read_text(encoding="utf-8"))
        lines = [Line(**line) for line in content.pop("lines")]
        found[file.stem] = Result(**content, lines=lines)
    return found


def _machine() -> str:
    pages = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{os.cpu_count()} cores, {_processor()}, {pages / GIGABYTE:.0f} GB, {platform.system()}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())


def _versions() -> str:
    return ", ".join([f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in NAMED)])


def _commit() -> str:
    """The commit that was measured; with a plus when files had changed since."""
    command = ["git", "describe", "--always", "--dirty=+", "--exclude=*"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"
