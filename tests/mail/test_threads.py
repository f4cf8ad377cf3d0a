"""Tokens lead back to their thread and to no other, whatever mail programs and forgers do to them."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel import ids, tokens
from chalicelib.mail import threads
from chalicelib.mail.mailbox_model import Mailbox, Mailboxes

MAILBOX, DOMAIN = "support@shop.example", "shop.example"
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ulids = st.builds(str.__add__, st.sampled_from("01234567"), st.text(_LETTERS, min_size=25, max_size=25))
cases = st.sampled_from([str.lower, str.upper, str.title, str.swapcase])


@pytest.fixture(autouse=True, scope="module")
def _root() -> Iterator[None]:
    """A secret for all examples, without a cloud."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(tokens, "key", lambda purpose, key_id="1": tokens.hkdf(bytes(32), key_id.encode()))
        yield


@given(ulids, cases)
def test_a_reply_address_leads_back_in_any_case(ulid: str, fold: Callable[[str], str]) -> None:
    address = threads.reply_address(ulid, MAILBOX)
    assert len(address.partition("@")[0]) <= 64
    assert threads.from_addresses(["other@shop.example", fold(address)]) == ulid


@given(ulids, cases)
def test_a_signed_id_leads_back_in_any_case(ulid: str, fold: Callable[[str], str]) -> None:
    assert threads.from_ids(["x@y", fold(threads.signed_id(ulid, DOMAIN))]) == ulid


@given(ulids, st.integers(0, 42), st.sampled_from("0123456789abcdefghijklmnopqrstuvwxyz-+ \u212a"))
def test_a_changed_token_leads_nowhere(ulid: str, place: int, other: str) -> None:
    token = threads.signed_id(ulid, DOMAIN).partition("@")[0]
    changed = token[:place] + other + token[place + 1 :]
    found = threads.from_ids([f"{changed}@{DOMAIN}"])
    assert found == (ulid if changed.lower() == token else None)


@given(ulids, ulids)
def test_a_tag_of_another_thread_leads_nowhere(ulid: str, other: str) -> None:
    mine, theirs = threads.signed_id(ulid, DOMAIN), threads.signed_id(other, DOMAIN)
    grafted = mine[:27] + theirs[27:]
    assert threads.from_ids([grafted]) == (ulid if ulid == other else None)


@given(ulids, st.sampled_from("023456789"))
def test_tokens_of_another_key_lead_back_by_that_key_alone(ulid: str, key_id: str) -> None:
    tag = base64.b32encode(tokens.tag("thread", ulid.lower(), key_id)).decode().lower()
    assert threads.from_ids([f"{ulid.lower()}{key_id}{tag}@{DOMAIN}"]) == ulid, "the key is rotated"
    assert threads.from_ids([f"{ulid.lower()}1{tag}@{DOMAIN}"]) is None


@given(ulids, st.binary(min_size=10, max_size=10))
def test_a_guessed_tag_leads_nowhere(ulid: str, guess: bytes) -> None:
    tag = base64.b32encode(guess).decode().lower()
    found = threads.from_ids([f"{ulid.lower()}1{tag}@{DOMAIN}"])
    assert found == (ulid if tokens.matches("thread", ulid.lower(), guess) else None)


@given(st.text(max_size=80))
def test_no_text_is_taken_for_a_token_or_raises(text: str) -> None:
    assert threads.from_ids([text]) is None
    assert threads.from_addresses([text, f"support+{text}@shop.example"]) is None
    assert len(threads.keys_of_ids([text])) == 2
    threads.tags_in(text)


@given(ulids)
def test_the_tag_in_a_subject_is_read(ulid: str) -> None:
    tag = threads.tag_of(ulid)
    assert threads.tags_in(f"AW: Re: kettle [#{tag.lower()}] [#short] [#{tag}]") == [tag, tag]


def test_our_ids_match_whatever_domain_ses_adds() -> None:
    ses_id = "0100018f-1a2b"
    key = threads.index_key("ses", ses_id)
    for domain in ("email.amazonses.com", "eu-west-1.amazonses.com", ""):
        assert key in threads.keys_of_ids([f"{ses_id}@{domain}" if domain else ses_id])


def test_a_strangers_id_is_never_taken_for_one_of_ses() -> None:
    assert threads.index_key("mid", "a@x") not in threads.keys_of_ids(["ses:a@x", "b@x"])
    assert threads.index_key("mid", "ses:a") != threads.index_key("ses", "a")


def test_five_ids_are_looked_up_at_most() -> None:
    assert len(threads.keys_of_ids(f"{number}@x" for number in range(50))) == 10


@pytest.mark.parametrize("address", [MAILBOX, "Support@SHOP.example", "support+x@shop.example"])
def test_our_own_mailbox_is_known(address: str) -> None:
    ours = Mailboxes(data=[Mailbox.default(MAILBOX, "Shop")])
    assert ours.at(address)
    assert not ours.at(f"x{address}")
    assert not ours.at(f"{address}.evil")


def test_ids_made_one_after_the_other_have_their_own_tags() -> None:
    at = ids.now()
    assert len({threads.tag_of(ids.ulid(at)) for _ in range(100)}) == 100
