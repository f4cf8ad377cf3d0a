"""What must be true before the local cloud starts, said clearly when it is not."""

from __future__ import annotations

import platform
import socket
import sys
from pathlib import Path

from local.progress import Failed
from local.settings import HOST, PROJECT, VARIABLES, Ports, Settings

APP_PYTHON = PROJECT / ".venv" / "bin" / "python"
"""The environment that builds the package; the cloud has its own."""


def check_machine(system: str = "", version: tuple[int, ...] = ()) -> None:
    """Raise Failed unless this is Linux (WSL is) with Python 3.11 or newer."""
    name = system or platform.system()
    if name != "Linux":
        raise Failed(
            f"The local cloud needs Linux, this is {name}. On Windows use WSL, on a Mac a Linux "
            "virtual machine: the functions' packages are built for Linux. `make test` works here too."
        )
    if (version or sys.version_info[:2]) < (3, 11):
        raise Failed(f"Python 3.11 or newer is needed, this is {platform.python_version()}.")


def check_app_environment(python: Path = APP_PYTHON) -> None:
    """Raise Failed unless the environment that builds the package is there, of our own Python version."""
    if not python.exists():
        raise Failed(f"{python} is missing: run `make run`, which creates both environments.")
    ours = f"python{sys.version_info.major}.{sys.version_info.minor}"
    if not (python.parent.parent / "lib" / ours).exists():
        raise Failed(f"{python} is not {ours}, which the emulator runs: `make clean`, then `make run`.")


def taken(port: int) -> bool:
    """Whether a program listens on this port already, or we may not use it."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((HOST, port))
        except OSError:
            return True
    return False


def free_port() -> int:
    """A port that nobody uses, for a door that only the emulator needs to find."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as door:
        door.bind((HOST, 0))
        port: int = door.getsockname()[1]
    return port


def check_ports(ports: Ports) -> None:
    """Raise Failed with every port that is taken, and the way to choose another."""
    problems = []
    for name, (variable, option, _) in VARIABLES.items():
        port = getattr(ports, name)
        if taken(port):
            problems.append(
                f"Port {port} is taken. Choose another: `make run {variable}=…`, or the option {option} …"
            )
    if problems:
        raise Failed("\n".join(problems))


def check(settings: Settings) -> None:
    """All of it, before anything is started. Raises Failed."""
    check_machine()
    check_app_environment()
    check_ports(settings.ports)
