"""Joining the files of the template, and making real resources from parts of it."""

from __future__ import annotations

from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from infra import template
from infra.build import BuildFailed, report
from tests.cloud import REGION, create


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


@mock_aws
def test_tests_make_their_resources_from_the_template(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    cloud = create("test")
    table = boto3.client("dynamodb", region_name=REGION).describe_table(TableName=cloud["Table"])["Table"]
    assert [index["IndexName"] for index in table["GlobalSecondaryIndexes"]] == ["gsi1", "gsi2", "gsi3"]
    sqs, sns = boto3.client("sqs", region_name=REGION), boto3.client("sns", region_name=REGION)
    sns.publish(TopicArn=cloud["InboundMailTopic"], Message="raw")
    assert sqs.receive_message(QueueUrl=cloud["InboundMailQueue"])["Messages"][0]["Body"] == "raw"
    events = boto3.client("events", region_name=REGION)
    entry = {"Source": "rapport", "DetailType": "mail.queued", "Detail": "{}", "EventBusName": cloud["Bus"]}
    events.put_events(Entries=[entry])  # type: ignore[list-item]  # a plain dict is what it takes
    assert sqs.receive_message(QueueUrl=cloud["OutboundMailQueue"])["Messages"]
