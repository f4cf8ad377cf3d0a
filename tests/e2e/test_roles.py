"""The deployed roles: each is allowed what its function needs, and refused all else."""

from __future__ import annotations

import re

import pytest

from local.clients import Clients
from tests.e2e.clouds import OwnCloud
from tests.e2e.roles import Stack, allowed, probes

READ = {"GetItem", "BatchGetItem", "Query"}
READ_ALL = {*READ, "Query index"}
WRITE = {"PutItem", "UpdateItem", "ConditionCheckItem"}
BODIES = {"write MailBucket/messages"}
SENT = {
    "read MailBucket/messages",
    "read MailBucket/attachments",
    "list MailBucket",
    "send mail",
    "SES quota",
}
MAIL = ("inbound", "messages", "attachments", "articles", "articles/index")
KEPT = {"read FilesBucket/any", "write FilesBucket/any", "list FilesBucket"}


def _reads(queue: str) -> set[str]:
    return {f"receive {queue}", f"delete {queue}"}


NEEDS: dict[str, set[str]] = {
    "ApiHandler": {
        *(READ_ALL | WRITE | BODIES | KEPT),
        *("DeleteItem", "read the secret", "list MailBucket"),
        *(f"read MailBucket/{folder}" for folder in MAIL),
        *(f"write MailBucket/{folder}" for folder in ("attachments", "articles", "articles/index")),
        *("list event sources", "read metrics", "replay events"),  # whoever operates the queues asks it
    },
    "Authorizer": {"GetItem", "UpdateItem"},
    "Publisher": {"publish an event", "write FailuresBucket/any", "list FailuresBucket"},
    "FeedbackWorker": {*READ, "PutItem", "UpdateItem", *_reads("FeedbackQueue")},
    "TallyFeedback": {"BatchGetItem", "UpdateItem", *_reads("TallyQueue")},
    "InboundMail": {
        *(READ_ALL | WRITE | BODIES | _reads("InboundMailQueue")),
        *("read the secret", "read MailBucket/inbound", "write MailBucket/attachments", "list MailBucket"),
    },
    **{
        name: {"BatchGetItem", "PutItem", "UpdateItem", "read the secret", *SENT, *_reads(f"{name}Queue")}
        for name in ("OutboundMail", "OutboundCampaigns")
    },
    "MailEvents": {"GetItem", "PutItem", "UpdateItem", "read the secret", *_reads("MailEventsQueue")},
    "Timers": {
        *("GetItem", "Query", "Query index", "PutItem", "UpdateItem", "make a schedule"),
        *_reads("TimersQueue"),
    },
    "IndexCustomers": {
        *("GetItem", "BatchGetItem", "PutItem", "DeleteItem", "ConditionCheckItem"),
        *_reads("CustomerIndexQueue"),
    },
    "IndexTickets": {
        *("BatchGetItem", "Query", "Query index", "PutItem", "DeleteItem", "ConditionCheckItem"),
        *_reads("TicketIndexQueue"),
    },
    "FindDuplicates": {
        *("BatchGetItem", "Query", "Query index", "PutItem", "DeleteItem", "ConditionCheckItem"),
        *_reads("DuplicatesQueue"),
    },
    "SummariseCustomers": {
        *("BatchGetItem", "Query", "Query index", "PutItem", "ConditionCheckItem"),
        *_reads("SummariesQueue"),
    },
    "Notices": {*READ_ALL, "PutItem", "ConditionCheckItem", *_reads("NoticesQueue")},
    "FollowUp": {"GetItem", "BatchGetItem", *WRITE, *BODIES, *_reads("FollowUpsQueue")},
    "CountVotes": {*READ_ALL, "PutItem", "UpdateItem", "DeleteItem", *_reads("SuggestionsQueue")},
    "Invitations": {*READ, *WRITE, *BODIES, "read the secret", *_reads("InvitationsQueue")},
    "Webhooks": {
        *("BatchGetItem", "Query", "PutItem", "UpdateItem", "read the secret"),
        *_reads("WebhooksQueue"),
    },
    "Jobs": {
        *(READ_ALL | WRITE | KEPT | _reads("JobsQueue")),
        *("DeleteItem", "read the secret", "send FeedbackQueue", "list MailBucket"),
        *(f"{does} MailBucket/{folder}" for does in ("read", "remove", "erase") for folder in MAIL),
        *(
            "remove FilesBucket/any",
            "erase FilesBucket/any",
            "list versions of MailBucket",
            "list versions of FilesBucket",
        ),
        "write MailBucket/articles/index",
    },
}
"""What the function of each role needs of what `probes` ask for."""


@pytest.fixture
def stack(own_cloud: OwnCloud) -> Stack:
    return Stack(Clients(own_cloud.addresses["endpoint_url"]))


def _operates(name: str) -> bool:
    """Whether it is part of moving dead letters of any queue back."""
    return bool(re.fullmatch(r"send \w+(Queue|DeadLetters)|(receive|delete) \w+DeadLetters", name))


def test_each_role_is_allowed_what_its_function_needs_and_nothing_else(stack: Stack) -> None:
    everything = probes(stack)
    needs = {**NEEDS, "ApiHandler": NEEDS["ApiHandler"] | {name for name in everything if _operates(name)}}
    assert {f"{name}Role" for name in needs} | {"SchedulerRole"} == set(stack.of("IAM::Role"))
    wrong = []
    for name, needed in needs.items():
        assert needed <= everything.keys(), needed - everything.keys()
        ask = stack.acting_as(f"{name}Role")
        granted = {what for what, probe in everything.items() if allowed(ask, probe)}
        wrong += [f"{name} may {what}, and does not need it" for what in sorted(granted - needed)]
        wrong += [f"{name} may not {what}" for what in sorted(needed - granted)]
    assert wrong == []
