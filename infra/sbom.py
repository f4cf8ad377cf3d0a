"""The bill of materials of a package: what is in deployment.zip, as CycloneDX 1.6 in sbom.cdx.json beside it.

It is read from the archive itself, so it lists what is shipped and nothing else; the same archive gives the
same file, byte for byte.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
import uuid
import zipfile
from collections.abc import Iterator
from email.message import Message
from email.parser import BytesHeaderParser
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

PROJECT = Path(__file__).parent.parent / "pyproject.toml"
NAME = "sbom.cdx.json"
_METADATA = re.compile(r"[^/]+\.dist-info/METADATA")


def write(folder: Path) -> Path:
    """Write the bill of the package in a folder, and return its path."""
    archive = folder / "deployment.zip"
    shipped = _shipped(hashlib.sha256(archive.read_bytes()).hexdigest())
    with zipfile.ZipFile(archive) as opened:
        libraries = list(_libraries(opened))
    serial = uuid.uuid5(uuid.NAMESPACE_OID, next(iter(shipped.hashes)).content)
    bom = Bom(serial_number=serial, components=libraries, metadata=BomMetaData(component=shipped))
    bom.metadata.timestamp = None  # type: ignore[assignment]  # optional in CycloneDX, and never twice the same
    bom.register_dependency(shipped, libraries)
    file = folder / NAME
    file.write_text(JsonV1Dot6(bom).output_as_string(indent=1) + "\n", encoding="utf-8")
    return file


def _shipped(digest: str) -> Component:
    """Rapport itself, by the hash of its archive."""
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    return Component(
        type=ComponentType.APPLICATION,
        name=project["name"],
        version=project["version"],
        bom_ref=project["name"],
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest)],
    )


def _libraries(archive: zipfile.ZipFile) -> Iterator[Component]:
    """The distributions in an archive, by the metadata that each brings (PEP 566)."""
    for name in sorted(filter(_METADATA.fullmatch, archive.namelist())):
        said = BytesHeaderParser().parsebytes(archive.read(name))
        url = PackageURL("pypi", None, said["Name"].lower().replace("_", "-"), said["Version"])
        licence = _licence(said)
        yield Component(
            type=ComponentType.LIBRARY,
            name=said["Name"],
            version=said["Version"],
            bom_ref=str(url),
            purl=url,
            description=said["Summary"],
            licenses=[LicenseFactory().make_from_string(licence)] if licence else [],
        )


def _licence(said: Message) -> str:
    """The licence in one line: the expression (PEP 639), else what a classifier calls it."""
    if said["License-Expression"]:
        return str(said["License-Expression"])
    found = [one.rpartition(" :: ")[2] for one in said.get_all("Classifier", []) if one.startswith("License")]
    return found[0] if found else str(said["License"] or "").splitlines()[0] if said["License"] else ""
