"""E-mail addresses in their one form."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from chalicelib.kernel.model import Line


def normal_email(text: str) -> str:
    """The address in its one form: domain in lower-case Unicode NFC, local part as written.

    Raises ValueError when it is no address (RFC 5321 and 6531, IDNA 2008, by email-validator).
    """
    from email_validator import EmailNotValidError, validate_email

    try:
        checked = validate_email(text.strip(), check_deliverability=False, strict=True)
    except EmailNotValidError:
        raise ValueError("is not an e-mail address") from None
    return checked.normalized


EmailAddress = Annotated[str, Line(254), AfterValidator(normal_email)]
