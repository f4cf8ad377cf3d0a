"""An ordinary day: something of everything that can be done, so that every kind of item is written."""

from __future__ import annotations

from typing import Any

from tests.api import Api
from tests.cloud import Cloud
from tests.invitations.inviting import look, send
from tests.mailbox import receive, report, write
from tests.surveys.making import published

CALL = {"channel": "phone", "subject": "Kettle", "text": "It leaks."}


def live_through(api: Api, cloud: Cloud) -> None:
    open_shop(api)
    make_promises(api)
    automate(api)
    ada, cy = meet_customers(api)
    write_articles(api)
    get_mail(cloud)
    help_customers(api, ada)
    listen(api, ada)
    ask(api, ada)
    write_to_customers(api, cloud)
    move_data(api)
    close_loops(api, cloud)
    part_ways(api, cloud, ada, cy)
    help_themselves(api, ada)
    suggest(api, ada)
    forget_somebody(api)


def open_shop(api: Api) -> None:
    team = api.post("/v1/teams", {"name": "Desk"}).ok(201)
    api.post("/v1/staff", {"name": "Sam", "email": "sam@shop.example", "team_ids": [team["id"]]}).ok(201)
    api.post("/v1/fields", {"name": "size", "kind": "text"}).ok(201)
    api.post("/v1/topics", {"id": "news", "name": "News"}).ok(201)
    api.post("/v1/mailboxes", {"address": "sales@shop.example", "name": "Sales"}).ok(201)
    api.patch("/v1/support/settings", {"close_solved_after_days": 14}).ok()
    api.patch("/v1/retention", {"lead_days": 365}).ok()


def make_promises(api: Api) -> None:
    week = {"monday": [{"opens": "09:00", "closes": "17:00"}]}
    office = {"name": "Office", "time_zone": "UTC", "week": week, "default": True}
    api.post("/v1/calendars", office).ok(201)
    api.post("/v1/sla/policies", {"name": "All", "targets": {"normal": {"resolution": 60}}}).ok(201)


def automate(api: Api) -> None:
    hook = api.post("/v1/webhooks", {"url": "https://hook.invalid/", "events": ["rule.*"]}).ok(201)
    calls = [{"action": "webhook", "webhook_ids": [hook["id"]]}]
    rule = {"name": "All", "when": {"all": []}, "then": calls, "rate_limit": {"count": 9, "seconds": 60}}
    made = api.post("/v1/rules", rule).ok(201)
    another = api.post("/v1/rules", {**rule, "enabled": False}).ok(201)
    api.post("/v1/rules/reorder", {"rule_ids": [another["id"], made["id"]]}).ok()


def meet_customers(api: Api) -> tuple[str, str]:
    """Ada and Cy."""
    engines = api.post("/v1/organisations", {"name": "Engines", "domains": ["engines.example"]}).ok(201)
    cy = api.post("/v1/customers", {"name": "Cy", "organisation_id": engines["id"]}).ok(201)
    api.delete(f"/v1/organisations/{engines['id']}/members/{cy['id']}").ok(204)
    api.patch(f"/v1/customers/{cy['id']}", {"organisation_id": engines["id"]}).ok()
    who: dict[str, Any] = {"name": "Ada", "emails": ["ada@example.org"], "phones": ["+442079460958"]}
    who |= {"external_ids": {"shop": "7"}, "tags": ["vip"]}
    ada = api.post("/v1/customers", who, Idempotency_Key="once").ok(201)
    api.patch(f"/v1/customers/{ada['id']}/preferences", {"interests": ["looms"]}).ok()
    api.post("/v1/customers", {"name": "Ada", "emails": ["ada+shop@example.org"]}).ok(201)
    api.post("/v1/subscriptions", {"email": "ada@example.org", "topic": "news", "source": "form"}).ok()
    return ada["id"], cy["id"]


def write_articles(api: Api) -> None:
    text = {"title": "Returns", "markdown": "Back."}
    article = api.post("/v1/articles", {"texts": {"en": text}, "section": "Orders"}).ok(201)
    api.patch(f"/v1/articles/{article['id']}", {"status": "published"}).ok()
    api.post(f"/v1/public/articles/{article['slug']}/votes", {"helpful": True}).ok(204)


def get_mail(cloud: Cloud) -> None:
    receive(cloud, write(message_id="<first@example.org>"))
    to = "support@shop.example, sales@shop.example"
    receive(cloud, write("Two of you", to=to, In_Reply_To="<first@example.org>"))
    receive(cloud, write(subject="Automatic", Auto_Submitted="auto-generated"), spam="FAIL")


def help_customers(api: Api, ada: str) -> None:
    desk, sam = (api.get(f"/v1/{kind}").ok()["data"][0]["id"] for kind in ("teams", "staff"))
    ticket, again = (api.post("/v1/tickets", CALL | {"customer_id": ada}).ok(201)["id"] for _ in range(2))
    url = f"/v1/tickets/{ticket}"
    api.patch(url, {"status": "solved"}).ok()
    api.patch(url, {"tags": ["repair"]}).ok()
    api.patch(url, {"team": desk, "assign": "round_robin"}).ok()
    api.patch(f"/v1/staff/{sam}/notices", {"mentioned": False}).ok()
    api.patch(f"/v1/staff/{sam}/notices", {"replied": False}).ok()
    macro = {"name": "Hello", "default_language": "en", "texts": {"en": {"text": "Hello."}}}
    api.post("/v1/macros", macro).ok(201)
    api.post(f"{url}/presence", {"state": "answering"}, Rapport_Actor=sam).ok(204)
    api.post(f"{url}/merge", {"from_id": again}).ok()
    api.post("/v1/views", {"name": "Open", "filters": {"status": "open"}}).ok(201)
    macro = api.post("/v1/macros", {"name": "Bye", "texts": {"en": {"text": "Bye"}}}).ok(201)
    api.post(f"{url}/macros/{macro['id']}", {"language": "en"}).ok()
    task = {"customer_id": ada, "owner": sam, "title": "Call", "due_at": "2031-01-01T09:00:00Z"}
    api.post("/v1/tasks", task).ok(201)


def listen(api: Api, ada: str) -> None:
    given = {"kind": "nps", "score": 9}
    api.post("/v1/feedback", {**given, "customer_id": ada}).ok(202)
    api.post("/v1/feedback", {**given, "tags": ["berlin"], "comment": "The delivery was late."}).ok(202)
    api.post("/v1/feedback/imports", {"kind": "nps", "columns": {"score": "Score"}}).ok(201)


def ask(api: Api, ada: str) -> None:
    published(api, public=True, questions=[])
    api.post("/v1/surveys/delivery/invitations", {"customer_ids": [ada]}).ok()
    send("/surveys/delivery", look("/surveys/delivery"), score=9)


def write_to_customers(api: Api, cloud: Cloud) -> None:
    says = {"en": {"subject": "Hello", "text": "Hello."}}
    template = api.post("/v1/templates", {"key": "hello", "name": "Hello", "contents": says}).ok(201)
    api.post(f"/v1/templates/{template['id']}/publish", {}).ok()
    hello = {"email": "bob@example.org", "subject": "Hello", "text": "Hello."}
    message = api.post("/v1/messages", hello).ok(201)
    cloud.pump()
    report(cloud, "Bounce", message["id"], "bob@example.org")


def move_data(api: Api) -> None:
    api.post("/v1/customers/batch", {"customers": [{"name": "Eve"}]}, Idempotency_Key="rows").ok()
    api.post("/v1/imports", {}).ok(201)
    api.post("/v1/exports", {}).ok(201)


def part_ways(api: Api, cloud: Cloud, ada: str, cy: str) -> None:
    for verb in ("merge", "merge/undo"):
        api.post(f"/v1/customers/{ada}/{verb}", {"merged_id": cy}).ok()
    eve = api.post("/v1/customers", {"name": "Eve"}).ok(201)["id"]
    api.post(f"/v1/customers/{eve}/access-requests", {}).ok(201)
    cloud.pump()
    api.post(f"/v1/customers/{eve}/erasure", {"confirm": eve}).ok(201)
    cloud.pump()


def help_themselves(api: Api, ada: str) -> None:
    link = api.post(f"/v1/customers/{ada}/portal-links", {}).ok(201)["url"]
    spare = api.post(f"/v1/customers/{ada}/portal-links", {}).ok(201)["id"]
    api.delete(f"/v1/customers/{ada}/portal-links/{spare}").ok(204)
    token = link.rpartition("/")[2]
    api.post(f"/v1/public/portal/{token}/tickets", {"subject": "Lid", "text": "Stuck."}).ok(201)
    api.post("/v1/public/portal", {"email": "ada@example.org"})


def close_loops(api: Api, cloud: Cloud) -> None:
    api.patch("/v1/followups/rules", {"rules": [{"name": "low", "nps": 6}]}).ok()
    api.post("/v1/feedback", {"kind": "nps", "score": 1, "email": "ada@example.org"}).ok(202)
    cloud.pump()
    [one] = api.get("/v1/followups").ok()["data"]
    api.post(f"/v1/followups/{one['id']}/notes", {"text": "Rang."}).ok(201)


def suggest(api: Api, ada: str) -> None:
    new = {"title": "Blue kettles", "text": "All are grey."}
    one = api.post("/v1/suggestions", {**new, "customer_id": ada}).ok(201)["id"]
    other = api.post("/v1/suggestions", new).ok(201)["id"]
    api.patch(f"/v1/suggestions/{one}", {"status": "planned"}).ok()
    api.post(f"/v1/suggestions/{other}/merge", {"into": one}).ok()
    Api(None).post("/v1/public/suggestions", new).ok(202)


def forget_somebody(api: Api) -> None:
    gone = api.post("/v1/customers", {"name": "Gil", "emails": ["gil@example.org"]}).ok(201)["id"]
    api.delete(f"/v1/customers/{gone}").ok(204)
