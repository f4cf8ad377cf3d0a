"""Puts what was sent against what the table, the outbox, the counters and a subscriber say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.faulty.ledger import Entry, counted, named
from bench.faulty.patient import Patient
from bench.faulty.scene import Items
from bench.faulty.traffic import ADDRESSED, ADDRESSES, TAGGED, Sent
from local.outbox import Outbox

UNFINISHED = ("queued", "sending")


def reckon(found: Items, sent: Sent, api: Patient, outbox: Path, told: Counter[str]) -> Iterator[Entry]:
    """The ledger."""
    yield from _responses(found, sent, api)
    yield from _mails_in(found, sent)
    yield from _mails_out(found, sent, outbox)
    yield from _rows(found, sent, api)
    wanted = {event["id"] for event in found.events}
    yield named("events, told to a subscriber of the bus", wanted, wanted & told.keys())


def _responses(found: Items, sent: Sent, api: Patient) -> Iterator[Entry]:
    ids = set(sent.responses)
    ours = [one["id"] for one in found.responses if one["survey"] == sent.mark]
    yield named("responses, stored", ids, ours)
    received = [event for event in found.events if event["type"] == "feedback.received"]
    yield counted("responses, events", len(ids), len(received))
    stats = api.get(f"/v1/feedback/stats?survey={sent.mark}")
    yield counted("responses, counted", len(ids), stats["responses"])
    groups = api.get(f"/v1/feedback/stats/tag?survey={sent.mark}")["groups"]
    tagged = sum(group["responses"] for group in groups if group["value"] == sent.mark)
    yield counted("responses, counted by their tag", -(-len(ids) // TAGGED), tagged)
    writers = min(ADDRESSES, -(-len(ids) // ADDRESSED))
    addresses = {f"r{number}@{sent.mark}.example.org" for number in range(writers)}
    yield named("responses, their writers' customers", addresses, _addresses(found, "r", f"@{sent.mark}."))


def _addresses(found: Items, prefix: str, inside: str) -> list[str]:
    """The addresses of customers that begin and go on so, once for each customer who has it."""
    every = (address for customer in found.customers for address in customer.get("emails") or [])
    return [address for address in every if address.startswith(prefix) and inside in address]


def _mails_in(found: Items, sent: Sent) -> Iterator[Entry]:
    def ours(things: list[Any]) -> list[str]:
        return [one["subject"] for one in things if one["subject"].startswith(f"{sent.mark} in ")]

    yield named("mails in, tickets", sent.mails_in, ours(found.tickets))
    inbound = [message for message in found.messages if message["direction"] == "inbound"]
    yield named("mails in, messages", sent.mails_in, ours(inbound))
    writers = {f"n{number}@{sent.mailed}" for number in range(len(sent.mails_in))}
    yield named("mails in, their writers' customers", writers, _addresses(found, "n", f"@{sent.mailed}"))
    acknowledged = [to for to in _recipients(found) if to.endswith(f"@{sent.mailed}")]
    yield named("mails in, acknowledgements", writers, acknowledged)


def _outbound(found: Items) -> list[Any]:
    return [message for message in found.messages if message["direction"] == "outbound"]


def _recipients(found: Items) -> list[str]:
    return [one["address"] for message in _outbound(found) for one in message["to"]]


def _mails_out(found: Items, sent: Sent, outbox: Path) -> Iterator[Entry]:
    outbound = _outbound(found)
    subjects = [one["subject"] for one in outbound if one["subject"].startswith(f"{sent.mark} out ")]
    yield named("mails out, messages", sent.mails_out, subjects)
    waiting = sum(message["status"] in UNFINISHED for message in outbound)
    uncertain = {message["id"] for message in outbound if message.get("uncertain")}
    gone = [tag for mail in Outbox(outbox).list(1_000_000) for tag in mail.tags.get("message", [])]
    ids = {message["id"] for message in outbound}
    yield named("mails out and acknowledgements, at SES", ids, gone, stuck=waiting, uncertain=uncertain)
    sure = [message["id"] for message in outbound if message["status"] == "delivered"]
    yield named("mails out and acknowledgements, delivered", ids, sure, stuck=waiting)


def _rows(found: Items, sent: Sent, api: Patient) -> Iterator[Entry]:
    yield named("rows, customers", sent.rows, _addresses(found, "i", f"@rows.{sent.mark}."))
    jobs = [api.get(f"/v1/imports/{made}") for made in sent.imports]
    created = sum(job["counts"].get("created", 0) for job in jobs)
    yield counted("rows, counted by their imports", len(sent.rows), created)
    stuck = sum(job["state"] != "finished" for job in jobs)
    yield named("imports, finished", sent.imports, [j["id"] for j in jobs], stuck=stuck)


def unfinished(found: Items) -> int:
    """How many mails are neither sent nor given up."""
    return sum(message["status"] in UNFINISHED for message in _outbound(found))
