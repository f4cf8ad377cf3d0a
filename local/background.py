"""The cloud in the background: start it and return when it is ready, stop it from elsewhere."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from local import lock
from local.emulator import stop_left_over
from local.progress import Failed, say
from local.settings import PROJECT, Settings

START_SECONDS = 600
STOP_SECONDS = 120


def start(settings: Settings, options: list[str]) -> int:
    """Start `up` in the background, show its progress, return when it is ready: 0, or its exit status."""
    log_file = settings.directory / "up.log"
    settings.directory.mkdir(parents=True, exist_ok=True)
    settings.cloud_file.unlink(missing_ok=True)
    with log_file.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "local", "up", *options],
            cwd=PROJECT,
            env={**os.environ, **settings.environment()},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    status = _watch(process, settings.cloud_file, log_file)
    if status is None:
        process.terminate()
        raise Failed(f"It was not ready after {START_SECONDS} s; see {log_file}")
    return status


def _watch(process: subprocess.Popen[bytes], ready: Path, log_file: Path) -> int | None:
    """Print what it logs until it is ready (0) or ended (its status); None when the time ran out."""
    deadline = time.monotonic() + START_SECONDS
    with log_file.open(encoding="utf-8", errors="replace") as log:
        while time.monotonic() < deadline:
            status = 0 if ready.exists() else process.poll()
            print(log.read(), end="", flush=True)
            if status is not None:
                return status
            time.sleep(0.2)
    return None


def stop(settings: Settings) -> None:
    """Stop the cloud of this folder gracefully; nothing running is fine. Raises Failed."""
    pid = lock.holder(settings.directory / "lock")
    if pid is None:
        stop_left_over(settings)
        say("Not running.")
        return
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while lock.holder(settings.directory / "lock") is not None:
        if time.monotonic() > deadline:
            raise Failed(f"Process {pid} does not stop; see {settings.directory / 'up.log'}")
        time.sleep(0.1)
    say("Stopped.")
