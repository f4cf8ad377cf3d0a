"""Schemathesis' hooks: what fits the document may be refused by a rule, but not for its form."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import schemathesis
from hypothesis import strategies as st

OF_FORM = (
    *("Field required", "Extra inputs", "Input should", "String should", "List should", "Dictionary should"),
    *(
        "must not contain control",
        "must be a single",
        "must be a time such",
        "must be a day such",
        "must carry a time",
    ),
)
"""How the reasons begin that the document could have told; others are rules, such as of two fields."""
A_FRACTION = "Input should be a valid integer"
"""JSON Schema takes 27.0 for an integer, which nobody writes."""
EARLIEST, LATEST = datetime.fromisoformat("1970-01-02"), datetime.fromisoformat("2190-01-01")
"""The years that days and times may have, which it cannot tell either."""

schemathesis.openapi.format("date", st.dates(date(2000, 1, 1), LATEST.date()).map(date.isoformat))
schemathesis.openapi.format("date-time", st.datetimes(EARLIEST, LATEST).map(lambda at: at.isoformat() + "Z"))


@schemathesis.check  # type: ignore[untyped-decorator]  # it is in another environment
def refused_by_rules_alone(ctx: Any, response: Any, case: Any) -> None:
    """What fits the document is not refused for what the document could have said."""
    if (
        case.meta is None
        or not case.meta.generation.mode.is_positive
        or response.status_code not in (400, 422)
    ):
        return
    if not response.headers["content-type"][0].startswith("application/problem+json"):
        return  # a page, for people
    problem = response.json()
    if response.status_code == 400:
        assert problem["code"] == "invalid_cursor", problem
    faults = [one for one in problem.get("invalid_params") or [] if _of_form(one)]
    assert faults == [], faults


def _of_form(fault: dict[str, str]) -> bool:
    return fault["reason"].startswith(OF_FORM) and fault["reason"] != A_FRACTION
