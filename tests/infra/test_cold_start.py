"""No function imports a heavy newcomer at its start: its modules are counted, which no slow machine changes.

`bench.cold_start` takes the times; here what they follow from is kept.
"""

from __future__ import annotations

import json

import pytest

from bench.cold_start import FLOOR, FUNCTION, handlers
from tests.infra.package import Package

LISTED = "import sys; sys.path[:0] = sys.argv[1:3]\n{code}\nimport json; print(json.dumps(list(sys.modules)))"
MOST_FOREIGN = 12
"""Modules of others that a function may import beside the floor's: parts of what is there already."""
MOST_OURS = 180


@pytest.fixture(scope="module")
def floor(package: Package) -> set[str]:
    return _modules(package, FLOOR)


def _modules(package: Package, code: str) -> set[str]:
    return set(json.loads(package.python(LISTED.format(code=code)).splitlines()[-1]))


def test_a_heavy_newcomer_would_be_seen(package: Package, floor: set[str]) -> None:
    assert len(_modules(package, FLOOR + "\nimport jinja2") - floor) > MOST_FOREIGN


def test_a_function_starts_with_little_more_than_the_floor(package: Package, floor: set[str]) -> None:
    starting = {name: FUNCTION.format(module=module) for name, module in handlers(package).items()}
    starting["APIHandler"] = "import app\n" + FUNCTION.format(module="chalicelib.customers.routes")
    for name, code in starting.items():
        more = _modules(package, code) - floor
        foreign = sorted(module for module in more if not module.startswith("chalicelib"))
        assert len(foreign) <= MOST_FOREIGN, f"{name} imports {', '.join(foreign)}"
        assert len(more) - len(foreign) <= MOST_OURS, f"{name} imports {len(more)} modules of ours"
