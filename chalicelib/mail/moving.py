"""Moves messages from a thread to another one, with what answers to them are found by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chalicelib.kernel import blobs, table
from chalicelib.kernel.errors import Conflict, Invalid
from chalicelib.kernel.work import Work
from chalicelib.mail import store, thread_store
from chalicelib.mail.model import StoredMessage
from chalicelib.mail.service import attachment_key

MAX_FILES = 100
"""Attachments that are copied for one move: a call each."""
MAX_MOVES = 5
"""How often one message is moved."""


def of_thread(message_ids: Iterable[str], thread_id: str) -> list[StoredMessage]:
    """These messages of a thread, oldest first: one call.

    Raises Invalid `not_in_ticket` when one is not there, Conflict `moved_too_often`.
    """
    wanted = [store.message_key(message_id) for message_id in message_ids]
    found = [store.stored(item) for item in table.get_many(wanted).values()]
    messages = sorted((one for one in found if one.thread_id == thread_id), key=lambda one: one.id)
    if len(messages) < len(wanted):
        raise Invalid.in_body("message_ids", "names a message that is not here", "not_in_ticket")
    if any(len(one.moved_from) >= MAX_MOVES for one in messages):
        raise Conflict(f"A message is moved {MAX_MOVES} times at most.", code="moved_too_often")
    return messages


def move(work: Work, messages: Sequence[StoredMessage], source: str, target: str) -> None:
    """Move messages: two writes each at most, and before that their attachments are copied.

    Attachments lie with their thread, so that it can be erased alone; copying twice changes nothing. The
    copies that are left behind go when the message is erased. Raises Conflict `too_many_attachments`.
    """
    files = {one.id for message in messages for one in message.attachments if not one.quarantined}
    if len(files) > MAX_FILES:
        sentence = f"Messages with {MAX_FILES} attachments are moved at once, at most."
        raise Conflict(sentence, code="too_many_attachments")
    for sha256 in sorted(files):
        blobs.copy(attachment_key(source, sha256), attachment_key(target, sha256))
    for message in messages:
        store.move(work, message, target)
    thread_store.reindex(work, thread_store.own_thread_keys(messages), source, target)
