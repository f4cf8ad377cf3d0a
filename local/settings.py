"""Where the local cloud lives and which ports it takes; each is an environment variable."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
REGION = "us-east-1"
STAGE = "local"
API_STAGE = "api"
"""The API's stage, as Chalice names it."""
STACK = "rapport-local"
ARTIFACTS_BUCKET = "rapport-local-artifacts"
SECRET_PARAMETER = "/rapport/local/root-secret"
BUSINESS_NAME = "Harbour & Pine"
MAIL_DOMAIN = "harbourpine.example"
SUPPORT_ADDRESS = f"support@{MAIL_DOMAIN}"


class BadSetting(ValueError):
    """An environment variable or option has a value that cannot be used; the message says which."""


@dataclass(frozen=True)
class Ports:
    """The three doors: HTTP for people and programs, SMTP for mail, and the emulator's own."""

    http: int
    smtp: int
    cloud: int


@dataclass(frozen=True)
class Settings:
    """One local cloud. Several may run beside each other with other folders and ports."""

    directory: Path
    ports: Ports
    enforces_iam: bool = False
    """Whether the roles of the functions are enforced, as on AWS."""

    @property
    def api_url(self) -> str:
        return f"http://{HOST}:{self.ports.http}"

    @property
    def endpoint_url(self) -> str:
        return f"http://{HOST}:{self.ports.cloud}"

    @property
    def cloud_file(self) -> Path:
        """The addresses of a running cloud; not there while none runs."""
        return self.directory / "cloud.json"

    def environment(self) -> dict[str, str]:
        """What a child process needs in its environment to mean this same cloud."""
        return {
            "RAPPORT_LOCAL_DIR": str(self.directory),
            "RAPPORT_LOCAL_PORT": str(self.ports.http),
            "RAPPORT_LOCAL_SMTP_PORT": str(self.ports.smtp),
            "RAPPORT_LOCAL_CLOUD_PORT": str(self.ports.cloud),
            ENFORCE_IAM: "yes" if self.enforces_iam else "no",
        }


VARIABLES = {
    "http": ("RAPPORT_LOCAL_PORT", "--port", 8080),
    "smtp": ("RAPPORT_LOCAL_SMTP_PORT", "--smtp-port", 2525),
    "cloud": ("RAPPORT_LOCAL_CLOUD_PORT", "--cloud-port", 4566),
}
"""For each port: its variable, its command line option, its default."""

ENFORCE_IAM = "RAPPORT_LOCAL_ENFORCE_IAM"
_ANSWERS = {"": False, "no": False, "yes": True}


def _port(environment: Mapping[str, str], name: str) -> int:
    variable, _, default = VARIABLES[name]
    text = environment.get(variable) or str(default)
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise BadSetting(f"{variable} must be a port from 1 to 65535, not {text!r}")
    return int(text)


def read(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings that the environment gives. Raises BadSetting, which names the variable."""
    found = os.environ if environment is None else environment
    ports = Ports(**{name: _port(found, name) for name in VARIABLES})
    if len({ports.http, ports.smtp, ports.cloud}) < len(VARIABLES):
        raise BadSetting(f"the ports must differ: {ports.http}, {ports.smtp}, {ports.cloud}")
    enforces_iam = found.get(ENFORCE_IAM, "")
    if enforces_iam not in _ANSWERS:
        raise BadSetting(f"{ENFORCE_IAM} must be yes or no, not {enforces_iam!r}")
    return Settings(
        PROJECT / (found.get("RAPPORT_LOCAL_DIR") or ".local"), ports, enforces_iam=_ANSWERS[enforces_iam]
    )
