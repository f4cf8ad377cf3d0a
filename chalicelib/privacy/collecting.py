"""Collects what we know of a person: a job that writes it all into ZIP files, a volume a step.

Most people fit into one volume. A step that runs out of time or room closes its volume, and the next step
goes on behind the last entry that was written. A repeated step writes its volume anew under the same name.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from chalicelib.customers import erasure as customers
from chalicelib.customers.burial import require_not_buried
from chalicelib.kernel import blobs, ids
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import Conflict, Repeated
from chalicelib.kernel.work import Work
from chalicelib.privacy import store
from chalicelib.privacy.events import AccessAdvanced, AccessFinished, AccessHandedOut, AccessRequested
from chalicelib.privacy.filling import Filling, sections_of
from chalicelib.privacy.model import (
    KEPT_FOR,
    AccessRequest,
    Links,
    NewAccessRequest,
    RequestedBy,
    StoredAccessRequest,
    Volume,
)

if TYPE_CHECKING:
    from chalicelib.privacy.archive import Archive

LINK_SECONDS = 900

_README = """This archive holds what {business} keeps about you (Art. 15 and 20 GDPR).

There is a folder for each number under which you were known, in it:

{files}
messages/, tickets/  mails as they came (.eml), long texts (.json.gz), attachments

Files that end in .jsonl hold one JSON document a line. What is not here, we do not keep. manifest.json counts
what is here; an archive in several volumes is complete with the last one.
"""


def request(work: Work, customer_id: str, new: NewAccessRequest) -> AccessRequest:
    """Begin to collect what we know of a person, under all their ids. Raises NotFound, also `erased`."""
    group = customers.group(customer_id)
    access = StoredAccessRequest(
        id=ids.new_id("sar", work.now),
        version=1,
        state="running",
        customer_id=customer_id,
        customer_ids=group,
        requested_by=new.requested_by,
        recorded_by=RequestedBy.of(work.principal),
        requested_at=work.now,
    )
    require_not_buried(work, customer_id)
    store.add_access(work, access)
    _record(work, access, AccessRequested(job_id=access.id, step=0, customer_id=customer_id))
    return shown(access)


def _record(
    work: Work,
    access: AccessRequest,
    event: AccessRequested | AccessAdvanced | AccessFinished | AccessHandedOut,
) -> None:
    work.record(store.access_key(access.id).pk, event, customer_id=access.customer_id)


def step(work: Work, access_request_id: str, number: int) -> None:
    """Write a volume. Raises Repeated for a step that was taken, or when its person is erased."""
    access = store.access(access_request_id)
    bucket = settings().files_bucket
    if access.state == "erased":
        blobs.erase(store.folder(access.id), bucket=bucket)  # a step that ran meanwhile may have written
        raise Repeated("The person is erased.")
    if access.state != "running" or access.step != number:
        raise Repeated("This step was taken before.")
    from chalicelib.privacy.archive import archive

    with archive(_volume_key(access.id, number + 1), bucket) as volume:
        after = Filling(volume, access).fill()
        _describe(volume, after, number + 1)
    written = [*access.volumes, Volume(number=number + 1, size=volume.size)]
    _hand_over(work, after.model_copy(update={"volumes": written}))


def _volume_key(access_request_id: str, number: int) -> str:
    return f"{store.folder(access_request_id)}access-{number}.zip"


def _describe(volume: Archive, access: StoredAccessRequest, number: int) -> None:
    from chalicelib.privacy.keepers import KEEPERS

    manifest = {
        "access_request_id": access.id,
        "customer_ids": access.customer_ids,
        "collected_at": ids.stamp(ids.now()),
        "volume": number,
        "is_last_volume": _is_complete(access),
        "counts": access.counts,
    }
    files = "\n".join(f"{one.name + '.jsonl':<20} {one.told}" for one in KEEPERS if one.records)
    readme = _README.format(business=settings().business_name, files=files)
    volume.add("README.txt", [readme.encode()])
    volume.add("manifest.json", [json.dumps(manifest, indent=2).encode()])


def _is_complete(access: StoredAccessRequest) -> bool:
    return access.section == len(sections_of(access))


def _hand_over(work: Work, access: StoredAccessRequest) -> None:
    following: dict[str, Any] = {"version": access.version + 1, "step": access.step + 1}
    complete = _is_complete(access)
    if complete:
        until = work.now + KEPT_FOR
        following |= {"state": "finished", "finished_at": work.now, "available_until": until}
    after = access.model_copy(update=following)
    store.replace_access(work, after)
    if complete:
        _record(work, after, AccessFinished(access_request_id=after.id, customer_id=after.customer_id))
    else:
        _record(work, after, AccessAdvanced(job_id=after.id, step=after.step))


def get(access_request_id: str) -> AccessRequest:
    """Raises NotFound."""
    return shown(store.access(access_request_id))


def links(work: Work, access_request_id: str) -> Links:
    """Hand the archive out, which is recorded. Raises NotFound, Conflict `not_finished`."""
    access = store.access(access_request_id)
    if access.state != "finished" or (access.available_until or work.now) <= work.now:
        raise Conflict("There is no archive to download.", code="no_archive", state=access.state)
    _record(work, access, AccessHandedOut(access_request_id=access.id, customer_id=access.customer_id))
    bucket = settings().files_bucket
    urls = [
        blobs.link(
            _volume_key(access.id, one.number),
            seconds=LINK_SECONDS,
            filename=f"{access.id}-{one.number}.zip",
            bucket=bucket,
        )
        for one in access.volumes
    ]
    return Links(urls=urls, expires_in=LINK_SECONDS)


def shown(access: StoredAccessRequest) -> AccessRequest:
    """The request without what only the job needs."""
    return AccessRequest.model_validate(access.model_dump(include=set(AccessRequest.model_fields)))
