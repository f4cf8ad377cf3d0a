"""boto3 clients of the emulator; they never look at the user's own AWS profile or credentials."""

from __future__ import annotations

import threading
from typing import Any

import boto3
from botocore.config import Config

from local.settings import REGION

ACCOUNT = "000000000000"


def session() -> boto3.Session:
    """A session of the emulator's root: any twelve digits are its key."""
    return boto3.Session(aws_access_key_id=ACCOUNT, aws_secret_access_key="local", region_name=REGION)


class Clients:
    """`clients("sqs")`: one client a service, made on first use."""

    def __init__(self, endpoint_url: str) -> None:
        self.endpoint_url = endpoint_url
        self._session = session()
        self._made: dict[str, Any] = {}
        self._making = threading.Lock()

    def __call__(self, service: str) -> Any:
        """The client of the service. Not typed: the services' stubs are the developers', not the cloud's."""
        with self._making:  # sessions are not thread-safe, clients are
            if service not in self._made:
                config = Config(retries={"total_max_attempts": 3}, connect_timeout=5, read_timeout=60)
                make: Any = self._session.client
                self._made[service] = make(service, endpoint_url=self.endpoint_url, config=config)
            return self._made[service]
