"""What links open: Ada's ticket with a picture, her topic, her invitation; and the same links of Bob."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.kernel.http.routes import Route
from chalicelib.subscriptions.links import address_hash
from tests.intruders.asking import ULID, Values
from tests.intruders.house import House
from tests.intruders.links import Kind
from tests.mailbox import receive, write

PURPOSES = {
    "/v1/public/portal": "portal",
    "/my": "portal",
    "/confirm": "consent",
    "/unsubscribe": "preferences",
    "/preferences": "preferences",
    "/download": "download",
    "/s": "survey",
}
"""Which purpose the links have that open the routes below a path. A new kind is added here and below."""


@dataclass(frozen=True)
class Desk:
    """The kinds of links, of Ada and of Bob, and what parameters are besides the token."""

    ada: dict[str, Kind]
    bob: dict[str, Kind]
    values: Values

    def kind(self, route: Route, whose: dict[str, Kind] | None = None) -> Kind:
        return (whose or self.ada)[PURPOSES[route.path.partition("/{token}")[0]]]


def open_desk(house: House) -> Desk:
    """Needs the day that tests/docs/everyday.py lives through: Ada's sign-up and invitation are of it."""
    receive(house.cloud, write("It is broken.", attachment=b"\x89PNG\r\n\x1a\nkettle"))
    [ada] = house.owner.get("/v1/customers?email=ada@example.org").ok()["data"]
    bob = house.owner.post("/v1/customers", {"name": "Bob", "emails": ["bob@example.net"]}).ok(201)
    messages = [
        one for one in house.cloud.items() if one["sk"] == "MAIL" and one.get("customer_id") == ada["id"]
    ]
    received = next(one for one in messages if one.get("attachments"))
    sent = next(one for one in messages if one["direction"] != received["direction"])
    [invited] = house.owner.get(f"/v1/invitations?customer_id={ada['id']}").ok()["data"]
    picture = received["attachments"][0]["id"]
    of_bob = [f"{kind}_{ULID}" for kind in ("msg", "msg", "inv")]
    return Desk(
        _kinds(house, ada["id"], picture, sent["id"], received["id"], invited["id"]),
        _kinds(house, bob["id"], picture, *of_bob),
        Values(
            house.values.ids | {"tkt": received["thread_id"], "msg": received["id"]},
            {"attachment_id": picture},
        ),
    )


def _kinds(house: House, who: str, picture: str, sent: str, received: str, invited: str) -> dict[str, Kind]:
    link = house.owner.post(f"/v1/customers/{who}/portal-links", {}).ok(201)["id"]
    address = address_hash("ada@example.org")
    whose, mail, file, call, way = (one.partition("_")[2] for one in (who, sent, received, invited, link))
    payloads = {
        "portal": f"{whose} {way} {{until}}",
        "consent": f"{whose} news {address} {{until}} en",
        "preferences": f"{whose} {mail} {{until}} news",
        "download": f"{file} {{until}} {picture}",
        "survey": f"i {call} {{until}}",
    }
    return {purpose: Kind(purpose, payload) for purpose, payload in payloads.items()}  # type: ignore[arg-type]
