"""What is made of a response's words: how it feels, what it is about, and whether it is urgent."""

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.kernel.model import Stored

Label = Literal["positive", "neutral", "negative"]
Engine = Literal["rating", "offline", "comprehend"]
Reason = Literal["leave", "legal", "safety"]
Level = Literal["none", "raised", "high"]

MAX_THEMES = 5


class Sentiment(Stored):
    """How a response feels. `engine` says what decided: the score that was given, or who read the words."""

    label: Label
    score: Annotated[float, Field(description="From −1, bad, to 1, good.")]
    confidence: Annotated[float, Field(description="From 0 to 1.")]
    engine: Engine


class Urgency(Stored):
    """Whether somebody should look at once: `high` is law or safety, `raised` a customer about to leave."""

    level: Level = "none"
    reasons: list[Reason] = []

    @property
    def urgent(self) -> bool:
        return self.level != "none"


class Understanding(Stored):
    """All that is made of a response. `language` is the one it says it has, or the one that was found."""

    language: str | None = None
    sentiment: Sentiment | None = None
    themes: list[str] = []
    urgency: Urgency = Urgency()
