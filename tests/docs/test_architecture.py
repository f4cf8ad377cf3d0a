"""docs/architecture.md: its list of events, and the feature that it builds as an example."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import app
from chalicelib.kernel.events import registry

ROOT = Path(app.__file__).parent
TEXT = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
LISTING = re.compile(r"^```python\n# (chalicelib/\S+\.py)\n(.*?)^```", re.MULTILINE | re.DOTALL)
EVENT = re.compile(r"^\| `([a-z_]+\.[a-z_]+)` \| (.*) \|$", re.MULTILINE)

USE = """
from tests.api import Api


def test_orders(api: Api) -> None:
    ada = api.post("/v1/customers", {"name": "Ada"}).ok(201)["id"]
    order = {"number": "A-1", "cents": 4900}
    api.post(f"/v1/customers/{ada}/orders", order).ok(201)
    api.post(f"/v1/customers/{ada}/orders", order).problem(409, "order_known")
    assert [one["number"] for one in api.get(f"/v1/customers/{ada}/orders").ok()["data"]] == ["A-1"]
    first = api.get(f"/v1/customers/{ada}/timeline").ok()["data"][0]
    assert (first["type"], first["summary"]) == ("order.placed", "Order A-1")
    nobody = ada[:-1] + ("0" if ada[-1] != "0" else "1")
    api.post(f"/v1/customers/{nobody}/orders", {**order, "number": "A-2"}).problem(404, "no_such_customer")
"""


def test_every_event_is_listed_with_its_fields() -> None:
    chapter = TEXT.split("\n## Events\n")[1].split("\n## ")[0]
    listed = {name: re.findall(r"`(\w+)`", fields) for name, fields in EVENT.findall(chapter)}
    ours = [data for data in registry.values() if data.__module__.startswith("chalicelib.")]
    assert listed == {data.type: list(data.model_fields) for data in ours}


def test_the_example_feature_works(tmp_path: Path) -> None:
    """In a copy of its own, since a process knows each type of event once."""
    for name in ("chalicelib", "infra", "tests"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("app.py", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    for file, code in LISTING.findall(TEXT):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text(code, encoding="utf-8")
    (tmp_path / "chalicelib" / "orders" / "__init__.py").write_text('"""Orders."""\n')
    features = tmp_path / "chalicelib" / "features.py"
    listed = features.read_text(encoding="utf-8")
    mounted = listed.replace("FEATURES = (", 'FEATURES = (\n    "chalicelib.orders.routes",')
    features.write_text(mounted, encoding="utf-8")
    (tmp_path / "tests" / "test_orders.py").write_text(USE, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "tests/test_orders.py"]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
