"""Macros: kept by name and language, looked at, and applied to tickets in one step."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.mailbox import outbox, receive, write
from tests.memory import caller
from tests.support.lists import messages, tickets

EN = {"text": "Hello {{ customer.name }}, about “{{ ticket.subject }}”: try another bulb.\n{{ staff.name }}"}
DE = {
    "text": "Hallo {{ customer.name }}, bitte versuchen Sie eine andere Birne.",
    "html": "<p>{{ customer.name }}</p>",
}
NOBODY = "mac_01J00000000000000000000000"


def _macro(api: Api, **more: Any) -> Any:
    body = {"name": "Try another bulb", "default_language": "en", "texts": {"en": EN, "de": DE}}
    return api.post("/v1/macros", body | more).ok(201)


@pytest.fixture
def grace(api: Api) -> str:
    return str(api.post("/v1/staff", {"name": "Grace", "email": "grace@shop.example"}).ok(201)["id"])


@pytest.fixture
def lamp(api: Api, cloud: Cloud) -> Any:
    """A ticket that Ada's mail opened."""
    receive(cloud, write("My lamp has been flickering since Monday. Please help me.", subject="Lamp"))
    return tickets(api)[0]


def _use(api: Api, ticket: Any, macro: Any, body: dict[str, Any] | None = None, **headers: str) -> Any:
    return api.post(f"/v1/tickets/{ticket['id']}/macros/{macro['id']}", body or {}, **headers)


def test_strangers_and_readers_may_not(api: Api) -> None:
    Api(None).get("/v1/macros").problem(401, "unauthorized")
    caller("macros:read").post("/v1/macros", {}).problem(403, "missing_scope")
    caller("macros:write").get("/v1/macros").problem(403, "missing_scope")


def test_a_macro_is_kept_changed_and_forgotten(api: Api) -> None:
    macro = _macro(api)
    url = f"/v1/macros/{macro['id']}"
    assert (macro["languages"], api.get(url).ok()) == (["de", "en"], macro)
    changed = api.patch(
        url, {"texts": {"de": None, "fr": {"text": "Bonjour"}}, "changes": {"status": "pending"}}
    )
    assert changed.ok()["languages"] == ["en", "fr"]
    assert changed.ok()["texts"]["en"] == macro["texts"]["en"]
    api.patch(url, {"name": "x"}, If_Match='"1"').problem(412, "stale")
    assert api.patch(url, {"name": macro["name"]}).ok()["version"] == 2
    api.delete(url).ok(204)
    api.get(url).problem(404, "no_such_macro")
    trail = api.get(f"/v1/audit?entity_id={macro['id']}").ok()["data"]
    assert [one["type"] for one in trail] == ["macro.changed"] * 3


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"texts": {}, "default_language": None}, "empty"),
        ({"texts": {"en": {"text": "{% if %}"}}}, "template_syntax"),
        ({"texts": {"en": {"text": "a"}, "EN": {"text": "b"}}}, "repeated"),
        ({"default_language": "fr"}, "no_contents"),
        ({"internal": True}, "note_is_text"),
        ({"changes": {"team": "tea_01J00000000000000000000000"}}, "unknown_team"),
        ({"changes": {"assignee": "stf_01J00000000000000000000000"}}, "unknown_staff"),
        ({"changes": {"priority": "highest"}}, "literal_error"),
    ],
)
def test_what_does_not_fit_is_refused(api: Api, wrong: dict[str, Any], code: str) -> None:
    body = {"name": "x", "default_language": "en", "texts": {"en": EN, "de": DE}} | wrong
    problem = api.post("/v1/macros", body).problem(422, "invalid")
    assert [one["code"] for one in problem["invalid_params"]] == [code]


def test_a_macro_says_no_more_than_an_item_holds(api: Api) -> None:
    rng = random.Random(1)
    texts = {f"{a}{b}": {"text": rng.randbytes(1500).hex()} for a in "abcd" for b in "abcde"}
    answer = api.post("/v1/macros", {"name": "x", "texts": texts})
    assert (answer.status, answer.json["code"]) == (413, "macro_too_large")


def test_macros_are_found_by_their_names(api: Api) -> None:
    team, other = (api.post("/v1/teams", {"name": one}).ok(201)["id"] for one in ("Desk", "Other"))
    names = ["Züge: refund", "Angry customer", "refund denied"]
    first, second, third = (
        _macro(api, name=name, team=[None, team, other][n])["id"] for n, name in enumerate(names)
    )

    def found(query: str = "") -> list[str]:
        return [one["id"] for one in api.get(f"/v1/macros?{query}").ok()["data"]]

    assert found() == [second, third, first]
    assert found("q=REFUND") == found("q=ref") == [third, first]
    assert found("q=refund+zug") == found("q=zuege") == [first]
    assert (found(f"team={team}"), found("team=none")) == ([second, first], [first])
    assert found(f"q=refund&team={team}") == [first]
    assert "texts" not in api.get("/v1/macros").ok()["data"][0]


def test_a_macro_answers_and_changes_in_one_step(api: Api, cloud: Cloud, lamp: Any, grace: str) -> None:
    changes = {"status": "pending", "priority": "high", "add_tags": ["bulb"], "assignee": grace}
    macro = _macro(api, changes=changes)
    preview = api.get(f"/v1/macros/{macro['id']}/preview?ticket_id={lamp['id']}", Rapport_Actor=grace).ok()
    assert preview["said"]["text"] == "Hello Ada Lovelace, about “Lamp”: try another bulb.\nGrace"
    assert (preview["missing"], preview["changes"]["add_tags"]) == ([], ["bulb"])
    with counted() as calls:
        applied = _use(api, lamp, macro, Rapport_Actor=grace).ok()
    assert calls.count("TransactWriteItems") == 1
    ticket = api.get(f"/v1/tickets/{lamp['id']}").ok()
    told = (ticket["status"], ticket["priority"], ticket["tags"], ticket["assignee"], ticket["version"])
    assert told == ("pending", "high", ["bulb"], grace, lamp["version"] + 1)
    assert applied["ticket"]["version"] == ticket["version"]
    assert applied["message"]["text"].startswith(preview["said"]["text"])
    cloud.pump()
    assert "try another bulb" in outbox()[-1].as_string()
    assert outbox()[-1]["To"] == "Ada Lovelace <ada@example.org>"
    timeline = api.get(f"/v1/customers/{ticket['customer_id']}/timeline").ok()["data"]
    [event] = [one for one in timeline if one["type"] == "macro.applied"]
    assert event["data"]["message_id"] == applied["message"]["id"]


def test_it_speaks_the_tickets_language(api: Api, cloud: Cloud) -> None:
    german = (
        "Meine Lampe flackert seit Montag, obwohl ich die Birne schon gewechselt habe. Bitte helfen Sie mir."
    )
    receive(cloud, write(german, subject="Lampe"))
    [ticket] = tickets(api)
    assert ticket["language"] == "de"
    macro = _macro(api)
    applied = _use(api, ticket, macro).ok()
    assert applied["message"]["text"].startswith("Hallo Ada Lovelace")
    assert applied["message"]["has_html"]
    english = _use(api, ticket, macro, {"language": "en-GB", "values": {"staff": {"name": "Bo"}}}).ok()
    assert english["message"]["text"].startswith("Hello")
    only = _macro(api, texts={"fr": {"text": "Bonjour"}}, default_language=None)
    assert _use(api, ticket, only).problem(409, "no_fitting_language")["languages"] == ["fr"]
    assert _use(api, ticket, only, {"language": "fr-CA"}).ok()["message"]["text"].startswith("Bonjour")


def test_what_fails_leaves_everything_as_it_was(api: Api, cloud: Cloud, lamp: Any) -> None:
    macro = _macro(api, changes={"status": "solved"})
    problem = _use(api, lamp, macro).problem(422, "unknown_placeholder")
    assert problem["placeholder"] == "staff.name"
    preview = api.get(f"/v1/macros/{macro['id']}/preview?ticket_id={lamp['id']}").ok()
    assert (preview["missing"], preview["said"]["text"][-13:]) == (["staff.name"], "\n[staff.name]")
    _use(api, lamp, {"id": NOBODY}).problem(404, "no_such_macro")
    _use(api, lamp, macro, {"values": {"staff": {"name": "x"}}}, If_Match='"9"').problem(412, "stale")
    blank = _macro(api, texts={"en": {"text": "{% if false %}x{% endif %}"}})
    _use(api, lamp, blank).problem(422, "template_failed")
    long = _macro(api, texts={"en": {"text": "{% for a in values %}{{ big }}{% endfor %}"}})
    _use(api, lamp, long, {"values": {"values": list(range(40)), "big": "x" * 9000}}).problem(
        422, "template_failed"
    )
    empty = api.post("/v1/teams", {"name": "Empty"}).ok(201)["id"]
    nobody = _macro(api, texts={}, default_language=None, changes={"team": empty, "assign": "round_robin"})
    _use(api, lamp, nobody).problem(409, "team_empty")
    assert api.get(f"/v1/tickets/{lamp['id']}").ok()["version"] == lamp["version"]
    assert len(messages(api, lamp)) == 2, "the mail and its acknowledgement"
    api.patch(f"/v1/tickets/{lamp['id']}", {"status": "closed"}).ok()
    _use(api, lamp, macro, {"values": {"staff": {"name": "x"}}}).problem(409, "closed")


def test_a_note_and_a_change_alone(api: Api, cloud: Cloud, lamp: Any) -> None:
    before = len(outbox())
    note = _macro(api, internal=True, texts={"en": {"text": "Escalated: {{ ticket.tag }}"}})
    applied = _use(api, lamp, note).ok()
    assert (applied["message"]["direction"], applied["ticket"]["version"]) == ("internal", lamp["version"])
    silent = _macro(api, texts={}, default_language=None, changes={"add_tags": ["a"], "priority": "low"})
    applied = _use(api, lamp, silent).ok()
    assert (applied["message"], applied["ticket"]["tags"]) == (None, ["a"])
    cloud.pump()
    assert len(outbox()) == before
    twice = _use(api, lamp, silent).ok()
    assert twice["ticket"]["version"] == applied["ticket"]["version"], "what is so already is not written"


def test_a_repeat_answers_once(api: Api, cloud: Cloud, lamp: Any) -> None:
    macro = _macro(api, texts={"en": {"text": "Hello"}})
    first, second = (_use(api, lamp, macro, Idempotency_Key="k").ok() for _ in range(2))
    assert first == second
    cloud.pump()
    assert (
        len(
            [
                one
                for one in messages(api, lamp)
                if one["text"].startswith("Hello\n") or one["text"] == "Hello"
            ]
        )
        == 1
    )
