"""The AWS emulator (ministack) as a child process: clean environment, saved state, graceful stop."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from local import state
from local.progress import Failed, complain
from local.settings import HOST, REGION, Settings

START_SECONDS = 60
STOP_SECONDS = 20


class Emulator:
    """Start it, wait until it is healthy, stop it. It saves its state only on SIGTERM."""

    def __init__(self, settings: Settings, relay_port: int) -> None:
        """`relay_port` is where it hands over the mails that SES sends, by SMTP."""
        self._settings = settings
        self._relay_port = relay_port
        self._process: subprocess.Popen[bytes] | None = None
        self.log_file = settings.directory / "emulator.log"

    def start(self) -> None:
        """Start, and return when it answers. Raises Failed with the end of its log."""
        home = self._settings.directory
        state.repair(home / "state")
        shutil.rmtree(home / "tmp", ignore_errors=True)
        (home / "tmp").mkdir(parents=True)
        with self.log_file.open("wb") as log:
            self._process = subprocess.Popen(
                [str(Path(sys.executable).parent / "ministack")],
                env=environment(self._settings, self._relay_port),
                cwd=home,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a Ctrl-C is ours: the emulator is stopped last, by us
            )
        _pid_file(self._settings).write_text(str(self._process.pid), encoding="ascii")
        self._wait_until_healthy(self._process)

    def _wait_until_healthy(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            if healthy(self._settings.endpoint_url):
                return
            time.sleep(0.1)
        self.stop()
        raise Failed(f"The emulator did not start. The end of {self.log_file}:\n{self.end_of_log()}")

    def wait(self) -> int:
        """Wait until it ends by itself, which it should not; its exit status."""
        return self._process.wait() if self._process else 0

    def stop(self) -> None:
        """Stop it so that it saves its state."""
        if self._process is None:
            return
        _terminate(self._process.pid, lambda: _exited(self._process))
        _pid_file(self._settings).unlink(missing_ok=True)
        self._process = None

    def end_of_log(self, lines: int = 15) -> str:
        text = self.log_file.read_text(encoding="utf-8", errors="replace") if self.log_file.exists() else ""
        return "\n".join(text.splitlines()[-lines:])


def environment(settings: Settings, relay_port: int) -> dict[str, str]:
    """All that the emulator sees: functions inherit its environment, so nothing of the user's is in it."""
    home = settings.directory
    return {
        "HOME": str(home),
        "TMPDIR": str(home / "tmp"),
        "LANG": "C.UTF-8",
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(settings.ports.cloud),
        "MINISTACK_REGION": REGION,
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "PERSIST_STATE": "1",
        "STATE_DIR": str(home / "state"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(home / "state" / "s3"),
        "AUTH": "true" if settings.enforces_iam else "false",
        "SMTP_HOST": f"{HOST}:{relay_port}",
    }


def healthy(endpoint_url: str) -> bool:
    """Whether the emulator answers."""
    try:
        with urllib.request.urlopen(f"{endpoint_url}/_ministack/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def stop_left_over(settings: Settings) -> None:
    """Stop an emulator of this folder whose cloud was killed, so that its state is saved, not lost."""
    file = _pid_file(settings)
    try:
        pid = int(file.read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return
    if _is_ours(pid, settings):
        complain("An emulator was left over from a killed run; saving its state.")
        _terminate(pid, lambda: not _is_ours(pid, settings))
    file.unlink(missing_ok=True)


def _pid_file(settings: Settings) -> Path:
    return settings.directory / "emulator.pid"


def _is_ours(pid: int, settings: Settings) -> bool:
    """Whether this process is an emulator of this folder: numbers are reused, environments are not."""
    try:
        variables = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return False
    return f"STATE_DIR={settings.directory / 'state'}".encode() in variables


def _exited(process: subprocess.Popen[bytes] | None) -> bool:
    return process is None or process.poll() is not None


def _terminate(pid: int, gone: Callable[[], bool]) -> None:
    """SIGTERM, twice if need be; only then SIGKILL, which loses all since the start, and says so."""
    for number in (signal.SIGTERM, signal.SIGTERM, signal.SIGKILL):
        if gone():
            return
        if number == signal.SIGKILL:
            complain("The emulator does not stop; killing it. What was stored since its start is lost.")
        os.kill(pid, number)
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline and not gone():
            time.sleep(0.05)
