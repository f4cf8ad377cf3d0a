"""A measurement on the local cloud: on the one that a `cloud.json` names, or on one started for it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.report import Line, progress
from tests.e2e.clouds import PYTHON, Cloud, own


def on_cloud(what: str, cloud_file: str | None, measure: Callable[[Cloud], str]) -> Line:
    """A line that informs of a figure; of none where no local cloud is installed."""
    if cloud_file is None and not PYTHON.exists():
        return Line(what, "", "not measured: no local cloud is installed (make run installs it)", None)
    with given_or_own(cloud_file) as cloud:
        return Line(what, "", measure(cloud), None)


@contextmanager
def given_or_own(cloud_file: str | Path | None) -> Iterator[Cloud]:
    """The cloud of this file; without one, a cloud that is stopped at the end."""
    if cloud_file is not None:
        yield Cloud(Path(cloud_file))
        return
    progress("the local cloud starts")
    with tempfile.TemporaryDirectory() as folder:
        cloud = own(Path(folder))
        cloud.up()
        try:
            yield cloud
        finally:
            cloud.down()
