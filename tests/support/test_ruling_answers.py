"""Rules that answer: in place of the acknowledgement, to people alone, and not without end."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from chalicelib.rules import model as rules_model
from tests.api import Api
from tests.cloud import Cloud
from tests.mailbox import arrive, outbox, receive, write
from tests.rules.making import add_rule, effects, fired, runs_of
from tests.support.lists import messages, tickets


def test_an_answer_replaces_the_acknowledgement(api: Api, cloud: Cloud, ada: Any, template: Any) -> None:
    add_rule(api, {"action": "answer", "template_id": template["id"]})
    add_rule(api, {"action": "answer", "template_id": template["id"]})
    receive(cloud, write())
    [ticket] = tickets(api)
    [sent] = outbox()
    assert sent["Auto-Submitted"] == "auto-replied"
    assert sent.get_content().strip() == f"Hello Ada, about {ticket['tag']}: we will see."
    assert ticket["tag"] in sent["Subject"]
    runs = runs_of(api, messages(api, ticket)[1])
    assert [effects(run) for run in runs] == [{"answer": None}, {"answer": "another_answers"}]


@pytest.mark.parametrize(
    ("headers", "verdicts", "reason"),
    [
        ({"Auto_Submitted": "auto-replied"}, {}, "not_a_person"),
        ({"List_Id": "<x.example.org>"}, {}, "not_a_person"),
        ({}, {"spf": "FAIL", "dkim": "FAIL"}, "not_a_person"),
    ],
)
def test_no_machine_and_nobody_in_doubt_is_answered(
    api: Api, cloud: Cloud, template: Any, headers: Any, verdicts: Any, reason: str
) -> None:
    add_rule(api, {"action": "answer", "template_id": template["id"]})
    receive(cloud, write(**headers), **verdicts)
    assert outbox() == []
    [ticket] = tickets(api)
    [run] = runs_of(api, messages(api, ticket)[0])
    assert effects(run) == {"answer": reason}


def test_answers_are_under_the_caps(api: Api, cloud: Cloud, ada: Any, template: Any) -> None:
    rule = add_rule(api, {"action": "answer", "template_id": template["id"]})
    for number in range(12):
        arrive(cloud, write(subject=f"Kettle {number}"))
    cloud.pump()
    assert len(outbox()) == 10
    reasons = [one["effects"][0].get("skipped") for one in fired(api, rule)]
    assert sorted(str(reason) for reason in reasons) == ["None"] * 10 + ["capped"] * 2


def _forget_caps(cloud: Cloud) -> None:
    """As if three hours went by."""
    table = boto3.resource("dynamodb").Table(cloud["Table"])
    for item in cloud.items():
        if item["pk"].startswith("ACK#"):
            table.delete_item(Key={"pk": item["pk"], "sk": item["sk"]})


def test_rules_stop_answering_until_the_staff_writes(api: Api, cloud: Cloud, ada: Any, template: Any) -> None:
    rule = add_rule(api, {"action": "answer", "template_id": template["id"]})

    def writes(number: int) -> str:
        answers: Any = {"In_Reply_To": "<m0@example.org>"} if number else {}
        ours = f"<m{number}@example.org>"
        receive(cloud, write(f"Text {number}", subject=f"Kettle {number}", message_id=ours, **answers))
        [ticket] = tickets(api)
        mail = next(one for one in messages(api, ticket) if one["direction"] == "inbound")
        _forget_caps(cloud)
        return str(runs_of(api, mail)[0]["outcome"])

    seen = [writes(number) for number in range(5)]
    assert seen == ["fired"] * rules_model.MAX_ANSWERS + ["too_deep"] * 2
    [ticket] = tickets(api)
    api.post(f"/v1/tickets/{ticket['id']}/messages", {"text": "Here I am."}).ok(201)
    cloud.pump()
    assert writes(9) == "fired"
    assert len(fired(api, rule)) == rules_model.MAX_ANSWERS + 1
