"""What is recorded about rules; what they say is private."""

from typing import ClassVar

from chalicelib.kernel.events import EventData


class RuleChanged(EventData):
    """`changed` names the fields, `created` or `deleted`."""

    type: ClassVar[str] = "rule.changed"
    audited: ClassVar[bool] = True
    rule_id: str
    changed: list[str]


class RulesReordered(EventData):
    type: ClassVar[str] = "rule.reordered"
    audited: ClassVar[bool] = True
    rule_ids: list[str]


class RuleFired(EventData):
    """`queued` puts it on the queue `workflow`, `webhook_ids` sends it to these webhooks (infra/bus.yaml).

    `depth` is how often rules had answered on the ticket since the staff last did.
    """

    type: ClassVar[str] = "rule.fired"
    rule_id: str
    rule_version: int
    message_id: str
    ticket_id: str | None = None
    mail_class: str
    depth: int
    queued: bool = False
    webhook_ids: list[str] = []
