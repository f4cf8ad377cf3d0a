"""Policies: which tickets are promised a response and a solution within how many business minutes."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.access.model import TeamId
from chalicelib.customers.model import Stage
from chalicelib.hours.model import CalendarId
from chalicelib.kernel import ids
from chalicelib.kernel.addresses import EmailAddress
from chalicelib.kernel.errors import Conflict, Invalid
from chalicelib.kernel.model import Line, Model, Stored, Utc, each_once
from chalicelib.timeline.model import Channel

PolicyId = Annotated[str, ids.id_of("sla")]
Priority = Literal["low", "normal", "high", "urgent"]
Target = Literal["first_response", "next_response", "resolution"]
TARGETS: tuple[Target, ...] = ("first_response", "next_response", "resolution")

MOST = 30
"""Policies of a business: they are one item, read in one call."""
MAX_BYTES = 28_000

Minutes = Annotated[
    int | None,
    Field(ge=1, le=100_000, description="Business minutes; null or left out: nothing is promised."),
]


class Conditions(Model):
    """Which tickets a policy is for: each list that is not empty must have the ticket's value."""

    stages: Annotated[list[Stage], Field(max_length=10), AfterValidator(each_once)] = []
    priorities: Annotated[list[Priority], Field(max_length=4), AfterValidator(each_once)] = []
    channels: Annotated[list[Channel], Field(max_length=20), AfterValidator(each_once)] = []
    teams: Annotated[list[TeamId], Field(max_length=20), AfterValidator(each_once)] = []
    tags: Annotated[
        list[Annotated[str, Line(50)]],
        Field(max_length=20, description="One of the ticket's tags."),
        AfterValidator(each_once),
    ] = []
    mailboxes: Annotated[
        list[EmailAddress],
        Field(max_length=20, description="Our address that it came to."),
        AfterValidator(each_once),
    ] = []


@dataclass(frozen=True)
class Case:
    """What the choice of a policy goes by, of a ticket; beside its customer's stage."""

    priority: str
    channel: str
    team: str | None
    tags: frozenset[str]
    mailbox: str | None
    customer_id: str | None


class Targets(Model):
    first_response: Minutes = None
    next_response: Minutes = None
    resolution: Minutes = None


class WarnBefore(Model):
    """How long before it is due somebody is warned: business minutes, or a part of the target in percent."""

    minutes: Annotated[int | None, Field(ge=1, le=100_000)] = None
    percent: Annotated[int | None, Field(ge=1, le=99)] = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.minutes is None) is (self.percent is None):
            raise PydanticCustomError("one_unit", "give minutes or percent, one of them")
        return self

    def of(self, target: int) -> float | None:
        """Minutes of business after which to warn, of a target in minutes; None when there is no room."""
        after = target - self.minutes if self.minutes else target * (100 - (self.percent or 0)) / 100
        return after if after > 0 else None


ByPriority = Annotated[
    dict[Priority, Targets],
    Field(
        min_length=1,
        description="What is promised at each priority; for one that is left out, nothing.",
        examples=[{"urgent": {"first_response": 30, "next_response": 60, "resolution": 480}}],
    ),
]
Pauses = Annotated[
    list[Target],
    Field(
        max_length=3,
        description="Which clocks stand still while a ticket is pending or on hold. `resolution` alone: who "
        "waits for an answer is still to get it in time.",
    ),
    AfterValidator(each_once),
]
Position = Annotated[
    int, Field(ge=0, le=MOST, description="Its place: the first policy that matches a ticket is the one.")
]


class NewPolicy(Model):
    """A policy, last unless `position` says where. Without `calendar_id` the default calendar counts."""

    name: Annotated[str, Line(100)]
    conditions: Conditions = Conditions()
    targets: ByPriority
    warn_before: WarnBefore | None = None
    calendar_id: CalendarId | None = None
    pauses: Pauses = ["first_response", "next_response", "resolution"]
    active: bool = True
    position: Position | None = None


class PolicyPatch(Model):
    """A JSON Merge Patch (RFC 7396); conditions and targets are replaced as a whole."""

    name: Annotated[str, Line(100)] = ""
    conditions: Conditions = Conditions()
    targets: ByPriority = {}
    warn_before: WarnBefore | None = None
    calendar_id: CalendarId | None = None
    pauses: Pauses = []
    active: bool = True
    position: Position = 0


class Policy(Stored):
    """What is promised for the tickets that its conditions name, unless an earlier policy has them."""

    id: PolicyId
    version: int
    name: str
    conditions: Conditions = Conditions()
    targets: dict[Priority, Targets]
    warn_before: WarnBefore | None = None
    calendar_id: str | None = None
    pauses: list[Target] = []
    active: bool = True
    created_at: Utc
    updated_at: Utc

    @classmethod
    def create(cls, new: NewPolicy, *, at: Utc) -> Self:
        fields: dict[str, Any] = {name: getattr(new, name) for name in NewPolicy.model_fields}
        fields.pop("position")
        return cls(id=ids.new_id("sla", at), version=1, created_at=at, updated_at=at, **fields)

    def matches(self, case: Case, stage: str | None) -> bool:
        """Whether it is for a ticket like this."""
        wanted = self.conditions
        pairs: list[tuple[Sequence[str], AbstractSet[str | None]]] = [
            (wanted.stages, {stage}),
            (wanted.priorities, {case.priority}),
            (wanted.channels, {case.channel}),
            (wanted.teams, {case.team}),
            (wanted.tags, case.tags),
            ([one.lower() for one in wanted.mailboxes], {(case.mailbox or "").lower()}),
        ]
        return self.active and all(not allowed or not given.isdisjoint(allowed) for allowed, given in pairs)


class Policies(Stored):
    """All policies, in their order."""

    version: int = 0
    data: list[Policy] = []

    @property
    def ask_for_stages(self) -> bool:
        """Whether a ticket's customer must be known to choose."""
        return any(one.active and one.conditions.stages for one in self.data)

    def find(self, policy_id: str) -> Policy | None:
        return next((one for one in self.data if one.id == policy_id), None)

    def choose(self, case: Case, stage: str | None) -> Policy | None:
        """The first that matches."""
        return next((one for one in self.data if one.matches(case, stage)), None)

    def with_policy(self, policy: Policy, position: int | None) -> Self:
        """The next version, with this policy new or changed: at the position, else where it was, else last.

        Raises Conflict `too_many_policies`, Invalid when all together are too long.
        """
        places = [number for number, one in enumerate(self.data) if one.id == policy.id]
        others = [one for one in self.data if one.id != policy.id]
        if not places and len(others) >= MOST:
            raise Conflict(f"There are {MOST} policies at most.", code="too_many_policies")
        place = position if position is not None else places[0] if places else len(others)
        return self.with_data([*others[:place], policy, *others[place:]])

    def with_data(self, data: list[Policy]) -> Self:
        after = self.model_copy(update={"data": data, "version": self.version + 1})
        if len(after.model_dump_json(exclude_defaults=True).encode()) > MAX_BYTES:
            raise Invalid("All policies together are too long.", code="too_long")
        return after
