"""What intruders try to get into, and whether they read or changed anything of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import boto3
from moto.core.models import DEFAULT_ACCOUNT_ID as ACCOUNT
from moto.dynamodb.models import dynamodb_backends

from tests.api import Api
from tests.calls import counted
from tests.cloud import WORKERS, Cloud
from tests.intruders.asking import Values


@dataclass(frozen=True)
class House:
    """What intruders try to get into: an ordinary day's data, and its owner."""

    cloud: Cloud
    owner: Api
    values: Values

    def state(self) -> dict[str, str]:
        """All there is: items (by moto itself; its scans are slow), objects, and which queues wait."""
        table = dynamodb_backends[ACCOUNT]["us-east-1"].get_table(self.cloud["Table"])
        found = {
            f"{item.hash_key} {item.range_key}": json.dumps(item.to_json(), sort_keys=True, default=str)
            for item in table.all_items()
        }
        for bucket in ("MailBucket", "FilesBucket"):
            objects = boto3.client("s3").list_objects_v2(Bucket=self.cloud[bucket]).get("Contents", [])
            found |= {one["Key"]: one["ETag"] for one in objects}
        return found | {queue: str(self.cloud._holds(queue)) for queue in WORKERS}

    @contextmanager
    def untouched(self) -> Iterator[None]:
        """Nothing is read, and nothing changes; what the authorizer asks about a key is not counted."""
        with self.unchanged(), counted() as calls:
            yield
        assert calls == []

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """Nothing changes, and nothing is on its way."""
        before = self.state()
        yield
        after = self.state()
        changed = {key for key in before | after if before.get(key) != after.get(key)}
        assert changed == set()
