"""Rules over HTTP. Trying them on a mail: support/routes.py."""

from __future__ import annotations

from chalicelib.kernel.http.paging import Page, PageParameters
from chalicelib.kernel.http.routes import Routes
from chalicelib.kernel.work import Work
from chalicelib.mail.model import MessageId
from chalicelib.rules import service as rules
from chalicelib.rules.model import NewOrder, NewRule, Rule, RuleId, RulePatch, RuleRun, RuleRuns

routes = Routes("Rules", __name__)


@routes.post("/v1/rules", scope="rules:write", status=201, location="/v1/rules/{id}")
def create_rule(body: NewRule, work: Work) -> Rule:
    """Add a rule behind all others. It holds from the next mail on."""
    return rules.add(work, body)


@routes.get("/v1/rules", scope="rules:read")
def list_rules() -> Page[Rule]:
    """List all rules, in the order in which they are looked at."""
    return Page(data=rules.in_order())


@routes.get("/v1/rules/{rule_id}", scope="rules:read")
def read_rule(rule_id: RuleId) -> Rule:
    """Read a rule."""
    return rules.get(rule_id)


@routes.patch("/v1/rules/{rule_id}", scope="rules:write")
def change_rule(rule_id: RuleId, body: RulePatch, work: Work) -> Rule:
    """Change a rule by JSON Merge Patch. It holds from the next mail on."""
    return rules.change(work, rule_id, body)


@routes.delete("/v1/rules/{rule_id}", scope="rules:write")
def delete_rule(rule_id: RuleId, work: Work) -> None:
    """Delete a rule. What it did stays, and can be looked up for 90 days."""
    rules.delete(work, rule_id)


@routes.post("/v1/rules/reorder", scope="rules:write")
def reorder_rules(body: NewOrder, work: Work) -> Page[Rule]:
    """Give all rules another order. 422 `not_each_once` unless each rule there is, is named once."""
    return Page(data=rules.reorder(work, body))


@routes.get("/v1/rules/{rule_id}/runs", scope="rules:read")
def list_rule_runs(rule_id: RuleId, query: PageParameters) -> Page[RuleRun]:
    """List the mails for which a rule fired in the last 90 days, newest first, and what came of it."""
    data, position = rules.runs(rule_id, limit=query.limit, after=query.cursor)
    return Page(data=data, next_cursor=position)


@routes.get("/v1/messages/{message_id}/rule-runs", scope="rules:read")
def read_rule_runs(message_id: MessageId) -> RuleRuns:
    """Read why each rule did or did not fire for a mail that came in the last 90 days."""
    return rules.runs_of(message_id)
