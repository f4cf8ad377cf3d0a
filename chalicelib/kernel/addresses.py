"""E-mail addresses in their one form."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator

from chalicelib.kernel.model import Described, Line

_PLAIN = re.compile(r"([A-Za-z0-9_+-]{1,64}(?:\.[A-Za-z0-9_+-]{1,63})*)@([A-Za-z0-9.-]{1,253})", re.ASCII)
"""An address whose local part nobody doubts, so that all there is to check is its domain."""


def normal_email(text: str) -> str:
    """The address in its one form: domain in lower-case Unicode NFC, local part as written.

    Raises ValueError when it is no address (RFC 5321 and 6531, IDNA 2008, by email-validator).
    """
    plain = _PLAIN.fullmatch(text.strip())
    if plain is None or len(plain[1]) > 64 or len(plain[0]) > 254:
        return _checked(text.strip())
    return f"{plain[1]}@{_checked_domain(plain[2])}"


@lru_cache(maxsize=1000)
def _checked_domain(domain: str) -> str:
    """The domain in its one form; kept, since the addresses of many people have few domains."""
    return domain_of(_checked(f"a@{domain}"))


def _checked(text: str) -> str:
    from email_validator import EmailNotValidError, validate_email

    try:
        checked = validate_email(text, check_deliverability=False, strict=True)
    except EmailNotValidError:
        raise ValueError("is not an e-mail address") from None
    return checked.normalized


def normal_domain(text: str) -> str:
    """A domain as it stands in a normal address (`Engines.Example.` is `engines.example`).

    Raises ValueError for what no address can have behind its @.
    """
    try:
        return domain_of(normal_email(f"postmaster@{text.strip().rstrip('.')}"))
    except ValueError:
        raise ValueError("is not a domain") from None


def domain_of(address: str) -> str:
    """The domain of a normal address."""
    return address.rpartition("@")[2]


def ascii_domain(domain: str) -> str:
    """The domain as the DNS has it: by IDNA 2008, to which `straße.de` is not `strasse.de`.

    Raises ValueError for what cannot be a domain; one in ASCII comes back as it is.
    """
    if domain.isascii():
        return domain.encode("idna").decode("ascii")  # checks the labels' lengths
    import idna

    return idna.encode(domain, uts46=True).decode("ascii")


Domain = Annotated[str, Line(253), AfterValidator(normal_domain)]
EmailAddress = Annotated[str, Line(254), AfterValidator(normal_email), Described("format", "idn-email")]
