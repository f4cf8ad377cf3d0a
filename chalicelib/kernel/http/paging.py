"""Pages of lists, and cursors: opaque, signed, and bound to the query they belong to."""

import base64
import binascii
from typing import Annotated, Generic, TypeVar

from pydantic import ConfigDict, Field

from chalicelib.kernel import tokens
from chalicelib.kernel.errors import BadRequest
from chalicelib.kernel.model import Model

Entity = TypeVar("Entity")


class Parameters(Model):
    """Query parameters: texts that are read as what they stand for; unknown ones are refused."""

    model_config = ConfigDict(strict=False)


class PageParameters(Parameters):
    """What every list takes. A view sees `cursor` opened: the position after which to go on."""

    limit: Annotated[int, Field(ge=1, le=100, description="How many entries at most.")] = 25
    cursor: Annotated[str | None, Field(max_length=1000, description="`next_cursor` of the page before.")] = (
        None
    )


class Page(Model, Generic[Entity]):
    """One page. `next_cursor` is null on the last one; a page may be short and still have a next."""

    data: list[Entity]
    next_cursor: str | None = None


def seal(position: str, query: str) -> str:
    """The cursor for a position in the list that `query` describes."""
    tag = tokens.tag("cursor", f"{query}\n{position}")
    return base64.urlsafe_b64encode(tag + position.encode()).decode().rstrip("=")


def unseal(cursor: str, query: str) -> str:
    """The position in a cursor. Raises BadRequest for one that is forged or of another query."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        given, position = raw[: tokens.TAG_BYTES], raw[tokens.TAG_BYTES :].decode()
    except (binascii.Error, ValueError):
        given, position = b"", ""
    if not tokens.matches("cursor", f"{query}\n{position}", given):
        raise BadRequest("The cursor does not belong to this query.", code="invalid_cursor")
    return position
