"""docs/rules.md: its rule is one, its check of signatures is right, and it lists what there is."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

from chalicelib.rules.actions import Kind
from chalicelib.rules.conditions import Leaf
from chalicelib.rules.model import NewRule, Reason
from chalicelib.webhooks.signing import headers

TEXT = (Path(__file__).parent.parent.parent / "docs" / "rules.md").read_text(encoding="utf-8")
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def _block(language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


def test_the_rule_is_one() -> None:
    given = json.loads(_block("json"))
    assert json.loads(NewRule.model_validate(given).model_dump_json(exclude_defaults=True)) == given


def test_the_check_of_signatures_is_right() -> None:
    names: dict[str, Any] = {}
    exec(_block("python"), names)
    body = b'{"id": "evt_1"}'
    sent = headers("dlv_1", datetime.now(UTC), body, [SECRET, "whsec_" + "A" * 32])
    assert names["is_genuine"](sent, body, SECRET)
    assert names["is_genuine"](sent, body, "whsec_" + "A" * 32)
    assert not names["is_genuine"](sent, body, "whsec_" + "B" * 32)
    assert not names["is_genuine"](sent, body + b" ", SECRET)
    old = headers("dlv_1", datetime(2020, 1, 1, tzinfo=UTC), body, [SECRET])
    assert not names["is_genuine"](old, body, SECRET)


def test_every_condition_action_and_reason_is_told() -> None:
    union, *_ = get_args(Leaf)
    fields = [field for kind in get_args(union) for field in get_args(kind.model_fields["field"].annotation)]
    for name in (*fields, *get_args(Kind), *get_args(Reason)):
        assert f"`{name}`" in TEXT, name
