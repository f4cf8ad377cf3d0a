"""Whether an article helped: a vote a reader and day, counted exactly, by nobody who is known.

A reader is a keyed hash of their address, browser and the day. It is kept for two days, then nothing tells
who voted; before, nobody without the installation's secret can tell whose hash it is.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from boto3.dynamodb.conditions import Attr

from chalicelib.kernel import table, tokens
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import Conflict, Stale
from chalicelib.kernel.http.visitors import Visitor
from chalicelib.kernel.model import Model
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Work
from chalicelib.knowledge import store

KEPT_FOR = timedelta(days=2)
MOST = 100
"""Votes from one network address a day: an office may share one, a script may change its browser."""


class NewVote(Model):
    helpful: bool


def vote(work: Work, slug: str, helpful: bool, visitor: Visitor) -> None:
    """Count a vote; the same again counts nothing, and another mind moves it: two calls.

    Raises NotFound, Conflict `too_many_votes`.
    """
    day = work.now.astimezone(settings().zone).date().isoformat()
    key, network = _vote_key(slug, visitor, day), _network_key(visitor, day)
    found = table.get_many([store.face_key(slug), key, network])
    article_id = store.public_face(found.get(store.face_key(slug))).article_id
    held = found.get(key)
    if held is None:
        if found.get(network, {}).get("votes", 0) >= MOST:
            raise _too_many()
        _cast(work, key, helpful)
        _allow(work, network)
        _count(work, article_id, {_name(helpful): 1})
    elif held["helpful"] is not helpful:
        moved = Stale("This vote changed meanwhile.")
        work.update(key, assign={"helpful": helpful}, when=Attr("helpful").eq(not helpful), failure=moved)
        _count(work, article_id, {_name(helpful): 1, _name(not helpful): -1})


def _too_many() -> Conflict:
    return Conflict("Too many votes came from here today.", code="too_many_votes", retry_after=86_400)


def _cast(work: Work, key: Key, helpful: bool) -> None:
    item: Item = {**key._asdict(), "helpful": helpful, "expires_at": _until(work.now)}
    work.put(item, unless_exists=Stale("This vote was cast meanwhile."))


def _allow(work: Work, network: Key) -> None:
    few = Attr("votes").not_exists() | Attr("votes").lt(MOST)
    until = {"expires_at": _until(work.now)}
    work.update(network, assign=until, add={"votes": 1}, when=few, failure=_too_many())


def _count(work: Work, article_id: str, additions: dict[str, int]) -> None:
    work.count(store.votes_key(article_id), additions)


def _name(helpful: bool) -> str:
    return "helpful" if helpful else "unhelpful"


def _vote_key(slug: str, visitor: Visitor, day: str) -> Key:
    voter = tokens.keyed_hash("vote", f"{slug} {visitor.address} {day} {visitor.agent}")
    return Key(f"VOTE#{voter}", "VOTE")


def _network_key(visitor: Visitor, day: str) -> Key:
    return Key(f"VOTER#{tokens.keyed_hash('vote', f'{visitor.address} {day}')}", "VOTER")


def _until(now: datetime) -> int:
    return int((now + KEPT_FOR).timestamp())
