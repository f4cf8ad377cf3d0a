"""The cloud in memory as a whole: what the tests' fixtures and the measurements of bench/ stand on."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import boto3
import pytest
from moto import mock_aws
from moto.core.base_backend import AccountSpecificBackend
from moto.core.config import DefaultConfig

from chalicelib.kernel import aws, config, kept, tokens
from chalicelib.kernel.commit import commit
from chalicelib.kernel.work import Work
from tests.api import Api
from tests.cloud import Cloud
from tests.engine import own_table, point_to_it
from tests.stack import MAIL_DOMAIN, one_at_a_time
from tests.tables import share_items

ROOT_SECRET = base64.b64encode(bytes(range(32))).decode()
PLAIN = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
    "POWERTOOLS_TRACE_DISABLED": "true",
}


ONE_SESSION: DefaultConfig = {"core": {"reset_boto3_session": False}}
"""Lets clients of all tests share what botocore read of each service, which takes longer than most tests."""


def plain_environment(patch: pytest.MonkeyPatch) -> None:
    """An environment that leads to no real cloud."""
    for name, value in PLAIN.items():
        patch.setenv(name, value)
    patch.delenv("AWS_ENDPOINT_URL", raising=False)


def forget() -> None:
    """Drop what a process keeps: clients, settings, keys."""
    aws.forget()
    tokens.forget()
    kept.forget()
    config.settings.cache_clear()


@cache
def _renew_session() -> None:
    """Forget, once, a session from before moto was imported, which moto does not reach."""
    boto3.setup_default_session()


@contextmanager
def in_memory(patch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """The deployed resources on moto, the table perhaps elsewhere, with the functions' environment set."""
    point_to_it(patch)
    one_at_a_time(patch)
    share_items(patch)
    _renew_session()
    with mock_aws(config=ONE_SESSION), own_table() as elsewhere:
        forget()
        made = Cloud(elsewhere)
        for name, value in made.environment().items():
            patch.setenv(name, value)
        boto3.client("ssm").put_parameter(
            Name="/rapport/test/root-secret", Value=ROOT_SECRET, Type="SecureString"
        )
        boto3.client("ses").verify_domain_identity(Domain=MAIL_DOMAIN)
        boto3.client("ses").create_configuration_set(ConfigurationSet={"Name": "rapport-test"})
        yield made
        forget()
    AccountSpecificBackend._generate_regions.cache_clear()  # by which moto keeps the last 128 clouds whole


def caller(*scopes: str) -> Api:
    """A caller with a new key of these scopes."""
    from chalicelib.access import service
    from chalicelib.access.model import NewApiKey

    work = Work()
    key = service.create_key(work, NewApiKey.model_validate({"name": "test", "scopes": list(scopes)}))
    commit(work)
    return Api(key.key)
