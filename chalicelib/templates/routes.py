"""Templates over HTTP. Sending one: mail/routes.py."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from chalicelib.kernel.http.paging import Page, PageParameters
from chalicelib.kernel.http.routes import Routes
from chalicelib.kernel.work import Work
from chalicelib.templates import rendering
from chalicelib.templates import service as templates
from chalicelib.templates.model import (
    Contained,
    NewPreview,
    NewTemplate,
    Preview,
    Publication,
    Template,
    TemplateId,
    TemplatePatch,
    Version,
)

routes = Routes("Templates", __name__)
Number = Annotated[int, Field(ge=1, le=999_999)]


@routes.post("/v1/templates", scope="templates:write", status=201, location="/v1/templates/{id}")
def add_template(body: NewTemplate, work: Work) -> Template:
    """Add a template: a subject with HTML, text or both, in each of its languages. It begins as a draft.

    Placeholders are Jinja2's: `{{ customer.name }}`, `{% if … %}`, `{% for … %}`, and filters such as
    `default`, `join`, `upper`. Macros, includes, assignments and calls are not known here.
    409 `key_taken` when another template has the key.
    """
    return templates.add(work, body)


@routes.get("/v1/templates", scope="templates:read")
def list_templates(query: PageParameters) -> Page[Template]:
    """List templates, newest first. Lags a moment."""
    data, position = templates.newest(limit=query.limit, after=query.cursor)
    return Page(data=data, next_cursor=position)


@routes.get("/v1/templates/{template_id}", scope="templates:read")
def read_template(template_id: TemplateId) -> Template:
    """Read a template. What it says: `GET …/versions/{number}`, of the draft as well."""
    return templates.get(template_id)


@routes.patch("/v1/templates/{template_id}", scope="templates:write")
def change_template(template_id: TemplateId, body: TemplatePatch, work: Work) -> Template:
    """Change a template, by JSON Merge Patch.

    New `contents` go to the draft, language by language; what is published stays in use.
    """
    return templates.change(work, template_id, body)


@routes.delete("/v1/templates/{template_id}", scope="templates:write")
def delete_template(template_id: TemplateId, work: Work) -> None:
    """Take a template out of use and free its key. Its versions stay readable: messages name them."""
    templates.archive(work, template_id)


@routes.post("/v1/templates/{template_id}/publish", scope="templates:write")
def publish_template(template_id: TemplateId, body: Publication, work: Work) -> Template:
    """Put the draft into use, or, with `number`, a version from before: roll back. 409 `no_draft`."""
    return templates.publish(work, template_id, body)


@routes.get("/v1/templates/{template_id}/versions", scope="templates:read")
def list_template_versions(template_id: TemplateId, query: PageParameters) -> Page[Version]:
    """List the versions that were published, newest first."""
    data, position = templates.versions(template_id, limit=query.limit, after=query.cursor)
    return Page(data=data, next_cursor=position)


@routes.get("/v1/templates/{template_id}/versions/{number}", scope="templates:read")
def read_template_version(template_id: TemplateId, number: Number) -> Contained:
    """Read what a version, or the draft, says in each language."""
    return templates.version(template_id, number)


@routes.post("/v1/templates/{template_id}/preview", scope="templates:read")
def preview_template(template_id: TemplateId, body: NewPreview) -> Preview:
    """Fill a template in, to look at. Placeholders that get no value are listed, and shown in brackets."""
    return rendering.preview(template_id, body, rendering.about() | body.values)
