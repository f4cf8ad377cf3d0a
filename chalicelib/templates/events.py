"""What is recorded about templates."""

from typing import ClassVar

from chalicelib.kernel.events import EventData


class TemplateChanged(EventData):
    """`changed` is `created` for a new template, `archived` for a deleted one, else it names the fields."""

    type: ClassVar[str] = "template.changed"
    audited: ClassVar[bool] = True
    template_id: str
    template_version: int
    changed: list[str]


class TemplatePublished(EventData):
    """`number` is the version that is in use from now on."""

    type: ClassVar[str] = "template.published"
    audited: ClassVar[bool] = True
    template_id: str
    template_version: int
    number: int
