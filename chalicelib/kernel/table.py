"""The one table: items and their encoding, reads by key, and DynamoDB's errors turned into ours.

An item is a plain dict of str, int, float, bool, None, list and dict (and bytes). `pk` and `sk` are its
key; `gsi1pk`/`gsi1sk` to `gsi3…` place it in the overloaded indexes; `expires_at` (epoch seconds) ends it,
at once for readers, later for DynamoDB's TTL.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from chalicelib.kernel import aws
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import Unavailable

Item = dict[str, Any]

_BUSY = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "ThrottlingException",
        "TransactionInProgressException",
        "LimitExceededException",
    }
)
"""Codes of the 4xx kind that pass; every 5xx does."""
BATCH = 100
"""Keys of one BatchGetItem, at most."""
READERS = 4
"""Calls that read at the same time."""
BATCH_TRIES = 6
"""Calls of one `get_many` at most, while DynamoDB leaves keys for later."""


class Key(NamedTuple):
    pk: str
    sk: str


def key_of(item: Item) -> Key:
    """The key of an item."""
    return Key(item["pk"], item["sk"])


def encode(value: Any) -> Any:
    """A plain value as a DynamoDB attribute value."""
    match value:
        case str():
            return {"S": str(value)}
        case bool():
            return {"BOOL": value}
        case int() | float():
            return {"N": repr(value)}
        case None:
            return {"NULL": True}
        case dict():
            return {"M": {name: encode(inner) for name, inner in value.items()}}
        case list() | tuple():
            return {"L": [encode(inner) for inner in value]}
        case bytes():
            return {"B": value}
    raise TypeError(f"cannot store a {type(value).__name__}")


def decode(attribute: Any) -> Any:
    """The plain value of a DynamoDB attribute value; numbers without a fraction are ints."""
    ((kind, value),) = attribute.items()
    match kind:
        case "S" | "BOOL" | "B":
            return value
        case "N":
            return int(value) if value.lstrip("-").isdecimal() else float(value)
        case "M":
            return decode_item(value)
        case "L":
            return [decode(inner) for inner in value]
        case "NULL":
            return None
    raise TypeError(f"cannot read a {kind}")


def encode_item(item: Item) -> dict[str, Any]:
    """An item as the wire wants it. Most values are texts, which need no call each."""
    return {name: {"S": value} if type(value) is str else encode(value) for name, value in item.items()}


def decode_item(attributes: Any) -> Item:
    """An item from the wire. Most attributes are texts, which need no call each."""
    return {name: value["S"] if "S" in value else decode(value) for name, value in attributes.items()}


@contextmanager
def busy_is_unavailable(service: str = "database") -> Iterator[None]:
    """Turn throttling and outages of DynamoDB, or of another service, into Unavailable; pass others on."""
    try:
        yield
    except ClientError as error:
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        code = error.response["Error"]["Code"].rpartition(".")[2]  # SQS may put its name before
        if code in _BUSY or status >= 500:
            raise Unavailable(f"The {service} is busy; try again.") from error
        raise
    except (HTTPClientError, ConnectionError) as error:
        raise Unavailable(f"The {service} did not answer in time; try again.") from error


def is_live(item: Item) -> bool:
    return "expires_at" not in item or item["expires_at"] > time.time()


def get(key: Key) -> Item | None:
    """The item with this key, strongly consistent: one call."""
    with busy_is_unavailable():
        answer = aws.dynamodb().get_item(
            TableName=settings().table, Key=encode_item(key._asdict()), ConsistentRead=True
        )
    if "Item" not in answer:
        return None
    item = decode_item(answer["Item"])
    return item if is_live(item) else None


def get_many(keys: Iterable[Key]) -> dict[Key, Item]:
    """The items of these keys, strongly consistent: a call for each 100, some at the same time.

    None when there are no keys, and one more where DynamoDB leaves some for later.
    """
    wanted = list(dict.fromkeys(keys))
    if len(wanted) <= BATCH:
        return _get_batch(wanted)
    from concurrent.futures import ThreadPoolExecutor  # few read so many

    batches = [wanted[start : start + BATCH] for start in range(0, len(wanted), BATCH)]
    with ThreadPoolExecutor(READERS) as threads:
        return {key: item for part in threads.map(_get_batch, batches) for key, item in part.items()}


def _get_batch(wanted: list[Key]) -> dict[Key, Item]:
    found: dict[Key, Item] = {}
    pending: Any = [encode_item(key._asdict()) for key in wanted]
    table = settings().table
    tries = 0
    while pending:
        if tries == BATCH_TRIES:
            raise Unavailable("The database is busy; try again.")
        if tries:
            time.sleep(random.uniform(0, 0.05 * 2**tries))  # noqa: S311 - jitter, not a secret
        tries += 1
        with busy_is_unavailable():
            answer: Any = aws.dynamodb().batch_get_item(
                RequestItems={table: {"Keys": pending, "ConsistentRead": True}}
            )
        items = [decode_item(raw) for raw in answer["Responses"].get(table, [])]
        found.update({key_of(item): item for item in items if is_live(item)})
        pending = answer.get("UnprocessedKeys", {}).get(table, {}).get("Keys", [])
    return found
