"""The archive that is deployed: what starts is compiled, what nothing imports is left out."""

from __future__ import annotations

import shutil
from pathlib import Path
from zipfile import ZipFile

import pytest

from infra import archive
from tests.infra.package import Package

UNCHECKED = b"\x01\x00\x00\x00"
"""Flags of bytecode that Python takes without comparing it with its source (PEP 552)."""


@pytest.fixture(scope="module")
def packaged(package: Package) -> Path:
    return package.code.parent / "built" / "deployment.zip"


def _sources(path: Path) -> dict[str, tuple[tuple[int, ...], bytes]]:
    """Date and content of all files, in order; of bytecode, which marshalling may vary, the date only."""
    with ZipFile(path) as opened:
        return {
            entry.filename: (
                entry.date_time,
                b"" if entry.filename.endswith(".pyc") else opened.read(entry),
            )
            for entry in opened.infolist()
        }


def test_what_every_function_imports_is_compiled(package: Package) -> None:
    compiled = {path.name.partition(".")[0] for path in (package.code / "chalicelib").rglob("*.pyc")}
    assert {"work", "commit", "routes", "worker"} <= compiled
    assert list((package.code / "pydantic" / "__pycache__").glob("main.*.pyc"))


def test_bytecode_is_taken_whatever_the_date_of_its_source(package: Package) -> None:
    found = list(package.code.rglob("*.pyc"))
    assert found
    assert all(path.read_bytes()[4:8] == UNCHECKED for path in found)


def test_what_nothing_imports_is_left_out(package: Package) -> None:
    assert [name for name in archive.UNUSED if list(package.code.glob(f"{name}*"))] == []


def test_finishing_again_changes_nothing(packaged: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.zip"
    shutil.copy(packaged, again)
    archive.finish(again)
    assert _sources(again) == _sources(packaged)


def test_every_file_can_be_read_by_the_function(packaged: Path) -> None:
    with ZipFile(packaged) as opened:
        assert {entry.external_attr >> 16 for entry in opened.infolist()} == {0o755}
