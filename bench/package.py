"""Sizes of the deployment package and of its template."""

from __future__ import annotations

import sys
import zipfile
from collections import Counter
from collections.abc import Iterator

from bench.built import FOLDER, package
from bench.report import Line, alone
from infra.build import MAX_ZIP

TITLE = "Deployment package"
MAX_TEMPLATE = 1_000_000
"""Bytes of a template that CloudFormation takes from S3."""


def measure() -> Iterator[Line]:
    made = package()
    size = made.stat().st_size
    yield Line("package, zipped", f"≤ {MAX_ZIP / 1e6:.0f} MB", f"{size / 1e6:.1f} MB", size <= MAX_ZIP)
    parts: Counter[str] = Counter()
    with zipfile.ZipFile(made) as archive:
        for entry in archive.infolist():
            parts[entry.filename.partition("/")[0]] += entry.compress_size
    largest = ", ".join(f"{name} {part / 1e6:.1f}" for name, part in parts.most_common(5))
    yield Line("the largest parts of it, MB", "", largest, None)
    template = (FOLDER / "template.json").stat().st_size
    yield Line("template", "≤ 1 MB", f"{template / 1e3:.0f} kB", template <= MAX_TEMPLATE)


if __name__ == "__main__":
    sys.exit(alone(TITLE, measure))
