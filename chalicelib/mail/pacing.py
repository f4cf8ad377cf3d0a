"""How fast we send: under the rate that SES allows, with a share kept for mails that cannot wait.

Nobody counts in the table. There are at most `SENDERS` processes of a kind (infra/functions.yaml), and each
spaces its own mails, so that all together stay under 80 % of the account's rate: 40 % for campaigns, and 40 %
that campaigns never touch, for everything else. A quota is of recipients, and so is the pace.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from typing import Literal, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.kernel import aws, telemetry
from chalicelib.kernel.config import settings

Kind = Literal["campaigns", "others"]

SENDERS = 2
"""Processes of a kind at once: the least that Lambda can be limited to."""
SHARE: dict[Kind, float] = {"campaigns": 0.4, "others": 0.4}
"""Of the account's rate."""
DAY_IS_FULL = 0.9
"""Share of the day's quota after which campaigns wait, so that the rest is left for other mails."""
KEPT_FOR = 300.0
"""Seconds that what SES said about the account is believed."""
LONGEST = 8.0
"""Seconds that one mail waits at most: a batch of five must end before its function is stopped."""


class Quota(NamedTuple):
    """What SES allows: recipients a second, and a day, and how many there were in the last 24 hours.

    `per_day` is -1 where there is no bound.
    """

    per_second: float
    per_day: float = -1
    sent: float = 0


def asked() -> Quota:
    """What SES says of the account: one call. Without an answer, the rate that every account has at least."""
    if settings().send_rate:
        return Quota(settings().send_rate)
    try:
        answer = aws.ses().get_send_quota()
    except (ClientError, BotoCoreError) as error:
        telemetry.logger.warning("the sending quota is not known", error=type(error).__name__)
        return Quota(1)
    return Quota(answer["MaxSendRate"], answer["Max24HourSend"], answer["SentLast24Hours"])


class Pacer:
    """Spaces the mails of one process."""

    def __init__(
        self,
        kind: Kind,
        *,
        ask: Callable[[], Quota] = asked,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._share = SHARE[kind]
        self._ask, self._clock, self._sleep = ask, clock, sleep
        self._known: Quota | None = None
        self._asked_at = self._free_at = 0.0
        self._sent_since = 0

    def wait(self, recipients: int) -> None:
        """Sleep until a mail to so many may go out."""
        quota = self._quota()
        now = self._clock()
        begin = max(now, self._free_at)
        if begin > now:
            self._sleep(min(begin - now, LONGEST))
        self._free_at = begin + recipients * SENDERS / (max(quota.per_second, 0.1) * self._share)
        self._free_at = min(self._free_at, begin + LONGEST)
        self._sent_since += recipients

    @property
    def day_is_full(self) -> bool:
        """Whether what is left of the day's quota is for mails that cannot wait."""
        quota = self._quota()
        return 0 <= quota.per_day * DAY_IS_FULL <= quota.sent + self._sent_since

    def _quota(self) -> Quota:
        if self._known is None or self._clock() - self._asked_at > KEPT_FOR:
            self._known, self._asked_at, self._sent_since = self._ask(), self._clock(), 0
        return self._known


@cache
def pacer(kind: Kind) -> Pacer:
    """The one of our process."""
    return Pacer(kind)
