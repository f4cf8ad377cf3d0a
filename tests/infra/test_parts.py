"""Joining the files of the template into one."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra import template
from infra.build import BuildFailed, report


def test_two_files_may_not_name_one_thing() -> None:
    part = {"Resources": {"Table": {"Type": "AWS::DynamoDB::Table"}}}
    with pytest.raises(template.NamedTwice, match=r"b\.yaml: Table"):
        template.join({"a.yaml": part, "b.yaml": part})


def test_a_section_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="Resource is not one of"):
        template.join({"a.yaml": {"Resource": {}}})


def test_a_key_may_not_stand_twice(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("Resources:\n  Table: {a: 1}\n  Table: {b: 2}\n")
    with pytest.raises(template.NamedTwice, match="Table twice"):
        template.read(file)


def test_short_tags_become_long_and_anchors_leave(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(
        "x-a: &a {Type: T}\n"
        "Resources:\n"
        "  R: {<<: *a, X: !GetAtt A.B.C, Y: !If [C, !Ref D, !Sub 'e'], Z: !Condition F}\n"
    )
    assert template.read(file)["Resources"]["R"] == {
        "Type": "T",
        "X": {"Fn::GetAtt": ["A", "B.C"]},
        "Y": {"Fn::If": ["C", {"Ref": "D"}, {"Fn::Sub": "e"}]},
        "Z": {"Condition": "F"},
    }


def test_what_is_merged_is_the_callers_own() -> None:
    template.merged()["Resources"].clear()
    assert template.merged()["Resources"]


def test_a_package_over_its_budget_fails_the_build(tmp_path: Path) -> None:
    (tmp_path / "deployment.zip").write_bytes(b"0" * 15_000_001)
    (tmp_path / "template.json").write_text("{}")
    with pytest.raises(BuildFailed, match="budget"):
        report(tmp_path)


def test_only_functions_that_sign_or_hash_may_read_the_root_secret() -> None:
    readers = {
        name
        for name, role in template.merged()["Resources"].items()
        for policy in role.get("Properties", {}).get("Policies", [])
        if "ssm:GetParameter" in str(policy)
    }
    assert readers == {
        "ApiHandlerRole",
        "InvitationsRole",
        "InboundMailRole",
        "OutboundMailRole",
        "OutboundCampaignsRole",
        "MailEventsRole",
        "JobsRole",
        "WebhooksRole",
    }
