"""A measurement on the local cloud: on the one that a `cloud.json` names, or on one started for it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from bench.report import Line, progress
from tests.e2e.clouds import PYTHON, Cloud, own


def on_cloud(what: str, cloud_file: str | None, measure: Callable[[Cloud], str]) -> Line:
    """A line that informs of a figure; of none where no local cloud is installed."""
    if cloud_file is not None:
        return Line(what, "", measure(Cloud(Path(cloud_file))), None)
    if not PYTHON.exists():
        return Line(what, "", "not measured: no local cloud is installed (make run installs it)", None)
    progress("the local cloud starts")
    with tempfile.TemporaryDirectory() as folder:
        cloud = own(Path(folder))
        cloud.up()
        try:
            return Line(what, "", measure(cloud), None)
        finally:
            cloud.down()
