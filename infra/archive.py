"""Finishes the archive that Chalice wrote: leaves out what nothing imports, adds what makes a start fast.

Lambda cannot write next to the code, so whatever comes without bytecode is compiled anew in every cold start,
which takes longer than running it. What our functions import when they start is therefore shipped compiled.
The archive has no dates and one order, so that the same code makes the same archive.
"""

from __future__ import annotations

import json
import os
import py_compile
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from importlib.util import cache_from_source
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from chalicelib.features import FEATURES
from chalicelib.kernel.http.application import serving

UNUSED = ("dns/", "lxml/includes/", "lxml/isoschematron/", "lxml/objectify", "pydantic/v1/", "requests/")
"""Parts of our dependencies that are for other users of theirs: resolving names, headers of C, old models."""

_IMPORTED = "import app, json, sys; print(json.dumps(sorted(sys.modules)))"

Entries = dict[str, bytes]


def finish(archive: Path) -> None:
    """Write the archive anew. Raises CalledProcessError when app.py cannot be imported."""
    with ZipFile(archive) as old:
        entries = {name: old.read(name) for name in old.namelist() if _is_wanted(name)}
    entries["routes.json"] = json.dumps(serving(FEATURES)).encode()
    entries |= dict(_compiled(entries, _imported()))
    with ZipFile(archive, "w", ZIP_DEFLATED, compresslevel=9) as new:
        for name in sorted(entries):
            new.writestr(_entry(name), entries[name])


def _is_wanted(name: str) -> bool:
    return not name.startswith(UNUSED) and "__pycache__" not in name and not name.endswith("/")


def _entry(name: str) -> ZipInfo:
    """Readable by the function, whoever built it; of no date."""
    entry = ZipInfo(name)
    entry.compress_type, entry.external_attr = ZIP_DEFLATED, 0o755 << 16
    return entry


def _imported() -> list[str]:
    """The modules that functions import when they start, here: the packaged ones may be another machine's."""
    environment = {name: value for name, value in os.environ.items() if name != "AWS_LAMBDA_FUNCTION_NAME"}
    command = [sys.executable, "-c", _IMPORTED]
    done = subprocess.run(
        command, cwd=Path(__file__).parent.parent, env=environment, capture_output=True, text=True, check=True
    )
    modules: list[str] = json.loads(done.stdout)
    return modules


def _compiled(entries: Entries, modules: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Bytecode of those modules that the archive has the source of, which Python takes unasked."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "source.py"), Path(folder, "compiled.pyc")
        for module in modules:
            path = module.replace(".", "/")
            for name in (f"{path}.py", f"{path}/__init__.py"):
                if name in entries:
                    source.write_bytes(entries[name])
                    py_compile.compile(
                        str(source),
                        str(target),
                        dfile=f"/var/task/{name}",
                        doraise=True,
                        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
                    )
                    yield cache_from_source(name), target.read_bytes()
