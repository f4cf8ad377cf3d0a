"""The commands that go through a stage's table: they work where they are told to, and say how they ended."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

import pytest

from infra import reindex, reunderstand, upkeep
from infra.stack import outputs
from tests.api import Api
from tests.cloud import Cloud
from tests.stack import STACK

SET = ("AWS_DEFAULT_REGION", "RAPPORT_TABLE", "RAPPORT_MAIL_BUCKET", "RAPPORT_TIME_ZONE")


@pytest.mark.parametrize(
    ("main", "options", "said"),
    [
        (reunderstand.main, [], "0 responses are understood otherwise now"),
        (reunderstand.main, ["--recount"], "0 counters were not right"),
        (reindex.main, [], "1 customers indexed"),
        (reindex.main, ["--tickets"], "0 tickets indexed"),
        (reindex.main, ["--articles"], "0 articles indexed"),
    ],
)
def test_they_work_in_the_stage_that_is_named(
    api: Api,
    cloud: Cloud,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    main: Callable[[], int],
    options: list[str],
    said: str,
) -> None:
    for name in (*SET, "RAPPORT_SENTIMENT_ENGINE"):
        monkeypatch.setenv(name, os.environ.get(name, ""))
    made = {"TableName": cloud["Table"], "MailBucketName": cloud["MailBucket"]}
    monkeypatch.setattr(upkeep, "outputs", lambda *given: made if given[1] == STACK else outputs(*given))
    api.post("/v1/customers", {"name": "Ada"}).ok(201)
    monkeypatch.setattr(sys, "argv", ["command", "--stage", STACK.removeprefix("rapport-"), *options])
    assert main() == 0
    assert said in capsys.readouterr().out
    assert os.environ["RAPPORT_TABLE"] == cloud["Table"]
    monkeypatch.setattr(sys, "argv", ["command", "--stage", "nowhere", *options])
    assert main() == 1
    assert "Go on with --after" in capsys.readouterr().err
