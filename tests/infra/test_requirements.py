"""The pinned requirements are those that pyproject.toml and the .in files ask for."""

from __future__ import annotations

import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from infra.build import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DEVELOPERS = [one for extra in ("dev", "tracing") for one in PROJECT["optional-dependencies"][extra]]


def lines(file: str) -> list[str]:
    """A requirements file without its comments."""
    text = (ROOT / file).read_text(encoding="utf-8").splitlines()
    return [line.partition("#")[0].strip() for line in text if line.partition("#")[0].strip()]


@pytest.mark.parametrize(
    ("file", "asked"),
    [
        ("requirements.txt", PROJECT["dependencies"]),
        ("requirements-dev.txt", [*PROJECT["dependencies"], *DEVELOPERS]),
        ("local/requirements.txt", lines("local/requirements.in")),
        ("infra/requirements.txt", lines("infra/requirements.in")),
        ("tests/browser/requirements.txt", lines("tests/browser/requirements.in")),
        ("tests/clients/requirements.txt", lines("tests/clients/requirements.in")),
    ],
)
def test_every_requirement_is_pinned_to_a_version_that_it_allows(file: str, asked: list[str]) -> None:
    pins = {canonicalize_name(Requirement(line).name): Requirement(line).specifier for line in lines(file)}
    for requirement in map(Requirement, asked):
        [pin] = pins[canonicalize_name(requirement.name)]
        assert pin.operator == "=="
        assert requirement.specifier.contains(pin.version, prereleases=True), requirement


def test_developers_have_what_is_shipped() -> None:
    assert set(lines("requirements.txt")) <= set(lines("requirements-dev.txt"))
