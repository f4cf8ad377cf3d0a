"""What must hold of the template as it is deployed, whoever adds to it."""

from __future__ import annotations

import json
import re
from graphlib import TopologicalSorter
from importlib.resources import files

from tests.infra.package import Package
from tests.infra.parts import (
    BY_THE_HOUR,
    ENDS_WIDE,
    as_list,
    of,
    references,
    statements,
    texts,
)


def test_the_template_is_under_a_megabyte(package: Package) -> None:
    assert len(json.dumps(package.template)) < 1_000_000


KNOW_NO_RESOURCE = (
    *("xray:", "ses:GetSendQuota", "comprehend:"),
    *("cloudwatch:GetMetricData", "events:ListRuleNamesByTarget", "lambda:ListEventSourceMappings"),
)


def test_no_statement_names_more_than_it_must(package: Package) -> None:
    for role, statement in statements(package):
        for action in as_list(statement["Action"]):
            assert "*" not in action, f"{role}: {action}"
            for resource in map(texts, as_list(statement["Resource"])):
                assert "*" not in resource[:-1], f"{role}: {resource}"
                narrow = not resource.endswith("*")
                assert narrow or any(re.match(known, action) for known in ENDS_WIDE), (
                    f"{role}: {action} {resource}"
                )
                assert resource != "*" or action.startswith(KNOW_NO_RESOURCE), f"{role}: {action}"


def test_no_statement_names_what_its_action_does_not_know(package: Package) -> None:
    """Such a statement allows nothing, and only AWS says so; cfn-lint carries what each action knows."""
    known = json.loads((files("cfnlint") / "data/AdditionalSpecs/Policies.json").read_text())
    asked = 0
    for role, statement in statements(package):
        for action in as_list(statement["Action"]):
            service, _, name = action.partition(":")
            takes = known[service]["Actions"][name.lower()].get("Resources")
            everything = as_list(statement["Resource"]) == ["*"]
            # A stream's reader is given it for the one stream everywhere, also in AWS's own templates.
            assert takes or everything or action == "dynamodb:ListStreams", f"{role}: {action}"
            asked += 1
    assert asked > 100


def test_each_function_has_a_role_of_its_own(package: Package) -> None:
    roles = [function["Role"]["Fn::GetAtt"][0] for function in package.functions().values()]
    assert len(set(roles)) == len(roles)


def test_each_function_writes_to_a_log_group_that_ends(package: Package) -> None:
    groups = of(package, "AWS::Logs::LogGroup")
    for name, function in package.functions().items():
        group = groups[f"{name}Logs"]["Properties"]
        assert group["LogGroupName"] == {"Fn::Sub": f"/aws/lambda/{function['FunctionName']['Fn::Sub']}"}
        assert group["RetentionInDays"]


def test_on_aws_no_webhook_goes_to_this_machine_or_without_tls(package: Package) -> None:
    given = {
        name: function["Environment"]["Variables"].get("RAPPORT_WEBHOOK_LOOPBACK")
        for name, function in package.functions().items()
    }
    only_locally = {"Fn::If": ["OnAws", {"Ref": "AWS::NoValue"}, "true"]}
    assert {name: value for name, value in given.items() if value is not None} == dict.fromkeys(
        ("APIHandler", "Webhooks"), only_locally
    )


def test_no_resource_waits_for_itself(package: Package) -> None:
    """Cycles, which CloudFormation reports only when it deploys."""
    known = package.template["Resources"]
    waits = {name: {*references(part)} & known.keys() for name, part in known.items()}
    assert len(list(TopologicalSorter(waits).static_order())) == len(known)


def test_nothing_bills_by_the_hour_unless_asked(package: Package) -> None:
    for name, part in package.template["Resources"].items():
        assert not BY_THE_HOUR.match(part["Type"]), name
        if part["Type"].startswith("AWS::WAFv2"):
            assert part["Condition"] == "HasWaf"
        if part["Type"] == "AWS::CloudWatch::Alarm":
            assert part["Condition"] == "HasAlarms"
    assert package.template["Resources"]["Table"]["Properties"]["BillingMode"] == "PAY_PER_REQUEST"
    for name, function in package.functions().items():
        assert "ProvisionedConcurrencyConfig" not in function, name


def test_buckets_are_private_and_the_table_outlives_the_stack(package: Package) -> None:
    for name, bucket in of(package, "AWS::S3::Bucket").items():
        assert all(bucket["Properties"]["PublicAccessBlockConfiguration"].values()), name
        assert bucket["Properties"]["BucketEncryption"], name
        assert bucket["DeletionPolicy"] == "Retain"
    table = package.template["Resources"]["Table"]
    assert table["DeletionPolicy"] == table["UpdateReplacePolicy"] == "Retain"
    assert table["Properties"]["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
