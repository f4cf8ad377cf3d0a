"""The bill of materials lists what is shipped, and is the same for the same package."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from infra import sbom
from tests.infra.package import Package
from tests.infra.test_requirements import lines

METADATA = "Name: Some_Library\nVersion: 1.2\nSummary: Helps.\nLicense-Expression: MIT\n\nLong.\n"
OLD = "Name: older\nVersion: 0.9\nClassifier: License :: OSI Approved :: Apache Software License\n\n"


def packed(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "deployment.zip", "w") as archive:
        archive.writestr("app.py", "")
        archive.writestr("some_library-1.2.dist-info/METADATA", METADATA)
        archive.writestr("older-0.9.dist-info/METADATA", OLD)
        archive.writestr("vendor/hidden-1.dist-info/METADATA", "Name: hidden\nVersion: 1\n\n")
    return folder


def test_what_is_in_the_archive_is_listed(tmp_path: Path) -> None:
    text = sbom.write(packed(tmp_path)).read_text()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    bill = json.loads(text)
    assert {(one["name"], one["version"], one["purl"]) for one in bill["components"]} == {
        ("older", "0.9", "pkg:pypi/older@0.9"),
        ("Some_Library", "1.2", "pkg:pypi/some-library@1.2"),
    }
    [some] = [one for one in bill["components"] if one["name"] == "Some_Library"]
    assert some["licenses"] == [{"license": {"id": "MIT"}}]
    digest = hashlib.sha256((tmp_path / "deployment.zip").read_bytes()).hexdigest()
    assert bill["metadata"]["component"]["hashes"] == [{"alg": "SHA-256", "content": digest}]


def test_the_same_package_has_the_same_bill(tmp_path: Path) -> None:
    first = sbom.write(packed(tmp_path)).read_bytes()
    assert sbom.write(tmp_path).read_bytes() == first


def test_every_pinned_requirement_is_in_the_bill_of_the_package(package: Package) -> None:
    bill = json.loads((package.code.parent / "built" / sbom.NAME).read_text())
    listed = {f"{one['name'].lower().replace('_', '-')}=={one['version']}" for one in bill["components"]}
    pinned = {line.lower().replace("_", "-") for line in lines("requirements.txt") if ";" not in line}
    assert pinned <= listed
