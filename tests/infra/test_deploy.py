"""The steps of a deployment: each may be repeated, and none overwrites what is there."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from infra import build, deploy, stack
from infra.template import merged

QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Ref": "Name"}}}
FUNCTION = {"Type": "AWS::Serverless::Function", "Properties": {"CodeUri": "./deployment.zip"}}


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[boto3.Session]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setattr(stack, "POLL_SECONDS", 0)
    with mock_aws():
        yield boto3.Session(region_name="us-east-1")


@pytest.fixture
def built(tmp_path: Path) -> Path:
    parameters = {"Name": {"Type": "String", "Default": "one"}, "Other": {"Type": "String", "Default": ""}}
    template = {"Parameters": parameters, "Resources": {"Queue": QUEUE}}
    (tmp_path / "template.json").write_text(json.dumps(template))
    (tmp_path / "deployment.zip").write_bytes(b"code")
    return tmp_path


def test_the_secret_is_made_once(aws: boto3.Session) -> None:
    ssm = aws.client("ssm")
    assert deploy.ensure_secret(ssm, "/rapport/test/root-secret")
    first = ssm.get_parameter(Name="/rapport/test/root-secret", WithDecryption=True)["Parameter"]
    assert not deploy.ensure_secret(ssm, "/rapport/test/root-secret")
    second = ssm.get_parameter(Name="/rapport/test/root-secret", WithDecryption=True)["Parameter"]
    assert first["Type"] == "SecureString"
    assert first["Value"] == second["Value"]
    assert len(base64.b64decode(first["Value"])) == 32


def test_another_active_rule_set_stays_active(aws: boto3.Session) -> None:
    ses = aws.client("ses")
    for name in ("theirs", "ours"):
        ses.create_receipt_rule_set(RuleSetName=name)
    assert deploy.activate_receipt_rules(ses, "theirs") == "theirs"
    assert deploy.activate_receipt_rules(ses, "ours") == "theirs"


def test_the_same_build_is_uploaded_to_the_same_place(aws: boto3.Session, built: Path) -> None:
    s3 = aws.client("s3")
    for _ in range(2):
        stack.ensure_bucket(s3, "artifacts")
    assert stack.upload(s3, "artifacts", built) == stack.upload(s3, "artifacts", built)
    assert len(s3.list_objects_v2(Bucket="artifacts")["Contents"]) == 2


def test_a_bucket_that_somebody_else_made_first_is_refused(aws: boto3.Session) -> None:
    s3 = aws.client("s3")
    with Stubber(s3) as stubbed:  # moto does not look at the owner
        asked = {"Bucket": "artifacts", "ExpectedBucketOwner": "123456789012"}
        stubbed.add_client_error("head_bucket", "403", http_status_code=403, expected_params=asked)
        with pytest.raises(stack.DeployFailed, match="another account's"):
            stack.ensure_bucket(s3, "artifacts", "123456789012")


def test_every_function_is_given_the_uploaded_code() -> None:
    template = {"Resources": {"F": FUNCTION, "Q": QUEUE}}
    assert stack.with_code_at(template, "s3://b/k")["Resources"]["F"]["Properties"]["CodeUri"] == "s3://b/k"


def test_a_stack_is_made_and_keeps_what_a_later_deployment_does_not_name(
    aws: boto3.Session, built: Path
) -> None:
    s3, cloud = aws.client("s3"), aws.client("cloudformation")
    stack.ensure_bucket(s3, "artifacts")
    url = stack.upload(s3, "artifacts", built)
    said: list[str] = []
    stack.deploy_stack(cloud, "rapport-test", url, {"Name": "two"}, said.append)
    assert aws.client("sqs").list_queues()["QueueUrls"][0].endswith("/two")
    assert any("CREATE_COMPLETE" in line for line in said)
    stack.deploy_stack(cloud, "rapport-test", url, {"Other": "x"}, said.append)
    assert aws.client("sqs").list_queues()["QueueUrls"][0].endswith("/two")
    assert any("UPDATE_COMPLETE" in line for line in said)


def test_options_become_parameters() -> None:
    options = deploy.arguments().parse_args(["--stage", "prod", "--mail-domain", "mail.example.com"])
    assert deploy.parameters(options) == {
        "Stage": "prod",
        "SecretParameter": "/rapport/prod/root-secret",
        "MailDomain": "mail.example.com",
    }


def test_every_parameter_of_the_template_can_be_given() -> None:
    assert {*deploy.OPTIONS, "Stage", "Target", "SecretParameter"} == merged()["Parameters"].keys()


def test_a_missing_wheel_fails_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def warn(*command: Any, **_: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(command, 0, "Could not install dependencies:\nnh3==0.3.8\n", "")

    monkeypatch.setattr(subprocess, "run", warn)
    monkeypatch.setattr(build, "CACHE", tmp_path / "archives")
    (tmp_path / "archives").mkdir()
    with pytest.raises(build.BuildFailed, match="nh3"):
        build.package(tmp_path, "local")
    assert not (tmp_path / "archives").exists()


@pytest.mark.parametrize(
    ("part", "words"),
    [({"Properties": {}}, "names nothing like it"), (FUNCTION, "functions.yaml does not know")],
)
def test_app_and_template_must_know_the_same_functions(part: dict[str, Any], words: str) -> None:
    with pytest.raises(build.BuildFailed, match=words):
        build.check({"Resources": {"Extra": part}})
