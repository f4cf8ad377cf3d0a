"""All senders together stay under 80 % of SES's rate; campaigns leave the rest of a day to others."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel import aws, config
from chalicelib.mail.pacing import KEPT_FOR, LONGEST, SENDERS, SHARE, Kind, Pacer, Quota, asked
from tests.cloud import Cloud


class _Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds


def _pacer(kind: Kind, quota: Quota, clock: _Clock) -> Pacer:
    return Pacer(kind, ask=lambda: quota, clock=clock, sleep=clock.sleep)


@given(
    rate=st.floats(1, 500),
    recipients=st.lists(st.integers(1, 3), min_size=5, max_size=40),
    gaps=st.lists(st.floats(0, 2), min_size=40, max_size=40),
)
def test_no_window_holds_more_than_the_share(rate: float, recipients: list[int], gaps: list[float]) -> None:
    clock = _Clock()
    pacer = _pacer("campaigns", Quota(rate), clock)
    went: list[tuple[float, int]] = []
    for number, gap in zip(recipients, gaps, strict=False):
        pacer.wait(number)
        went.append((clock.now, number))
        clock.now += gap
    allowed = rate * SHARE["campaigns"] / SENDERS
    for first in range(len(went)):
        for last in range(first + 1, len(went)):
            several = sum(number for _, number in went[first:last])
            assert several <= (went[last][0] - went[first][0]) * allowed + several * 1e-6 or rate < 3


def test_the_shares_leave_a_fifth() -> None:
    assert sum(SHARE.values()) == pytest.approx(0.8)


def test_one_mail_never_waits_longer_than_a_batch_may() -> None:
    clock = _Clock()
    pacer = _pacer("others", Quota(0), clock)
    for _ in range(5):
        pacer.wait(50)
    assert clock.now - 1_000 <= 4 * LONGEST
    assert 5 * LONGEST < 60


@pytest.mark.parametrize(
    ("quota", "full"),
    [
        (Quota(1, 200, 179), False),
        (Quota(1, 200, 180), True),
        (Quota(1, -1, 10**9), False),
        (Quota(1, 0, 0), True),
    ],
)
def test_when_a_day_is_full(quota: Quota, full: bool) -> None:
    assert _pacer("campaigns", quota, _Clock()).day_is_full is full


def test_our_own_mails_count_until_ses_is_asked_again() -> None:
    clock, answers = _Clock(), [Quota(100, 100, 85), Quota(100, 100, 10)]
    pacer = Pacer("campaigns", ask=lambda: answers.pop(0), clock=clock, sleep=clock.sleep)
    assert not pacer.day_is_full
    pacer.wait(5)
    full = pacer.day_is_full
    clock.now += KEPT_FOR + 1
    assert (full, pacer.day_is_full) == (True, False)


def test_ses_is_asked(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked() == Quota(100_000), "as the environment says"
    monkeypatch.setenv("RAPPORT_SEND_RATE", "0")
    config.settings.cache_clear()
    answer = aws.ses().get_send_quota()
    assert asked() == Quota(answer["MaxSendRate"], answer["Max24HourSend"], answer["SentLast24Hours"])


@pytest.mark.parametrize("function", ["OutboundMail", "OutboundCampaigns"])
def test_there_are_as_many_senders_as_the_code_reckons_with(function: str) -> None:
    text = (Path(__file__).parents[2] / "infra" / "functions.yaml").read_text(encoding="utf-8")
    part = text.split(f"\n  {function}:\n")[1].split("\n  MailEvents:\n")[0]
    assert f"ScalingConfig: {{MaximumConcurrency: {SENDERS}}}" in part.split("Logs:\n    Type")[0]
