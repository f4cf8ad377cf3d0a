"""Rules share tickets out in a team, in turn or to the least busy."""

from __future__ import annotations

from typing import Any

from tests.api import Api
from tests.cloud import Cloud
from tests.mailbox import arrive, outbox, receive, write
from tests.rules.making import add_rule, effects, fired, text
from tests.support.lists import tickets


def test_rules_share_tickets_out_in_a_team(api: Api, cloud: Cloud, ada: Any) -> None:
    team = api.post("/v1/teams", {"name": "Desk"}).ok(201)["id"]
    names = ("bo", "cy")
    bo, cy = (
        api.post("/v1/staff", {"name": one, "email": f"{one}@shop.example", "team_ids": [team]}).ok(201)["id"]
        for one in names
    )
    turns = add_rule(api, {"action": "assign", "how": "round_robin"}, when=text("subject", "contains", "k"))
    receive(cloud, write(subject="k0"))
    assert effects(fired(api, turns)[0])["assign"] == "no_team"
    route = add_rule(api, {"action": "route", "team": team}, when=text("subject", "contains", "k"))
    for number, expected in enumerate((bo, cy, bo), 1):
        receive(cloud, write(subject=f"k{number}"))
        assert tickets(api)[0]["assignee"] == expected
    answer_to = [one for one in outbox() if one["Reply-To"]][-1]["Reply-To"].addresses[0].addr_spec
    receive(cloud, write("Again", subject="Re: k3"), to=answer_to)
    assert tickets(api)[0]["assignee"] == bo, "who has it keeps it"
    api.patch(f"/v1/rules/{turns['id']}", {"then": [{"action": "assign", "how": "least_busy"}]}).ok()
    receive(cloud, write(subject="k4"))
    assert tickets(api)[0]["assignee"] == cy
    for one in (bo, cy):
        api.patch(f"/v1/staff/{one}", {"active": False}).ok()
    receive(cloud, write(subject="k5"))
    ticket = tickets(api)[0]
    assert (ticket["team"], ticket["assignee"]) == (team, None)
    both = [{"action": "assign", "how": "round_robin", "assignee": bo}, {"action": "assign"}]
    for action in both:
        api.patch(f"/v1/rules/{route['id']}", {"then": [action]}).problem(422, "invalid")


def test_mails_at_once_do_not_go_to_one_of_the_team(api: Api, cloud: Cloud) -> None:
    team = api.post("/v1/teams", {"name": "Desk"}).ok(201)["id"]
    for one in ("bo", "cy", "di"):
        api.post("/v1/staff", {"name": one, "email": f"{one}@shop.example", "team_ids": [team]}).ok(201)
    add_rule(api, {"action": "route", "team": team}, {"action": "assign", "how": "least_busy"})
    for number in range(6):
        arrive(
            cloud,
            write(subject=f"k{number}", sender=f"p{number}@example.net"),
            sender=f"p{number}@example.net",
        )
    cloud.pump(twice=True, seed=1)
    shares = [one["assignee"] for one in tickets(api)]
    assert (len(shares), sorted(shares.count(one) for one in set(shares))) == (6, [2, 2, 2])
