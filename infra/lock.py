"""Pins every dependency, and theirs: `python -m infra.lock` writes the requirements files anew.

pip-tools works in a scratch environment, since it must not be part of what it pins. Chalice reads only
requirements.txt.
"""

from __future__ import annotations

import subprocess
import sys
import venv

from infra.build import ROOT

SCRATCH = ROOT / "build" / "lock"
OPTIONS = ["--quiet", "--strip-extras", "--annotation-style=line", "--no-header"]
# What is written must be the same whichever package index it came from.
OPTIONS += ["--no-emit-index-url", "--no-emit-find-links", "--no-emit-trusted-host", "--upgrade"]
FILES = {
    "requirements.txt": ["pyproject.toml"],
    "requirements-dev.txt": ["--extra", "dev", "--extra", "tracing", "pyproject.toml"],
    "local/requirements.txt": ["local/requirements.in"],
    "infra/requirements.txt": ["infra/requirements.in"],
    "tests/browser/requirements.txt": ["tests/browser/requirements.in"],
    "tests/clients/requirements.txt": ["tests/clients/requirements.in"],
    "bench/faulty/requirements.txt": ["bench/faulty/requirements.in"],
}
"""What each pins: the package; environments: developers, local cloud, checkov, browser, clients, faults."""


def main() -> int:
    """The command line; raises CalledProcessError when something cannot be resolved."""
    if not (SCRATCH / "bin" / "pip-compile").exists():
        print("making a scratch environment for pip-tools …", flush=True)
        venv.create(SCRATCH, with_pip=True)
        subprocess.run([SCRATCH / "bin" / "pip", "install", "--quiet", "pip-tools>=7.6"], check=True)
    for file, source in FILES.items():
        print(f"pinning {file} …", flush=True)
        subprocess.run([SCRATCH / "bin" / "pip-compile", *OPTIONS, "-o", file, *source], cwd=ROOT, check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
