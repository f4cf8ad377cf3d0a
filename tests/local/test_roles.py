"""What the emulator asks of roles otherwise than AWS is given to them, and nothing more."""

from __future__ import annotations

from local.roles import translated

QUEUE = "arn:aws:sqs:us-east-1:000000000000:rapport-local-feedback"


def test_a_batch_needs_a_name_of_its_own_on_the_same_queue() -> None:
    given = {"Effect": "Allow", "Action": ["sqs:ReceiveMessage", "sqs:DeleteMessage"], "Resource": QUEUE}
    assert translated(given) == [{"Effect": "Allow", "Action": ["sqs:DeleteMessageBatch"], "Resource": QUEUE}]


def test_the_sender_of_a_mail_is_not_looked_at() -> None:
    given = {"Effect": "Allow", "Action": "ses:SendRawEmail", "Resource": ["identity/example.org"]}
    assert translated(given) == [{**given, "Resource": "*"}]


def test_all_else_is_understood() -> None:
    for action in ("dynamodb:PutItem", "sqs:ReceiveMessage", "ses:GetSendQuota", "s3:GetObject"):
        assert translated({"Effect": "Allow", "Action": [action], "Resource": "*"}) == []
