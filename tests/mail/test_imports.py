"""A function that only sends or classifies does not pay for the libraries that read HTML."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("charset_normalizer", "inscriptis", "lxml", "nh3")


def test_heavy_libraries_are_imported_on_first_use() -> None:
    program = (
        "import sys, chalicelib.mail.reading.parse, chalicelib.mail.compose, chalicelib.mail.reading.reports;"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert found.stdout.strip() == "[]"
