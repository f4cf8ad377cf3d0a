"""The stores and wires of the deployed template, made in moto: tests have no second description of them."""

from __future__ import annotations

import json

import boto3

from infra.template import excerpt, resources

REGION = "us-east-1"
STORES = ("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::SNS::Topic")
BUS = ("AWS::Events::EventBus", "AWS::Events::Rule")


def create(stage: str = "test") -> dict[str, str]:
    """Create them, inside `mock_aws`, and return the physical id (name, URL or ARN) of each logical id."""
    cloud = boto3.client("cloudformation", region_name=REGION)
    cloud.create_stack(
        StackName=f"rapport-{stage}",
        TemplateBody=json.dumps(excerpt(*STORES, *BUS)),
        Parameters=[
            {"ParameterKey": "Stage", "ParameterValue": stage},
            {"ParameterKey": "Target", "ParameterValue": "local"},
        ],
    )
    made = cloud.describe_stack_resources(StackName=f"rapport-{stage}")["StackResources"]
    # moto lists what a condition leaves out as a row without names, and forgets the name of the bus.
    physical = {
        part["LogicalResourceId"]: part["PhysicalResourceId"]
        for part in made
        if part.get("PhysicalResourceId")
    }
    physical["Bus"] = f"rapport-{stage}"
    _subscribe(physical)
    return physical


def _subscribe(physical: dict[str, str]) -> None:
    """Make the template's subscriptions, which moto's CloudFormation does not know, by hand."""
    sns, sqs = boto3.client("sns", region_name=REGION), boto3.client("sqs", region_name=REGION)
    for subscription in resources("AWS::SNS::Subscription").values():
        wanted = subscription["Properties"]
        url = physical[wanted["Endpoint"]["Fn::GetAtt"][0]]
        queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        sns.subscribe(
            TopicArn=physical[wanted["TopicArn"]["Ref"]],
            Protocol=wanted["Protocol"],
            Endpoint=queue,
            Attributes={"RawMessageDelivery": str(wanted["RawMessageDelivery"]).lower()},
        )
