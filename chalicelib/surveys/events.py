"""What is recorded about surveys."""

from typing import ClassVar

from chalicelib.kernel.events import EventData


class SurveyChanged(EventData):
    """`changed` is `created` or `published` or `closed` or `deleted`, else it names the fields."""

    type: ClassVar[str] = "survey.changed"
    audited: ClassVar[bool] = True
    survey: str
    survey_version: int
    number: int
    changed: list[str]
