"""What is recorded when somebody logs an interaction."""

from typing import ClassVar

from chalicelib.kernel.events import EventData
from chalicelib.timeline.model import Channel, Direction


class InteractionLogged(EventData):
    """The summary and the outcome are private."""

    type: ClassVar[str] = "interaction.logged"
    customer_id: str
    channel: Channel
    direction: Direction
