"""What the measurements say: over budget is a failure, not measured is never ok."""

from __future__ import annotations

import pytest

from bench import capacity, idle
from bench.report import Line, alone, kept_as, ratio


def test_over_budget_is_exit_code_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert alone("Time", lambda: [ratio("this", 1.3, 1.3), ratio("that", 1.3, 1.31)]) == 1
    assert "OVER  that" in capsys.readouterr().out


def test_what_was_not_measured_is_no_failure() -> None:
    assert alone("Time", lambda: [Line("this", "≤ 1", "not measured", None)]) == 0


def test_only_a_whole_measurement_is_kept() -> None:
    assert kept_as("bench.load", []) == "load"
    assert kept_as("bench.load", ["--seconds", "10"]) is None
    assert kept_as("pytest.__main__", []) is None


def test_without_java_capacity_is_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    lines = list(capacity.measure())
    assert len(lines) == len(capacity.READS)
    assert {(line.figure, line.ok) for line in lines} == {("not measured: Java is not installed", None)}


TEMPLATE = {
    "Parameters": {"Waf": {"Default": "no"}, "Target": {"Default": "aws"}},
    "Conditions": {
        "OnAws": {"Fn::Equals": [{"Ref": "Target"}, "aws"]},
        "HasWaf": {"Fn::And": [{"Condition": "OnAws"}, {"Fn::Equals": [{"Ref": "Waf"}, "yes"]}]},
        "Bare": {"Fn::Not": [{"Fn::Or": [{"Condition": "HasWaf"}]}]},
    },
    "Resources": {
        "Firewall": {"Type": "AWS::WAFv2::WebACL", "Condition": "HasWaf"},
        "Archive": {"Type": "AWS::Events::Archive", "Condition": "OnAws"},
        "Queue": {"Type": "AWS::SQS::Queue"},
        "Other": {"Type": "AWS::SNS::Topic", "Condition": "Bare"},
    },
}


def test_only_resources_of_the_default_stack_count() -> None:
    assert list(idle.default_resources(TEMPLATE)) == ["Archive", "Queue", "Other"]


def test_a_nat_gateway_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    more = {"Nat": {"Type": "AWS::EC2::NatGateway", "Properties": {}}}
    monkeypatch.setattr(idle, "template", lambda: {**TEMPLATE, "Resources": more})
    assert next(line.what for line in idle.measure() if line.ok is False) == "resources that bill by the hour"
