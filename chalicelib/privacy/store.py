"""The items of access requests and erasures."""

from __future__ import annotations

from typing import Any

from boto3.dynamodb.conditions import Attr

from chalicelib.kernel import pages, table
from chalicelib.kernel.errors import AlreadyExists, NotFound
from chalicelib.kernel.pages import Query
from chalicelib.kernel.table import Item, Key, key_of
from chalicelib.kernel.work import Work
from chalicelib.privacy.model import StoredAccessRequest, StoredErasure


def erasure_key(erasure_id: str) -> Key:
    return Key(f"ERA#{erasure_id}", "ERASURE")


def access_key(access_request_id: str) -> Key:
    return Key(f"SAR#{access_request_id}", "ACCESS")


def folder(access_request_id: str) -> str:
    """Where the archive's volumes lie in the files bucket."""
    return f"privacy/{access_request_id}/"


def _erasure_item(erasure: StoredErasure) -> Item:
    return {**erasure_key(erasure.id)._asdict(), **erasure.model_dump(mode="json", exclude_none=True)}


def _access_item(access: StoredAccessRequest) -> Item:
    return {
        **access_key(access.id)._asdict(),
        **access.model_dump(mode="json", exclude_none=True),
        "gsi2pk": f"SAR#CUS#{access.customer_ids[0]}",
        "gsi2sk": access.id,
    }


def add_erasure(work: Work, erasure: StoredErasure) -> None:
    work.put(_erasure_item(erasure), unless_exists=AlreadyExists("This erasure exists."))


def replace_erasure(work: Work, erasure: StoredErasure) -> None:
    """Write the next version. Fails with Stale when it is not the next one."""
    work.replace(_erasure_item(erasure), version=erasure.version - 1)


def erasure(erasure_id: str) -> StoredErasure:
    """Raises NotFound."""
    item = table.get(erasure_key(erasure_id))
    if item is None:
        raise NotFound("There is no such erasure.", code="no_such_erasure")
    return StoredErasure.model_validate(item, strict=False)


def add_access(work: Work, access: StoredAccessRequest) -> None:
    work.put(_access_item(access), unless_exists=AlreadyExists("This request exists."))


def replace_access(work: Work, access: StoredAccessRequest) -> None:
    """Write the next version. Fails with Stale when it is not the next one."""
    work.replace(_access_item(access), version=access.version - 1)


def access(access_request_id: str) -> StoredAccessRequest:
    """Raises NotFound."""
    item = table.get(access_key(access_request_id))
    if item is None:
        raise NotFound("There is no such access request.", code="no_such_access_request")
    return _access(item)


def _access(item: Any) -> StoredAccessRequest:
    return StoredAccessRequest.model_validate(item, strict=False)


def access_of_customer(customer_id: str, survivor_id: str, *, limit: int) -> list[StoredAccessRequest]:
    """Some access requests about a customer while they were one with a survivor, as they are now: two calls.

    Only those whose archives are not erased.
    """
    about_them = Attr("customer_ids").contains(customer_id) & Attr("state").ne("erased")
    query = Query(f"SAR#CUS#{survivor_id}", index="gsi2", where=about_them)
    listed = pages.page([query], limit=limit).items
    found = table.get_many(key_of(item) for item in listed)
    return [one for one in map(_access, found.values()) if one.state != "erased"]
