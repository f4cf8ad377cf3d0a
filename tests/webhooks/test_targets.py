"""Where a webhook may go, and where not."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from chalicelib.kernel import config
from chalicelib.kernel.errors import Invalid
from chalicelib.webhooks import posting
from chalicelib.webhooks.targets import check, is_allowed, target_of
from tests.api import Api

PRIVATE = [
    *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"),
    *(
        "169.254.169.254",
        "169.254.170.2",
        "100.64.0.1",
        "192.0.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "198.51.100.1",
    ),
    *("203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"),
    *(
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd00:ec2::254",
        "fec0::1",
        "64:ff9b:1::a00:1",
        "ff02::1",
        "2001:db8::1",
    ),
    *(
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::a00:1",
        "64:ff9b::a9fe:a9fe",
    ),
    *("2002:7f00:1::", "2002:a00:1::", "2002:a9fe:a9fe::"),
]
PUBLIC = ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]


@pytest.fixture(autouse=True)
def _settings() -> None:
    config.settings.cache_clear()


@pytest.mark.parametrize("address", PRIVATE)
def test_no_webhook_goes_to_an_address_that_is_not_public(address: str) -> None:
    assert not is_allowed(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_allowed(address: str) -> None:
    assert is_allowed(address)


@pytest.mark.parametrize(
    "url",
    [
        *("http://a.example/", "ftp://a.example/", "https://", "https:///x", "//a.example", "a.example"),
        *(
            "https://u:p@a.example/",
            "https://a.example/#x",
            "https://a.example:8443/",
            "https://a.example:22/",
        ),
        *("https://a.example/a b", "https://a.example:x/", "https://[::1/", "https://a.example/\r\nX: y"),
        "https://" + "a" * 64 + ".example/",
    ],
)
def test_what_is_no_plain_https_url_is_refused(url: str) -> None:
    with pytest.raises(Invalid):
        target_of(url)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "[::1]",
        "localhost",
        "2130706433",
        "0x7f000001",
        "127.1",
        "0177.0.0.1",
        "[::ffff:7f00:1]",
        "10.1",
    ],
)
def test_every_spelling_of_a_private_address_is_refused(host: str) -> None:
    with pytest.raises(Invalid) as refused:
        check(f"https://{host}/hook")
    assert refused.value.extra["invalid_params"][0]["code"] == "refused_address"


def _leading_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    def resolve(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


def test_a_name_that_leads_to_one_private_address_among_public_ones_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _leading_to(monkeypatch, "8.8.8.8", "10.0.0.1")
    with pytest.raises(Invalid):
        check("https://hook.example/")


def test_a_name_that_leads_elsewhere_by_then_is_not_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    _leading_to(monkeypatch, "8.8.8.8")
    check("https://hook.example/")
    _leading_to(monkeypatch, "169.254.169.254")
    monkeypatch.setattr(socket, "create_connection", lambda *_: pytest.fail("it connected"))
    tried = posting.post(target_of("https://hook.example/"), b"{}", {})
    assert (tried.code, tried.failure) == (None, "refused_address")


def test_the_address_that_was_checked_is_the_one_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    _leading_to(monkeypatch, "8.8.8.8", "9.9.9.9")
    connected: list[Any] = []

    def refuse(address: Any, timeout: float) -> socket.socket:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", refuse)
    tried = posting.post(target_of("https://hook.example/"), b"{}", {})
    assert connected == [("8.8.8.8", 443), ("9.9.9.9", 443)]
    assert tried.failure == "unreachable"


def test_a_private_address_is_refused_over_http(api: Api) -> None:
    for url in (
        "https://127.0.0.1/x",
        "https://169.254.169.254/latest/meta-data/",
        "https://[fd00:ec2::254]/",
    ):
        problem = api.post("/v1/webhooks", {"url": url}).problem(422, "invalid")
        assert problem["invalid_params"][0] == {
            "name": "url",
            "reason": "leads to an address that is not public",
            "code": "refused_address",
        }
    assert api.get("/v1/webhooks").ok()["data"] == []


def test_where_this_machine_is_allowed_others_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAPPORT_WEBHOOK_LOOPBACK", "true")
    config.settings.cache_clear()
    assert target_of("http://127.0.0.1:8080/x").port == 8080
    for url in ("http://a.example/", "http://10.0.0.1/", "https://a.example:8443/"):
        with pytest.raises(Invalid):
            target_of(url)
    for url in ("https://10.0.0.1/", "https://169.254.169.254/"):
        with pytest.raises(Invalid):
            check(url)
    monkeypatch.delenv("RAPPORT_WEBHOOK_LOOPBACK")
    config.settings.cache_clear()
