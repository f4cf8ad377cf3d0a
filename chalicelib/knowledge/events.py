"""What is recorded about articles. A change brings the step that indexes it (indexing.py)."""

from typing import ClassVar

from chalicelib.kernel.events import Continuing, EventData


class ArticleCreated(EventData):
    type: ClassVar[str] = "article.created"
    audited: ClassVar[bool] = True
    article_id: str


class ArticleChanged(Continuing):
    """`changed` names the fields; `texts` stands for a new version."""

    type: ClassVar[str] = "article.changed"
    audited: ClassVar[bool] = True
    article_id: str
    article_version: int
    changed: list[str]
    status: str


class ArticleDeleted(Continuing):
    type: ClassVar[str] = "article.deleted"
    audited: ClassVar[bool] = True
    article_id: str
