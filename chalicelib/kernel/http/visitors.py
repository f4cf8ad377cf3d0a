"""Who asks without a key: never stored, at most as a keyed hash that nobody can turn back."""

from __future__ import annotations

import re
from typing import NamedTuple

from chalice.app import Request

MAX_LANGUAGES = 10
_LANGUAGE = re.compile(r"([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3})(?:\s*;\s*q=([01](?:\.\d{0,3})?))?")


class Visitor(NamedTuple):
    """The caller's address and browser as they say, and the languages that they read, most wanted first."""

    address: str
    agent: str
    languages: list[str]


def visitor_of(request: Request) -> Visitor:
    """Who sent this request."""
    identity = request.context.get("identity") or {}
    agent = str(request.headers.get("User-Agent") or "")
    languages = accepted(str(request.headers.get("Accept-Language") or ""))
    return Visitor(str(identity.get("sourceIp") or ""), agent[:500], languages)


def accepted(header: str) -> list[str]:
    """The languages of an Accept-Language header (RFC 9110 §12.5.4), most wanted first."""
    found = [_LANGUAGE.fullmatch(part.strip()) for part in header.split(",")[: 2 * MAX_LANGUAGES]]
    wanted = [(float(one[2] or 1), one[1]) for one in found if one]
    ordered = sorted(wanted, key=lambda one: -one[0])
    return [language for quality, language in ordered if quality > 0][:MAX_LANGUAGES]
