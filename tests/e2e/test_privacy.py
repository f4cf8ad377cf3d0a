"""What people may ask for by law: all that is kept of them, and to be forgotten."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from tests.e2e.caller import Caller, fetch
from tests.e2e.post import Post
from tests.e2e.test_mail_in import mail_of, ticket_of
from tests.e2e.waiting import eventually


def reached(api: Caller, path: str, state: str) -> Any:
    def seen() -> Any:
        found = api.get(path).ok()
        assert found["state"] == state, found
        return found

    return eventually(seen)


def archive(api: Caller, customer_id: str) -> tuple[str, zipfile.ZipFile]:
    """What is handed out of somebody, and the link to it."""
    asked = api.post(f"/v1/customers/{customer_id}/access-requests", {}).ok(201)
    path = f"/v1/access-requests/{asked['id']}"
    reached(api, path, "finished")
    [link] = api.post(f"{path}/links", None).ok(201)["urls"]
    return link, zipfile.ZipFile(io.BytesIO(fetch(link).content))


def test_somebody_gets_what_is_kept_of_them_and_is_erased(api: Caller, post: Post, ada: Any) -> None:
    mail = mail_of(ada, "Do you know me?", "What do you have of me?")
    mail.add_attachment(b"PASS 4711", maintype="text", subtype="plain", filename="passport.txt")
    post.send(mail)
    ticket = ticket_of(api, ada)
    post.receive(ada["emails"][0])
    link, found = archive(api, ada["id"])
    assert found.testzip() is None
    names = found.namelist()
    [profile] = [name for name in names if name.endswith("profile.jsonl")]
    assert json.loads(found.read(profile).splitlines()[0])["emails"] == ada["emails"]
    assert [found.read(name) for name in names if name.endswith("passport.txt")] == [b"PASS 4711"]

    erasure = api.post(f"/v1/customers/{ada['id']}/erasure", {"confirm": ada["id"]}).ok(201)
    removed = reached(api, f"/v1/erasures/{erasure['id']}", "settling")["removed"]
    assert removed["profiles"] == removed["tickets"] == removed["raw_mails"] == removed["attachments"] == 1
    api.get(f"/v1/erasures/{erasure['id']}/certificate").problem(409, "not_finished")
    for gone in ("", "/view", "/timeline", "/consents", "/identities"):
        assert api.get(f"/v1/customers/{ada['id']}{gone}").status == 404, gone
    assert api.get(f"/v1/tickets/{ticket['id']}").status == 404
    assert api.data(f"/v1/customers?email={ada['emails'][0]}") == []
    assert fetch(link).status == 404
    eventually(lambda: api.data(f"/v1/customers?q={ada['emails'][0]}") == [])
    assert ada["emails"][0] not in json.dumps(api.get(f"/v1/erasures/{erasure['id']}").ok())
