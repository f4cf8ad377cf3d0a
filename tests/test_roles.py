"""What tests in memory hold functions to."""

from __future__ import annotations

from contextlib import nullcontext

import boto3
import pytest

from tests.memory import in_memory
from tests.roles import acting_as, allowed, asked, held_to_roles


def test_a_function_that_asks_for_more_than_its_role_allows_fails_the_test(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with in_memory(monkeypatch) as cloud:
        table = boto3.resource("dynamodb").Table(cloud["Table"])

        def put(function: str | None) -> None:
            with held_to_roles(), acting_as(function) if function else nullcontext():
                table.put_item(Item={"pk": "x", "sk": "x"})

        put("count_votes")
        put(None)
        with pytest.raises(AssertionError, match="TallyFeedbackRole: dynamodb:PutItem Table"):
            put("tally_feedback")


@pytest.mark.parametrize(
    ("role", "action", "resource", "may"),
    [
        ("CountVotesRole", "dynamodb:Query", "Table/index/gsi1", True),
        ("TimersRole", "dynamodb:Query", "Table", True),
        ("WebhooksRole", "dynamodb:Query", "Table/index/gsi1", False),
        ("InboundMailRole", "s3:GetObject", "MailBucket/inbound/x", True),
        ("InboundMailRole", "s3:GetObject", "MailBucket/articles/x", False),
        ("JobsRole", "s3:DeleteObject", "MailBucket/elsewhere/x", False),
        ("FeedbackWorkerRole", "comprehend:BatchDetectSentiment", "", True),
    ],
)
def test_indexes_and_objects_are_told_apart(role: str, action: str, resource: str, may: bool) -> None:
    assert allowed(role, (action, resource)) is may


def test_a_transaction_needs_what_is_in_it() -> None:
    items: list[dict[str, object]] = [{"Put": {}}, {"ConditionCheck": {}}, {"Delete": {}}]
    assert list(asked("dynamodb", "TransactWriteItems", {"TransactItems": items})) == [
        ("dynamodb:PutItem", "Table"),
        ("dynamodb:ConditionCheckItem", "Table"),
        ("dynamodb:DeleteItem", "Table"),
    ]
