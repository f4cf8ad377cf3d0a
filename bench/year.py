"""A year of statistics: every day, in every shard, counted every channel in all measures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import product
from typing import Any, get_args

from bench.scene import Scene
from chalicelib.feedback import counts
from chalicelib.kernel import aws
from chalicelib.kernel.config import settings
from chalicelib.kernel.table import encode_item
from chalicelib.timeline.model import Channel

PATH = "/v1/feedback/stats/channel?from=2024-01-01&to=2024-12-31&survey=year"
CODES = "psdctefmg+=-"


def statistics_of_a_year(scene: Scene) -> Callable[[], Any]:
    """Asks for the figures of each channel, over a leap year."""
    numbers = {f"{channel}|{code}": 90 for channel in get_args(Channel) for code in CODES}
    days = [date(2024, 1, 1) + timedelta(days=n) for n in range(366)]
    items = [
        {"pk": counts.partition("year", "channel"), "sk": f"DAY#{day}#{shard}", **numbers}
        for day, shard in product(days, range(settings().counter_shards))
    ]
    for begin in range(0, len(items), 25):
        puts: Any = [{"PutRequest": {"Item": encode_item(one)}} for one in items[begin : begin + 25]]
        aws.dynamodb().batch_write_item(RequestItems={scene.cloud["Table"]: puts})
    return lambda: scene.api.get(PATH).ok()
