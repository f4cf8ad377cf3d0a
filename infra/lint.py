"""Checks the built template: `python -m infra.lint [--checkov PATH]`, after `python -m infra.build`.

cfn-lint knows what CloudFormation accepts, checkov what is unsafe. checkov is large and pins much, so it
lives in an environment of its own; without --checkov only cfn-lint runs.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from infra.build import ROOT

BUILT = ROOT / "build" / "aws" / "template.json"
RULES = Path(__file__).parent / "checkov.yml"


def cfn_lint(template: Path) -> bool:
    """True when cfn-lint has nothing to say, not even a warning."""
    command = [
        sys.executable,
        "-c",
        "import sys; from cfnlint.runner import main; sys.exit(main())",
        "-t",
        str(template),
    ]
    return _clean("cfn-lint", command)


def checkov(program: Path, template: Path) -> bool:
    """True when checkov finds nothing beyond what checkov.yml explains away."""
    command = [str(program), "--config-file", str(RULES), "--file", str(template.relative_to(ROOT))]
    return _clean("checkov", command)


def _clean(name: str, command: list[str]) -> bool:
    done = subprocess.run(command, cwd=ROOT, check=False)
    print(f"{name}: {'clean' if done.returncode == 0 else 'see above'}", flush=True)
    return done.returncode == 0


def main() -> int:
    """The command line; exit code 1 when a linter complained or there is no build."""
    parser = argparse.ArgumentParser(prog="python -m infra.lint", description=__doc__)
    parser.add_argument("--checkov", type=Path, help="the checkov program")
    program = parser.parse_args().checkov
    if not BUILT.exists():
        print("Nothing is built yet: python -m infra.build --target aws", file=sys.stderr)
        return 1
    clean = [cfn_lint(BUILT)] + ([checkov(program, BUILT)] if program else [])
    return 0 if all(clean) else 1


if __name__ == "__main__":
    sys.exit(main())
