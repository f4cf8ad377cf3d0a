"""Whom a survey invites, when and how often: data on the survey, which invitations/ goes by."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from chalicelib.consent.model import SERVICE, TopicId
from chalicelib.kernel.model import Model

Occasion = Literal["ticket.solved", "customer.registered"]
"""What makes an invitation; which events mean it: invitations/occasions.py."""


class Trigger(Model):
    """An occasion, and how long after it the invitation goes out, unless it is undone by then."""

    on: Occasion
    after_hours: Annotated[int, Field(ge=0, le=8760)] = 0


def _each_once(triggers: list[Trigger]) -> list[Trigger]:
    if len({one.on for one in triggers}) < len(triggers):
        raise ValueError("name an occasion once")
    return triggers


def _rising(days: list[int]) -> list[int]:
    if days != sorted(set(days)):
        raise ValueError("must rise")
    return days


class Inviting(Model):
    """Without triggers only the API invites."""

    triggers: Annotated[list[Trigger], Field(max_length=5), AfterValidator(_each_once)] = []
    sample: Annotated[
        int, Field(ge=1, le=100, description="Percent of the occasions that invite; the same one always.")
    ] = 100
    pause_days: Annotated[
        int,
        Field(ge=0, le=365, description="Nobody whom any survey invited within so many days is invited."),
    ] = 30
    reminders: Annotated[
        list[Annotated[int, Field(ge=1, le=90)]],
        Field(max_length=2, description="Days after the invitation, for those who did not answer."),
        AfterValidator(_rising),
    ] = []
    valid_days: Annotated[int, Field(ge=1, le=90, description="How long its link works.")] = 30
    topic: Annotated[
        TopicId,
        Field(description="What the customer must allow; `service` is allowed unless they denied it."),
    ] = SERVICE
