"""Looks the pinned dependencies up among known vulnerabilities: `python -m infra.audit`.

A known vulnerability in what is shipped fails; one in our tools is told. So is a service that does not
answer: whether a change is good must not depend on somebody else's server.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from infra.build import ROOT
from infra.lock import FILES

Dependency = dict[str, Any]

SHIPPED = "requirements.txt"


def ask(file: str) -> list[Dependency] | None:
    """What pip-audit knows of each pinned dependency; None when it could not ask."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", file, "--no-deps", "--disable-pip"]
    command += ["--format", "json", "--progress-spinner", "off", "--timeout", "10"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    try:
        found: list[Dependency] = json.loads(done.stdout)["dependencies"]
    except ValueError:
        return None
    return found


def report(file: str, found: list[Dependency] | None) -> bool:
    """Print what was found; False for a known vulnerability in what is shipped."""
    asked = [one for one in found or [] if "skip_reason" not in one]
    bad = [(one, hole) for one in asked for hole in one["vulns"]]
    for one, hole in bad:
        fixed = ", ".join(hole["fix_versions"]) or "no version yet"
        print(f"  {one['name']} {one['version']}: {hole['id']}, mended in {fixed}")
    if not asked:
        print(f"audit of {file}: NOT DONE, the service did not answer")
    else:
        unknown = f", {len(found or []) - len(asked)} unknown to the service" if found != asked else ""
        print(f"audit of {file}: {len(bad) or 'no'} known vulnerabilities in {len(asked)}{unknown}")
    return not bad or file != SHIPPED


def main() -> int:
    """The command line; exit code 1 when what is shipped has a known vulnerability."""
    clean = [report(file, ask(file)) for file in FILES]
    return 0 if all(clean) else 1


if __name__ == "__main__":
    sys.exit(main())
