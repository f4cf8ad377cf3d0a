"""The certificate of an erasure: what went, what remains, until when and why."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.kernel.errors import Conflict
from chalicelib.privacy.model import Certificate, Erasure, Remainder

_WHILE = (
    (
        "idempotency_answers",
        2,
        "answers to repeated requests, and addresses that asked for a link; they expire",
    ),
    ("queues", 14, "messages that failed and wait in dead letters; of somebody erased they do nothing"),
    ("files", 30, "files, plans and results of imports, and files of exports, that held them; they expire"),
    ("bus_archive", 30, "published events: ids, enums and numbers, and none of their data"),
    ("backups", 35, "the table's point-in-time recovery; after a restore the erasure is asked for again"),
    ("seen_mails", 400, "hashes that keep a mail from being filed twice; they expire"),
)
"""What leaves by itself, the days after which it surely has, and what it is."""


def certify(erasure: Erasure) -> Certificate:
    """What is to be shown for a finished erasure. Raises Conflict `not_finished` for another."""
    if erasure.finished_at is None:
        raise Conflict("This erasure is not finished.", code="not_finished")
    removed = dict(erasure.removed)
    remains = [
        Remainder(what=what, why=why, until=erasure.finished_at + timedelta(days=days))
        for what, days, why in _WHILE
    ]
    told = erasure.model_dump(exclude={"id", "version", "state", "removed", "finished_at"})
    return Certificate(
        erasure_id=erasure.id,
        finished_at=erasure.finished_at,
        removed=removed,
        remains=[*_for_good(removed), *remains],
        **told,
    )


def _for_good(removed: dict[str, int]) -> list[Remainder]:
    found = [
        Remainder(what="certificate", why="ids, counts and times, to show that it was done"),
        Remainder(
            what="unnamed_texts", why="of requests that failed half-way, if any; nothing leads to them"
        ),
    ]
    if removed.get("responses_reduced"):
        why = "responses without person, words and custom fields, so that statistics keep their counts"
        found.append(Remainder(what="reduced_responses", why=why))
    if removed.get("identities") or removed.get("suppressions"):
        why = "keyed hashes of their addresses, so that nobody mails them again after an import"
        found.append(Remainder(what="suppressions", why=why))
    return found
