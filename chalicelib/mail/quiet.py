"""Quiet hours: when nobody wants to hear from us, where they are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo


class Quiet(NamedTuple):
    """From `begin` until before `end`, local time; past midnight when `end` is the earlier one."""

    begin: time
    end: time

    @classmethod
    def of(cls, begin: str | None, end: str | None) -> Quiet | None:
        """Of two times such as `21:00`; None unless both are there and differ."""
        if not begin or not end or begin == end:
            return None
        return cls(time.fromisoformat(begin), time.fromisoformat(end))

    def holds(self, at: time) -> bool:
        if self.begin < self.end:
            return self.begin <= at < self.end
        return at >= self.begin or at < self.end


def next_good_moment(now: datetime, zone: ZoneInfo, several: Iterable[Quiet | None]) -> datetime:
    """The first moment from `now` on that lies in none of these; `now` itself when they leave no time at all.

    An end that the clocks skip is the moment they skip to (PEP 495).
    """
    kept = [quiet for quiet in several if quiet]
    moment = now
    for _ in range(len(kept) * 2 + 1):
        local = moment.astimezone(zone)
        holding = next((quiet for quiet in kept if quiet.holds(local.time())), None)
        if holding is None:
            return moment
        end = datetime.combine(local.date(), holding.end, zone)
        if end <= local:
            end = datetime.combine(local.date() + timedelta(days=1), holding.end, zone)
        moment = end.astimezone(now.tzinfo)
    return now
