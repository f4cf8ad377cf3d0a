"""Memory of each function over many invocations: `python -m bench.memory [--times 1000] [--renew] [NAME …]`.

Every packaged handler runs alone in a fresh interpreter, as in Lambda, and is given recorded events over and
over, with other ids and addresses each time, so that whatever is kept for each of them would pile up. AWS is
played to it by another process as it was recorded (bench/replay.py). As many functions are measured at once
as there are processors: what one holds is no matter to another. What the process holds after all
invocations may hardly be more than after half of them, when everything is imported and all that is to be
kept is kept: neither memory, after the allocator has given back what it spared for later, nor the blocks that
Python allocated. A kilobyte kept of each invocation would be too much. Every answer is compared with the
recorded one. It takes more than an hour on two processors.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from bench import published, varying
from bench.played_events import Recorded, recorded
from bench.report import Line, alone, progress
from bench.served import served
from tests.infra.package import CONTEXT, Package, make

TITLE = "Memory of each function"
TIMES = 50_000
GROWTH_BUDGET = 1.05
"""Of the memory after half of the invocations; what the allocator does comes to some per cent."""
BLOCKS_BUDGET = 1.03
"""Caches with a bound, such as that of addresses, fill for some thousands of invocations."""

_RUN = (
    CONTEXT
    + """
import ctypes, gc, importlib, json, os, sys
sys.path[:0] = [sys.argv[1], sys.argv[2]]
told = os.fdopen(os.dup(1), "w")
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
given = json.load(sys.stdin)
module, name = given["handler"].rsplit(".", 1)
handler = getattr(importlib.import_module(module), name)

give_back = getattr(ctypes.CDLL(None), "malloc_trim", lambda spare: None)  # of glibc

def held():
    gc.collect()
    give_back(0)
    with open("/proc/self/statm") as told:
        pages = int(told.read().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE"), sys.getallocatedblocks()

def same(answer, expected):
    if isinstance(answer, dict) and "statusCode" in answer:
        return answer["statusCode"] == expected["statusCode"]
    return "batchItemFailures" not in expected or answer == expected

texts = [(json.dumps(one["event"]), one["answer"]) for one in given["events"]]
memory, wrong, context = [], 0, Context()
for number in range(given["times"]):
    text, expected = texts[number % len(texts)]
    answer = handler(json.loads(vary(text, number)), context)
    wrong += not same(answer, expected)
    if number + 1 in given["marks"]:
        memory.append(held())
most = next(int(line.split()[1]) * 1024 for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(json.dumps({"memory": memory, "most": most, "wrong": wrong}), file=told, flush=True)
"""
)


class Held(NamedTuple):
    """What a process has after some invocations."""

    memory: int
    """Bytes."""
    blocks: int
    """Pieces that Python allocated."""


class Run(NamedTuple):
    """What it had after half of the invocations, and after all, and at most; how many answers were wrong."""

    early: Held
    late: Held
    most: int
    """Bytes, with all that the allocator had not yet given back."""
    wrong: int


def measure(times: int, wanted: Sequence[str]) -> Iterator[Line]:
    progress("recording events on the cloud in memory")
    scene = recorded()
    with tempfile.TemporaryDirectory() as folder:
        package = make(Path(folder))
        handlers = {name: part["Handler"] for name, part in sorted(package.functions().items())}
        chosen = [name for name in handlers if not wanted or name in wanted]

        def measured(name: str) -> Line:
            progress(f"{name}, {times:,} invocations of {len(scene.events[handlers[name]])} events")
            return line(name, times, hold(package, scene, name, handlers[name], times))

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            yield from pool.map(measured, chosen)
    theirs = f"{published.MEMORY_MB} MB of a whole server, {published.SOURCE}"
    yield Line("for comparison", "", theirs, None)


def hold(package: Package, scene: Recorded, name: str, handler: str, times: int) -> Run:
    """Run a handler so many times. Raises CalledProcessError when it raises."""
    events = scene.events[handler]
    given = {
        "handler": handler,
        "events": [{"event": one.event, "answer": one.answer} for one in events],
        "times": times,
        "marks": [max(times // 2, 1), times],
    }
    code = Path(varying.__file__).read_text(encoding="utf-8") + _RUN
    played = {"name": name, "events": [one.as_json()["exchanges"] for one in events]}
    with served("bench.replay", json.dumps(played).encode()) as url:
        environment = {**scene.environment, "AWS_ENDPOINT_URL": url}
        said = json.loads(package.python(code, event=given, environment=environment))
    return Run(Held(*said["memory"][0]), Held(*said["memory"][-1]), said["most"], said["wrong"])


def line(name: str, times: int, run: Run) -> Line:
    early, late = run.early, run.late
    memory, blocks = late.memory / early.memory, late.blocks / early.blocks
    figure = (
        f"{late.memory / 1e6:.1f} MB after {times:,}, {early.memory / 1e6:.1f} after {times // 2:,}: "
        f"{memory - 1:+.1%}; blocks {blocks - 1:+.2%}; {run.most / 1e6:.1f} MB at most"
    )
    if run.wrong:
        figure += f"; {run.wrong:,} answers not as recorded"
    flat = memory <= GROWTH_BUDGET and blocks <= BLOCKS_BUDGET
    return Line(name, "≤ +5 %", figure, flat and not run.wrong)


def options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Memory of each function over many invocations.")
    parser.add_argument("--times", type=int, default=TIMES, help="invocations of each function")
    parser.add_argument(
        "--renew", action="store_true", help="keep what is measured beside the other functions'"
    )
    parser.add_argument("functions", nargs="*", help="logical ids, such as FeedbackWorker; all by default")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    chosen = options(sys.argv[1:])
    sys.exit(alone(TITLE, lambda: measure(chosen.times, chosen.functions), renews=chosen.renew))
