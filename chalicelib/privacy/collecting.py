"""Collects what we know of a person: a job that writes it all into ZIP files, a volume a step.

Most people fit into one volume. A step that runs out of time or room closes its volume, and the next step
goes on behind the last entry that was written. A repeated step writes its volume anew under the same name.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from chalicelib.customers import erasure as customers
from chalicelib.kernel import blobs, ids
from chalicelib.kernel.blobs import StoredObject
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import Conflict, NotFound, Repeated
from chalicelib.kernel.work import Work
from chalicelib.privacy import store
from chalicelib.privacy.events import AccessAdvanced, AccessFinished, AccessHandedOut, AccessRequested
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
    from chalicelib.privacy.keepers import Files, Records

STEP_SECONDS = 120
"""After which a volume is closed; reading and packing ten thousand events takes a few seconds."""
MAX_VOLUME = 2_000_000_000
"""Bytes of a volume, roughly: what every unpacker takes."""
LINK_SECONDS = 900

_README = """This archive holds what {business} keeps about you (Art. 15 and 20 GDPR).

There is a folder for each number under which you were known, in it:

profile.jsonl    who you are to us
timeline.jsonl   what happened between us, oldest first
tickets.jsonl    what you asked of us
messages.jsonl   mails both ways and notes, with addresses and subjects
feedback.jsonl   what you said in surveys
messages/        mails as they came (.eml), long texts (.json.gz), attachments

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
    customers.require_not_buried(work, customer_id)
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
        after = _Filling(volume, access).fill()
        _describe(volume, after, number + 1)
    written = [*access.volumes, Volume(number=number + 1, size=volume.size)]
    _hand_over(work, after.model_copy(update={"volumes": written}))


def _volume_key(access_request_id: str, number: int) -> str:
    return f"{store.folder(access_request_id)}access-{number}.zip"


def _describe(volume: Archive, access: StoredAccessRequest, number: int) -> None:
    manifest = {
        "access_request_id": access.id,
        "customer_ids": access.customer_ids,
        "collected_at": ids.stamp(ids.now()),
        "volume": number,
        "is_last_volume": _is_complete(access),
        "counts": access.counts,
    }
    volume.add("README.txt", [_README.format(business=settings().business_name).encode()])
    volume.add("manifest.json", [json.dumps(manifest, indent=2).encode()])


def _sections(access: StoredAccessRequest) -> list[tuple[str, str, Records | None, Files | None]]:
    """In their order: the name, the customer's id, and what is read: records, or files."""
    from chalicelib.privacy.keepers import KEEPERS  # every feature's part, which only steps need

    found: list[tuple[str, str, Records | None, Files | None]] = []
    for customer_id in access.customer_ids:
        for keeper in KEEPERS:
            name = f"{customer_id}/{keeper.name}"
            if keeper.records:
                found.append((name, customer_id, keeper.records, None))
            if keeper.files:
                found.append((name, customer_id, None, keeper.files))
    return found


def _is_complete(access: StoredAccessRequest) -> bool:
    return access.section == len(_sections(access))


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


class _Filling:
    """One volume being filled: where it is, what it counted, and whether there is time and room for more."""

    def __init__(self, volume: Archive, access: StoredAccessRequest) -> None:
        self.volume, self.access = volume, access
        self.counts = Counter(access.counts)
        self.done = access.done
        self.until = time.monotonic() + STEP_SECONDS

    def fill(self) -> StoredAccessRequest:
        """Write what there is from where the last volume ended; the job as it is then."""
        sections = _sections(self.access)
        place = self.access.section
        while place < len(sections) and not self.is_over:
            name, customer_id, records, files = sections[place]
            whole = (
                self._records(name, records(customer_id)) if records else
                self._files(name, files(customer_id) if files else iter(()))
            )  # fmt: skip
            if not whole:
                break
            place, self.done = place + 1, 0
        return self.access.model_copy(
            update={"section": place, "done": self.done, "counts": dict(self.counts)}
        )

    @property
    def is_over(self) -> bool:
        return time.monotonic() > self.until or self.volume.size > MAX_VOLUME

    def _records(self, name: str, records: Iterator[dict[str, Any]]) -> bool:
        """Write a section's records; whether all are written."""
        for _ in range(self.done):
            next(records, None)
        first = next(records, None)
        if first is None:
            return True
        rest = _Rest(self, first, records)
        self.volume.add_lines(f"{name}.jsonl", rest)
        return rest.is_whole

    def _files(self, name: str, files: Iterator[StoredObject]) -> bool:
        """Write a section's files, those that are still there; whether all are written."""
        for place, one in enumerate(files):
            if place < self.done:
                continue
            if self.is_over:
                return False
            try:
                first = next(pieces := blobs.stream(one.key), b"")
                self.volume.add(f"{name}/{one.name}", _chained(first, pieces))
                self.counts["files"] += 1
            except NotFound:
                self.counts["files_expired"] += 1  # raw mails leave before their messages
            self.done = place + 1
        return True


def _chained(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


class _Rest:
    """The records from `first` on, counted as they are written, until the volume is full."""

    def __init__(self, filling: _Filling, first: dict[str, Any], records: Iterator[dict[str, Any]]) -> None:
        self._filling, self._first, self._records = filling, first, records
        self.is_whole = False

    def __iter__(self) -> Iterator[dict[str, Any]]:
        record: dict[str, Any] | None = self._first
        while record is not None:
            yield record
            self._filling.counts[f"{record['kind']}s"] += 1
            self._filling.done += 1
            if self._filling.is_over:
                return
            record = next(self._records, None)
        self.is_whole = True


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
