"""Templates over HTTP: drafts, versions, languages, preview, and who may."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.customers import service as customers
from chalicelib.kernel.errors import Invalid, NotFound
from chalicelib.templates.rendering import about, render_template
from chalicelib.templates.sandbox import render
from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.memory import caller

EN = {
    "subject": "Order {{ order.number }}",
    "html": "<style>p{color:red}</style><p>Hi {{ customer.name }}</p>",
}
DE = {"subject": "Bestellung {{ order.number }}", "text": "Hallo {{ customer.name }}"}
VALUES = {"customer": {"name": "Ada"}, "order": {"number": 7}}


@pytest.fixture
def template(api: Api) -> dict[str, Any]:
    body = {"key": "order-shipped", "name": "Order shipped", "contents": {"en": EN, "de": DE}}
    made: dict[str, Any] = api.post("/v1/templates", body).ok(201)
    return made


def _publish(api: Api, template: dict[str, Any], **body: Any) -> Any:
    return api.post(f"/v1/templates/{template['id']}/publish", body).ok()


def test_strangers_and_readers_may_not(template: dict[str, Any]) -> None:
    url = f"/v1/templates/{template['id']}"
    Api(None).get(url).problem(401, "unauthorized")
    caller("templates:write").get(url).problem(403, "missing_scope")
    caller("templates:read").post("/v1/templates", {}).problem(403, "missing_scope")
    caller("templates:read").get(url).ok()


def test_a_template_is_a_draft_until_it_is_published(api: Api, template: dict[str, Any]) -> None:
    assert (template["draft"], template["published"]) == (1, None)
    with pytest.raises(NotFound) as caught:
        render_template(template["id"], language="en", values=VALUES)
    assert caught.value.code == "not_published"
    after = _publish(api, template)
    assert (after["draft"], after["published"], after["published_languages"]) == (None, 1, ["de", "en"])
    api.post(f"/v1/templates/{template['id']}/publish", {}).problem(409, "no_draft")
    [version] = api.get(f"/v1/templates/{template['id']}/versions").ok()["data"]
    assert (version["number"], version["languages"]) == (1, ["de", "en"])


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("de-AT", "de"), ("DE", "de"), ("fr", "en"), (None, "en"), ("en-GB-x", "en"), ("zh-Hant-TW", "en")],
)
def test_a_language_falls_back(api: Api, template: dict[str, Any], wanted: str | None, found: str) -> None:
    _publish(api, template)
    assert render_template("order-shipped", language=wanted, values=VALUES).language == found


def test_text_follows_from_html_whose_styles_are_inlined(api: Api, template: dict[str, Any]) -> None:
    _publish(api, template)
    render_template(template["id"], language="en", values=VALUES)
    with counted() as calls:
        rendered = render_template(template["id"], language="en", values=VALUES)
    assert calls == ["GetItem"], "what a version says is kept"
    assert rendered.subject == "Order 7"
    assert rendered.html is not None
    assert '<p style="color: red">Hi Ada</p>' in rendered.html
    assert rendered.text == "Hi Ada\n"
    german = render_template(template["id"], language="de", values=VALUES)
    assert (german.text, german.html) == ("Hallo Ada", None)


def test_a_published_version_never_changes(api: Api, template: dict[str, Any]) -> None:
    url = f"/v1/templates/{template['id']}"
    _publish(api, template)
    changed = api.patch(url, {"contents": {"de": {**DE, "text": "Servus {{ customer.name }}"}}}).ok()
    assert (changed["draft"], changed["published"]) == (2, 1)
    assert api.get(f"{url}/versions/1").ok()["contents"]["de"]["text"] == "Hallo {{ customer.name }}"
    assert api.get(f"{url}/versions/2").ok()["contents"]["en"]["subject"] == EN["subject"]
    assert render_template(template["id"], language="de", values=VALUES).text == "Hallo Ada"
    assert _publish(api, template)["published"] == 2
    assert render_template(template["id"], language="de", values=VALUES).text == "Servus Ada"
    assert _publish(api, template, number=1)["published"] == 1, "rolled back"
    assert render_template(template["id"], language="de", values=VALUES).text == "Hallo Ada"
    api.post(f"{url}/publish", {"number": 9}).problem(404, "no_such_version")
    assert [one["number"] for one in api.get(f"{url}/versions").ok()["data"]] == [2, 1]


def test_a_language_leaves_the_draft(api: Api, template: dict[str, Any]) -> None:
    url = f"/v1/templates/{template['id']}"
    _publish(api, template)
    assert api.patch(url, {"contents": {"de": None}}).ok()["draft_languages"] == ["en"]
    assert list(api.get(f"{url}/versions/2").ok()["contents"]) == ["en"]
    api.patch(url, {"contents": {"fr": DE}}).ok()
    assert api.patch(url, {"contents": {"fr": None}}).ok()["draft_languages"] == ["en"]
    assert list(api.get(f"{url}/versions/2").ok()["contents"]) == ["en"]
    problem = api.patch(url, {"contents": {"en": None}}).problem(422, "invalid")
    assert problem["invalid_params"][0]["name"] == "contents"
    _publish(api, template)
    assert list(api.get(f"{url}/versions/1").ok()["contents"]) == ["de", "en"]


def test_a_change_that_changes_nothing_is_none(api: Api, template: dict[str, Any]) -> None:
    url = f"/v1/templates/{template['id']}"
    assert api.patch(url, {"name": "Order shipped", "contents": {"de": DE}}).ok()["version"] == 1
    assert api.patch(url, {"name": "Shipped"}).ok()["version"] == 2
    api.patch(url, {"name": "x"}, If_Match='"1"').problem(412, "stale")


def test_a_key_is_unique_until_it_is_freed(api: Api, template: dict[str, Any]) -> None:
    body = {"key": "order-shipped", "name": "Another", "contents": {"en": EN}}
    api.post("/v1/templates", body).problem(409, "key_taken")
    _publish(api, template)
    api.delete(f"/v1/templates/{template['id']}").ok(204)
    with pytest.raises(NotFound):
        render_template("order-shipped", language="en", values=VALUES)
    with pytest.raises(NotFound):
        render_template(template["id"], language="en", values=VALUES)
    assert api.get("/v1/templates").ok()["data"] == []
    assert api.get(f"/v1/templates/{template['id']}/versions/1").ok()["contents"]["en"]["html"] == EN["html"]
    api.post(f"/v1/templates/{template['id']}/publish", {"number": 1}).problem(404, "no_such_template")
    api.post("/v1/templates", body).ok(201)


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        ({"subject": "x"}, "contents.en.text", "missing"),
        ({"subject": "{% include 'a' %}", "text": "x"}, "contents.en.subject", "template_syntax"),
        ({"subject": "x", "text": "{{ a"}, "contents.en.text", "template_syntax"),
        ({"subject": "x", "html": "{{ a }}" * 4_000}, "contents.en.html", "template_too_large"),
    ],
)
def test_what_cannot_be_rendered_is_refused(api: Api, content: Any, name: str, code: str) -> None:
    body = {"key": "broken", "name": "Broken", "contents": {"en": content}}
    [param] = api.post("/v1/templates", body).problem(422, "invalid")["invalid_params"]
    assert (param["name"], param["code"]) == (name, code)


def test_bounds_of_a_template(api: Api) -> None:
    noise = "".join(f"{number * 7919 % 104_729:x}" for number in range(30_000))
    body = {"key": "large", "name": "Large", "contents": {"en": {"subject": "x", "text": noise}}}
    api.post("/v1/templates", body).problem(413, "template_too_large")
    body["contents"] = {"de": {"subject": "x", "text": "y"}}
    [param] = api.post("/v1/templates", body).problem(422, "invalid")["invalid_params"]
    assert param["name"] == "default_language"
    body["contents"] = {"en": {"subject": "x\r\nBcc: eve@evil.example", "text": "y"}}
    api.post("/v1/templates", body).problem(422, "invalid")


def test_a_preview_tells_what_is_missing(api: Api, template: dict[str, Any]) -> None:
    wanted = {"values": {"order": {"number": 7}}, "language": "de-AT"}
    preview = api.post(f"/v1/templates/{template['id']}/preview", wanted).ok()
    assert (preview["subject"], preview["text"]) == ("Bestellung 7", "Hallo [customer.name]")
    assert (preview["missing"], preview["language"], preview["version"]) == (["customer.name"], "de", 1)
    shown = api.post(f"/v1/templates/{template['id']}/preview", {"values": VALUES}).ok()
    assert shown["missing"] == []


def test_a_value_cannot_break_a_subject(api: Api) -> None:
    contents = {"en": {"subject": "For {{ name }}", "text": "x"}}
    made = api.post("/v1/templates", {"key": "s", "name": "S", "contents": contents}).ok(201)
    _publish(api, made)
    evil = {"name": "Ada\r\nBcc: eve@evil.example\u2028x" + "y" * 600}
    subject = render_template("s", language="en", values=evil).subject
    assert subject.startswith("For Ada Bcc: eve@evil.example x")
    assert len(subject.splitlines()) == 1
    assert len(subject) == 500


def test_what_is_always_there(api: Api, cloud: Cloud) -> None:
    made = api.post("/v1/customers", {"name": "Ada", "emails": ["ada@example.org"], "locale": "de-AT"}).ok(
        201
    )
    known = about(customer=customers.get(made["id"]))
    assert known["business"]["name"] == "Shop"
    assert known["customer"]["email"] == "ada@example.org"
    assert known["customer"]["language"] == "de-AT"
    with pytest.raises(Invalid):
        render("{{ staff.name }}", known)


def test_changes_are_audited(api: Api, template: dict[str, Any]) -> None:
    _publish(api, template)
    entries = api.get(f"/v1/audit?entity_id={template['id']}").ok()["data"]
    assert [entry["type"] for entry in entries] == ["template.published", "template.changed"]
