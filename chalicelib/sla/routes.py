"""Service levels over HTTP: policies and reports. What is due on tickets: support/due_routes.py."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from chalicelib.kernel.http.paging import Page, Parameters
from chalicelib.kernel.http.routes import Routes
from chalicelib.kernel.model import Day
from chalicelib.kernel.work import Work
from chalicelib.sla import policies, reporting
from chalicelib.sla.model import NewPolicy, Policy, PolicyId, PolicyPatch
from chalicelib.sla.statistics import Dimension, Report

routes = Routes("Service levels", __name__)


class ReportQuery(Parameters):
    by: Dimension = "priority"
    first: Annotated[
        Day | None, Field(alias="from", description="A day of the business; else 29 days before `to`.")
    ] = None
    last: Annotated[
        Day | None, Field(alias="to", description="Inclusive, 366 days in all at most; else today.")
    ] = None


@routes.post("/v1/sla/policies", scope="sla:write", status=201, location="/v1/sla/policies/{id}")
def create_policy(body: NewPolicy, work: Work) -> Policy:
    """Add a policy: which tickets are promised what, in business minutes. 30 at most.

    The first policy that matches a ticket is chosen when it opens, and again with each change of it.
    """
    return policies.create(work, body)


@routes.get("/v1/sla/policies", scope="sla:read")
def list_policies() -> Page[Policy]:
    """List all policies, in their order."""
    return Page(data=policies.every())


@routes.get("/v1/sla/policies/{policy_id}", scope="sla:read")
def read_policy(policy_id: PolicyId) -> Policy:
    """Read a policy."""
    return policies.get(policy_id)


@routes.patch("/v1/sla/policies/{policy_id}", scope="sla:write")
def change_policy(policy_id: PolicyId, body: PolicyPatch, work: Work) -> Policy:
    """Change a policy, by JSON Merge Patch; `position` moves it.

    A ticket goes by what changed from its own next change on.
    """
    return policies.change(work, policy_id, body)


@routes.delete("/v1/sla/policies/{policy_id}", scope="sla:write")
def delete_policy(policy_id: PolicyId, work: Work) -> None:
    """Delete a policy. What it promised holds until the ticket changes; its figures stay."""
    policies.delete(work, policy_id)


@routes.get("/v1/sla/report", scope="sla:read")
def read_report(query: ReportQuery) -> Report:
    """Read what was promised and kept: counts, and median and 90th percentile of what it took.

    Of tickets under a policy, by the day on which something was done or was due. Durations are within 5 %.
    """
    return reporting.report(query.by, query.first, query.last)
