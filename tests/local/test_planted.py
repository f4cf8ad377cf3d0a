"""What looks for secrets in the logs finds them, in whatever form they are written."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from urllib.parse import quote

import pytest

from tests.e2e import planted

KEY = "rk_01J00000000000000000000000_" + "aB3-_" * 8 + "xyz"
SECRETS = {"zoë.o'neil@example.org": "an address", "+442079460958": "a phone number", KEY: "an API key"}
WAYS: dict[str, Callable[[str], str]] = {
    "as it is": lambda secret: secret,
    "in capitals": str.upper,
    "in JSON": json.dumps,
    "in JSON in JSON": lambda secret: json.dumps({"body": json.dumps({"a": secret}, ensure_ascii=False)}),
    "in a URL": lambda secret: quote(secret, safe=""),
    "in base64": lambda secret: base64.b64encode(secret.encode()).decode(),
    "in base64 of more": lambda secret: base64.urlsafe_b64encode(f"at {secret}!".encode()).decode(),
    "in an error": lambda secret: f"ValueError('no such thing: {secret!r}')",
}


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("way", WAYS)
def test_a_secret_is_found(secret: str, way: str) -> None:
    lines = ['{"level":"INFO","message":"request","status":200}', f'{{"m": "{WAYS[way](secret)}"}}', "END"]
    [(kind, found, line)] = planted.found_in(lines, SECRETS)
    assert (kind, found, line) == (SECRETS[secret], secret, lines[1])


def test_a_keys_secret_is_found_without_its_id() -> None:
    assert planted.found_in([KEY.split("_", 2)[2]], SECRETS)


def test_what_is_no_secret_is_not_found() -> None:
    clean = ['{"key_id":"key_01J00000000000000000000000"}', "zo.o@example.org", "442079", KEY[:40]]
    assert planted.found_in(clean, SECRETS) == []


def test_what_is_said_is_heard() -> None:
    planted.hear(f'{{"key": "{KEY}", "emails": ["ada.0f3@example.org"], "name": "ZqxaNobody ZqxAlovelace"}}')
    planted.hear(b"From: Ada <ada@example.net>\r\n+442079460958", None, "https://x/my/" + "a" * 40 + " bye")
    known = planted.heard()
    for secret in (KEY, "ada.0f3@example.org", "ZqxAlovelace", "ada@example.net", "+442079460958", "a" * 40):
        assert secret in known
    assert "ZqxaNobody" not in known
