"""Keys and tags: HKDF as the RFC has it, tags that hold, a root secret that is one."""

from __future__ import annotations

import base64
import hmac
from unittest.mock import Mock

import pytest
from botocore.stub import Stubber

from chalicelib.kernel import aws, tokens
from chalicelib.kernel.config import Misconfigured
from chalicelib.kernel.errors import Unavailable
from tests.cloud import Cloud

VECTORS = [
    # RFC 5869, appendix A.1 to A.3: secret, salt, info, and the first 32 bytes of the key
    (
        "0b" * 22,
        "000102030405060708090a0b0c",
        "f0f1f2f3f4f5f6f7f8f9",
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf",
    ),
    (
        bytes(range(0x50)).hex(),
        bytes(range(0x60, 0xB0)).hex(),
        bytes(range(0xB0, 0x100)).hex(),
        "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c",
    ),
    ("0b" * 22, "", "", "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"),
]


@pytest.mark.parametrize(("secret", "salt", "info", "key"), VECTORS)
def test_hkdf_gives_the_keys_of_rfc_5869(secret: str, salt: str, info: str, key: str) -> None:
    assert tokens.hkdf(*(bytes.fromhex(text) for text in (secret, info, salt))).hex() == key


def test_a_tag_fits_its_message_purpose_and_key_only(cloud: Cloud) -> None:
    tag = tokens.tag("cursor", "message")
    assert len(tag) == tokens.TAG_BYTES
    assert tokens.matches("cursor", "message", tag)
    assert not tokens.matches("cursor", "massage", tag)
    assert not tokens.matches("thread", "message", tag)
    assert not tokens.matches("cursor", "message", tag, key_id="2")
    assert not tokens.matches("cursor", "message", tag[:-1])
    assert not tokens.matches("cursor", "message", b"")


def test_tags_are_compared_in_constant_time(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    compare = Mock(return_value=True)
    monkeypatch.setattr(hmac, "compare_digest", compare)
    assert tokens.matches("cursor", "message", b"anything")
    compare.assert_called_once_with(tokens.tag("cursor", "message"), b"anything")


def test_a_keyed_hash_finds_a_value_again_without_telling_it(cloud: Cloud) -> None:
    found = tokens.keyed_hash("suppression", "ada@example.org")
    assert found == tokens.keyed_hash("suppression", "ada@example.org")
    assert found != tokens.keyed_hash("suppression", "bob@example.org")
    assert len(found) == 64


def test_a_secret_store_that_is_busy_asks_to_try_again(cloud: Cloud) -> None:
    tokens.forget()
    with Stubber(aws.ssm()) as stubbed:
        stubbed.add_client_error("get_parameter", "ThrottlingException", http_status_code=400)
        with pytest.raises(Unavailable):
            tokens.tag("cursor", "x")


def test_the_secret_is_read_once(cloud: Cloud) -> None:
    tokens.tag("cursor", "a")
    aws.ssm().delete_parameter(Name="/rapport/test/root-secret")
    tokens.tag("thread", "b")


@pytest.mark.parametrize("value", ["not base64!", base64.b64encode(b"short").decode()])
def test_a_weak_secret_is_refused_by_its_parameters_name(cloud: Cloud, value: str) -> None:
    name = "/rapport/test/root-secret"
    aws.ssm().put_parameter(Name=name, Value=value, Type="SecureString", Overwrite=True)
    with pytest.raises(Misconfigured, match=name) as raised:
        tokens.tag("cursor", "message")
    assert value not in str(raised.value)
