"""The cold start of each function, as a multiple of what every such function has to import.

The API function imports a feature with the first request for it, so it is measured with the one that most
requests are for, and with the dearest one.
A fresh interpreter that sees only the package and boto3, as in Lambda, imports the handler and makes its
first client. The floor does the same with boto3, Chalice, one pydantic model and Powertools' Logger and
Metrics alone. CPU time of the process, the least of several runs, taken in turns.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.report import Line, alone, progress, ratio
from chalicelib.features import FEATURES
from tests.infra.package import Package, make

TITLE = "Cold start"
BUDGET = 1.35
RUNS = 12

_FLOOR = """
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
_FUNCTION = """
import importlib
importlib.import_module({module!r})
from chalicelib.kernel import aws
aws.dynamodb()
"""
_CLOCK = "import sys, time; sys.path[:0] = sys.argv[1:3]\n{code}\nprint(time.process_time())"


_API = "chalicelib.customers.routes"
"""What most requests of the API are for."""


def _codes(package: Package) -> dict[str, str]:
    """What to run for each function, and for the API with a feature."""
    modules = handlers(package)
    modules.pop("APIHandler")
    codes = {name: _FUNCTION.format(module=module) for name, module in modules.items()}
    serving = {module: "import app\n" + _FUNCTION.format(module=module) for module in FEATURES}
    progress(f"cold start, looking for the dearest of {len(serving)} features")
    dearest = max(serving, key=lambda module: min(seconds(package, serving[module]) for _ in range(3)))
    api = {f"APIHandler, {module}": serving[module] for module in sorted({_API, dearest})}
    return {"floor": _FLOOR, **api, **codes}


def handlers(package: Package) -> dict[str, str]:
    """The module of each function's handler, by the function's logical id."""
    functions = package.functions()
    return {name: part["Handler"].rpartition(".")[0] for name, part in sorted(functions.items())}


def measure() -> Iterator[Line]:
    with tempfile.TemporaryDirectory() as folder:
        package = make(Path(folder))
        codes = _codes(package)
        best = dict.fromkeys(codes, float("inf"))
        for turn in range(RUNS):
            progress(f"cold start, run {turn + 1} of {RUNS}")
            for name, code in codes.items():
                best[name] = min(best[name], seconds(package, code))
    floor = best.pop("floor")
    yield Line("floor: boto3 and a client, Chalice, pydantic, Powertools", "", f"{floor * 1000:.0f} ms", None)
    for name, figure in best.items():
        yield ratio(f"cold start of {name}", BUDGET, figure / floor, f"{figure * 1000:.0f} ms")


def seconds(package: Package, code: str) -> float:
    """CPU seconds of a fresh interpreter that runs this code, until its end."""
    return float(package.python(_CLOCK.format(code=code)).split()[-1])


if __name__ == "__main__":
    sys.exit(alone(TITLE, measure))
