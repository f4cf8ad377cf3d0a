"""The cold start of each function, as a multiple of what every such function has to import.

The API function imports a feature with the first request for it, so it is measured with the one that most
requests are for, and with the dearest one.
A fresh interpreter that sees only the package and boto3, as in Lambda, imports the handler and makes its
first client. The floor does the same with boto3, Chalice, one pydantic model and Powertools' Logger and
Metrics alone. CPU time of the process, the least of several runs, taken in turns; then the most memory that
it had, and the ten imports of all functions that cost most by themselves (`python -X importtime`).
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bench.report import Line, alone, progress, ratio
from chalicelib.features import FEATURES
from tests.infra.package import Package, make

TITLE = "Cold start"
BUDGET = 1.35
RUNS = 12

FLOOR = """
import boto3
from botocore.config import Config
from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.metrics import Metrics, MetricUnit
from chalice.app import Chalice
from pydantic import BaseModel
class Model(BaseModel):
    name: str
Chalice("floor", configure_logs=False), Logger(service="floor"), Metrics(namespace="Floor", service="floor")
boto3.client("dynamodb", config=Config(retries={"total_max_attempts": 4, "mode": "standard"}))
"""
FUNCTION = """
import importlib
importlib.import_module({module!r})
from chalicelib.kernel import aws
aws.dynamodb()
"""
_CLOCK = """
import sys, time
sys.path[:0] = sys.argv[1:3]
{code}
most = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(time.process_time(), most.split()[1])
"""
COSTLIEST = 10
_TIMED = """
import subprocess, sys
command = [sys.executable, "-X", "importtime", "-I", "-S", "-B", "-c", {code!r}, *sys.argv[1:3]]
print(subprocess.run(command, capture_output=True, text=True, check=True).stderr)
"""

_API = "chalicelib.customers.routes"
"""What most requests of the API are for."""


def _codes(package: Package) -> dict[str, str]:
    """What to run for each function, and for the API with a feature."""
    modules = handlers(package)
    modules.pop("APIHandler")
    codes = {name: FUNCTION.format(module=module) for name, module in modules.items()}
    serving = {module: "import app\n" + FUNCTION.format(module=module) for module in FEATURES}
    progress(f"cold start, looking for the dearest of {len(serving)} features")
    dearest = max(serving, key=lambda module: min(started(package, serving[module]) for _ in range(3)))
    api = {f"APIHandler, {module}": serving[module] for module in sorted({_API, dearest})}
    return {"floor": FLOOR, **api, **codes}


def handlers(package: Package) -> dict[str, str]:
    """The module of each function's handler, by the function's logical id."""
    functions = package.functions()
    return {name: part["Handler"].rpartition(".")[0] for name, part in sorted(functions.items())}


class Start(NamedTuple):
    """CPU seconds and kilobytes of a fresh interpreter at the end of its start."""

    seconds: float
    kilobytes: int


def measure() -> Iterator[Line]:
    with tempfile.TemporaryDirectory() as folder:
        package = make(Path(folder))
        codes = _codes(package)
        starts: dict[str, list[Start]] = {name: [] for name in codes}
        for turn in range(RUNS):
            progress(f"cold start, run {turn + 1} of {RUNS}")
            for name, code in codes.items():
                starts[name].append(started(package, code))
        costly = costliest(package, codes)
    best = {name: min(some) for name, some in starts.items()}
    floor = best.pop("floor")
    said = f"{floor.seconds * 1000:.0f} ms, {floor.kilobytes / 1024:.0f} MB"
    yield Line("floor: boto3 and a client, Chalice, pydantic, Powertools", "", said, None)
    for name, start in best.items():
        said = f"{start.seconds * 1000:.0f} ms, {start.kilobytes / 1024:.0f} MB"
        yield ratio(f"cold start of {name}", BUDGET, start.seconds / floor.seconds, said)
    for module, (milliseconds, importers) in costly.items():
        said = f"{milliseconds:.1f} ms, of {importers} of {len(codes) - 1} starts"
        yield Line(f"costliest imports: {module}", "", said, None)


def costliest(package: Package, codes: dict[str, str]) -> dict[str, tuple[float, int]]:
    """The imports that cost most by themselves: milliseconds where they cost most, in how many starts."""
    found: dict[str, dict[str, float]] = {}
    for name, code in codes.items():
        if name == "floor":
            continue
        inner = "import sys; sys.path[:0] = sys.argv[1:3]\n" + code
        for line in package.python(_TIMED.format(code=inner)).splitlines():
            own, _, module = line.removeprefix("import time:").partition("|")
            if own.strip().isdigit():
                starts = found.setdefault(module.partition("|")[2].strip(), {})
                starts[name] = max(starts.get(name, 0.0), int(own) / 1000)
    ranked = sorted(found, key=lambda module: -max(found[module].values()))
    return {one: (max(found[one].values()), len(found[one])) for one in ranked[:COSTLIEST]}


def started(package: Package, code: str) -> Start:
    """A fresh interpreter that runs this code, until its end."""
    seconds, kilobytes = package.python(_CLOCK.format(code=code)).splitlines()[-1].split()
    return Start(float(seconds), int(kilobytes))


if __name__ == "__main__":
    sys.exit(alone(TITLE, measure))
