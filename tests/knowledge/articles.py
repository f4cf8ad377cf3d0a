"""Articles for tests."""

from __future__ import annotations

from typing import Any

from tests.api import Api
from tests.cloud import Cloud

PUBLIC = Api(None)


def draft(api: Api, title: str, markdown: str = "Text.", *, language: str = "en", **fields: Any) -> Any:
    """A new draft in one language."""
    body = {"texts": {language: {"title": title, "markdown": markdown}}, **fields}
    return api.post("/v1/articles", body).ok(201)


def published(
    api: Api, cloud: Cloud, title: str, markdown: str = "Text.", *, language: str = "en", **fields: Any
) -> Any:
    """A published article, indexed."""
    made = draft(api, title, markdown, language=language, **fields)
    after = api.patch(f"/v1/articles/{made['id']}", {"status": "published"}).ok()
    cloud.pump()
    return after


def titles(query: str = "", api: Api = PUBLIC, path: str = "/v1/public/articles") -> list[str]:
    """The titles that a search finds, in order."""
    return [one["title"] for one in api.get(f"{path}?{query}").ok()["data"]]
