"""Where a webhook may go: to public addresses alone, so that nobody reaches into our network through us.

Checked when a URL is saved, and at each try on the very address that is connected to, since a name may lead
elsewhere by then (DNS rebinding).
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import urlsplit

from chalicelib.kernel.addresses import ascii_domain
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import Invalid

HTTPS = 443
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
"""This machine, which may be spoken to without TLS and on any port where that is switched on."""
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Refused(Exception):
    """The name leads to no address that a webhook may go to."""


class Unresolved(Exception):
    """The name leads nowhere."""


@dataclass(frozen=True)
class Target:
    """A URL taken apart: the host in its ASCII form, and what follows it in the request line."""

    host: str
    port: int
    secure: bool
    path: str


def target_of(url: str) -> Target:
    """Raises Invalid for a URL that is not https on port 443, or holds a user or a fragment."""
    try:
        parts = urlsplit(url)
        host, port = ascii_domain(parts.hostname or "").lower(), parts.port
    except (ValueError, UnicodeError):
        raise _bad("is no URL", "invalid_url") from None
    here = settings().webhook_loopback and host in LOOPBACK
    plain = parts.scheme == "http" and here
    if not host or not (parts.scheme == "https" or plain) or not url.isascii() or not url.isprintable():
        raise _bad("must begin with https:// and a host, in ASCII", "invalid_url")
    if "@" in parts.netloc or parts.fragment or " " in url:
        raise _bad("must have no user, no fragment and no spaces", "invalid_url")
    if port not in (None, HTTPS) and not here:
        raise _bad("must use port 443", "refused_port")
    query = f"?{parts.query}" if parts.query else ""
    return Target(host, port or (80 if plain else HTTPS), not plain, (parts.path or "/") + query)


def check(url: str) -> None:
    """Raise Invalid unless the URL leads to public addresses now; one that leads nowhere yet may be saved."""
    try:
        addresses_of(target_of(url))
    except Refused:
        raise _bad("leads to an address that is not public", "refused_address") from None
    except Unresolved:
        return


def _bad(reason: str, code: str) -> Invalid:
    return Invalid.in_body("url", reason, code)


def addresses_of(target: Target) -> list[str]:
    """The addresses to connect to. Raises Refused when any of them is not public, Unresolved without any."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unresolved from None
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not addresses:
        raise Unresolved
    if not all(is_allowed(address) for address in addresses):
        raise Refused
    return addresses


def is_allowed(address: str) -> bool:
    """Whether a webhook may go to this address: a public one, or this machine where that is switched on."""
    parsed = _inner(ipaddress.ip_address(address.partition("%")[0]))
    if parsed.is_loopback:
        return settings().webhook_loopback
    local = isinstance(parsed, IPv6Address) and parsed.is_site_local
    return parsed.is_global and not (parsed.is_multicast or parsed.is_reserved or local)


def _inner(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 one stands for (mapped, 6to4, NAT64), else itself."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address
