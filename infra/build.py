"""Builds the deployment package and its template: `python -m infra.build --target aws|local`.

Joins the YAML files of this folder, has `chalice package` add the functions and the API, and leaves in
build/<target>/: deployment.zip, sam.yaml (as Chalice wrote it), template.json (what is deployed) and the
package's bill of materials (infra/sbom.py).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

from infra import archive, sbom
from infra.template import Template, excerpt, merged, resources
from infra.turns import turn

__all__ = ["BuildFailed", "build", "excerpt", "merged", "resources"]

ROOT = Path(__file__).parent.parent
CHALICE = "import sys; from chalice.cli import main; sys.exit(main())"
CACHE = ROOT / ".chalice" / "deployments"
MISSING_WHEEL = "Could not install dependencies"
MAX_ZIP = 15_000_000
"""Bytes; the budget of the package that is deployed. Lambda itself takes 50 MB."""


class BuildFailed(RuntimeError):
    """The package would not work; the message is what Chalice said."""


def chalice_stage(target: str) -> str:
    """The stage of .chalice/config.json: arm64 on AWS, the machine's own architecture locally."""
    if target == "aws":
        return "production"
    return "local-arm64" if platform.machine() in {"aarch64", "arm64"} else "local"


def package(folder: Path, stage: str) -> None:
    """Run `chalice package` into the folder. Raises BuildFailed, also on what Chalice only warns of."""
    merge = folder / "merge.yaml"
    merge.write_text(yaml.safe_dump(merged(), sort_keys=False), encoding="utf-8")
    command = [sys.executable, "-c", CHALICE, "package", "--stage", stage]
    command += ["--template-format", "yaml", "--merge-template", str(merge), str(folder)]
    # Chalice asks for a region as soon as there is an authorizer, though the template is for any.
    environment = {"AWS_DEFAULT_REGION": "us-east-1"} | os.environ
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    if done.returncode or MISSING_WHEEL in said:
        shutil.rmtree(
            CACHE, ignore_errors=True
        )  # the next try would take the broken archive, and say nothing
        raise BuildFailed(said.strip())


def check(template: Template) -> None:
    """Raise BuildFailed when features.py and functions.yaml do not speak of the same functions."""
    for name, part in template["Resources"].items():
        if "Type" not in part:
            raise BuildFailed(f"infra/ says more about {name}, but features.py names nothing like it")
        if part["Type"] == "AWS::Serverless::Function" and "FunctionName" not in part["Properties"]:
            raise BuildFailed(f"features.py leads to {name}, but infra/functions.yaml does not know it")


def finish(template: Template) -> Template:
    """What Chalice cannot say: preflight answers name the origin that the CorsOrigin parameter allows."""
    origin = "method.response.header.Access-Control-Allow-Origin"
    for methods in template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["paths"].values():
        answers = methods.get("options", {}).get("x-amazon-apigateway-integration", {}).get("responses", {})
        for answer in answers.values():
            answer["responseParameters"][origin] = {"Fn::Sub": "'${CorsOrigin}'"}
    return template


def build(target: str, folder: Path | None = None) -> Path:
    """Build for `aws` or `local` into the folder (build/<target>), and return it. Raises BuildFailed."""
    folder = folder or ROOT / "build" / target
    with turn(ROOT / "build" / ".lock"):  # Chalice keeps its archives in one place
        _build(target, folder)
    return folder


def _build(target: str, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    print(f"building for {target}: dependencies, functions, template …", flush=True)
    package(folder, chalice_stage(target))
    archive.finish(folder / "deployment.zip")
    template: Template = yaml.safe_load((folder / "sam.yaml").read_text(encoding="utf-8"))
    check(template)
    (folder / "template.json").write_text(
        json.dumps(finish(template), separators=(",", ":")), encoding="utf-8"
    )
    sbom.write(folder)
    report(folder, budget=MAX_ZIP if target == "aws" else None)


def report(folder: Path, *, budget: int | None = MAX_ZIP) -> None:
    """Print what was built; raise BuildFailed when the package is over its budget.

    The local one has none: wheels for other processors than those of AWS's functions are larger.
    """
    size = (folder / "deployment.zip").stat().st_size
    template = (folder / "template.json").stat().st_size
    if budget is not None and size > budget:
        raise BuildFailed(f"the package has {size / 1e6:.1f} MB, over its budget of {budget / 1e6:.0f} MB")
    print(f"built {folder}: package {size / 1e6:.1f} MB, template {template / 1e3:.0f} kB", flush=True)


def main() -> int:
    """The command line; exit code 1 with Chalice's words when the build failed."""
    parser = argparse.ArgumentParser(prog="python -m infra.build", description=__doc__)
    parser.add_argument("--target", choices=["aws", "local"], default="aws")
    try:
        build(parser.parse_args().target)
    except BuildFailed as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
