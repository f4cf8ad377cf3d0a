"""Custom fields over HTTP: what they are. Their values are in the customers."""

from __future__ import annotations

from chalicelib.customers import defining
from chalicelib.customers.definitions import (
    CustomField,
    Definitions,
    DefinitionsPatch,
    FieldPatch,
    NewField,
)
from chalicelib.customers.model import CustomName
from chalicelib.kernel.http.routes import Routes
from chalicelib.kernel.work import Work

routes = Routes("Custom fields", __name__)


@routes.post("/v1/fields", scope="fields:write", status=201, location="/v1/fields/{name}")
def define_field(body: NewField, work: Work) -> CustomField:
    """Define a custom field. 409 when there is one of that name.

    Values are checked from then on, within half a minute; those that customers have already stay as they are
    until they are given again. A required field must be given when a customer is registered or imported, and
    whenever custom fields are changed; people whom a mail makes known are made without.
    """
    return defining.define(work, body)


@routes.get("/v1/fields", scope="customers:read")
def list_fields() -> Definitions:
    """List the custom fields: all of them, 100 at most."""
    return defining.read()


@routes.patch("/v1/fields", scope="fields:write")
def change_fields(body: DefinitionsPatch, work: Work) -> Definitions:
    """Say whether customers may have values under names that are not defined: unless `closed`."""
    return defining.change_all(work, body)


@routes.get("/v1/fields/{field_name}", scope="customers:read")
def read_field(field_name: CustomName) -> CustomField:
    """Read a custom field."""
    return defining.get(field_name)


@routes.patch("/v1/fields/{field_name}", scope="fields:write")
def change_field(field_name: CustomName, body: FieldPatch, work: Work) -> CustomField:
    """Change a custom field. It keeps its name and its kind (409 `kind_is_fixed`)."""
    return defining.change(work, field_name, body)


@routes.delete("/v1/fields/{field_name}", scope="fields:write")
def remove_field(field_name: CustomName, work: Work) -> None:
    """Remove a custom field's definition. The values that customers have stay, as free ones."""
    defining.remove(work, field_name)
