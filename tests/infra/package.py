"""A built package on disk, and a way to run its handlers as Lambda would: alone, in a fresh interpreter."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.build import build

BESIDE = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3")
"""What Lambda's runtime has beside the package."""

LAMBDA = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_LAMBDA_FUNCTION_NAME": "rapport-test",
    "PATH": "/usr/bin:/bin",
}
"""Settings that Lambda makes for every function."""

CONTEXT = """
class Context:
    function_name = "rapport-test"
    function_version = "$LATEST"
    memory_limit_in_mb = "512"
    aws_request_id = "00000000-0000-4000-8000-000000000000"
    invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:rapport-test"
    log_group_name = log_stream_name = "test"

    def get_remaining_time_in_millis(self):
        return 10_000
"""
"""The program text of the second argument that Lambda gives a handler."""

RUN = (
    CONTEXT
    + """
import importlib, json, sys
sys.path[:0] = [sys.argv[1], sys.argv[2]]
module, name = sys.argv[3].rsplit(".", 1)
handler = getattr(importlib.import_module(module), name)
event = json.load(sys.stdin)
if event is not None:
    print("\\n" + json.dumps({"answer": handler(event, Context())}))
"""
)


@dataclass(frozen=True)
class Package:
    """A build: its template as data, its code unpacked, and the modules of Lambda's runtime."""

    template: dict[str, Any]
    code: Path
    runtime: Path

    def functions(self) -> dict[str, dict[str, Any]]:
        """The properties of each function by logical id."""
        return {
            name: resource["Properties"]
            for name, resource in self.template["Resources"].items()
            if resource["Type"] == "AWS::Serverless::Function"
        }

    def run(self, handler: str, event: Any, environment: dict[str, str] | None = None) -> Any:
        """Import the handler in a fresh interpreter, call it unless the event is None, return its answer.

        The interpreter sees the standard library, the package and boto3, and only the environment given.
        Raises CalledProcessError, whose notes hold the traceback.
        """
        said = self.python(RUN, handler, event=event, environment=environment)
        return None if event is None else json.loads(said.splitlines()[-1])["answer"]

    def python(
        self, code: str, *arguments: str, event: Any = None, environment: dict[str, str] | None = None
    ) -> str:
        """Run code in such an interpreter, the package's two folders its first arguments; what it prints.

        It writes no bytecode: in Lambda it could not.
        """
        command = [
            sys.executable,
            "-I",
            "-S",
            "-B",
            "-c",
            code,
            str(self.code),
            str(self.runtime),
            *arguments,
        ]
        settings = LAMBDA | (environment or {})
        done = subprocess.run(
            command, input=json.dumps(event), env=settings, capture_output=True, text=True, check=False
        )
        if done.returncode:
            failed = subprocess.CalledProcessError(done.returncode, command[-1])
            failed.add_note(done.stderr)
            raise failed
        return done.stdout


def make(folder: Path) -> Package:
    """Build for this machine into the folder and unpack it."""
    built = build("local", folder / "built")
    code = folder / "code"
    with zipfile.ZipFile(built / "deployment.zip") as archive:
        archive.extractall(code)
    template = json.loads((built / "template.json").read_text())
    return Package(template, code, _runtime(folder / "runtime"))


def _runtime(folder: Path) -> Path:
    """A folder that holds boto3 and what it needs, and nothing else of this environment."""
    folder.mkdir()
    for name in BESIDE:
        found = importlib.util.find_spec(name)
        assert found is not None
        assert found.origin is not None
        origin = Path(found.origin)
        source = origin.parent if origin.name == "__init__.py" else origin
        (folder / source.name).symlink_to(source)
    return folder
