"""Fixtures: the cloud in memory, an API caller with a key of every scope, and quiet logs."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from chalicelib.kernel import aws, config, tokens

collect_ignore = ["browser"]
"""Needs an environment and a conftest of its own: make test-browser."""

TOGETHER = ("tests/e2e/", "tests/infra/")
"""Folders whose tests share what is dear to make, a cloud and a package, so one process runs them."""

ROOT_SECRET = base64.b64encode(bytes(range(32))).decode()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Hand the tests to xdist's processes file by file, and some folders whole."""
    from xdist.scheduler import LoadScopeScheduling

    def scope_of(nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return next((folder for folder in TOGETHER if file.startswith(folder)), file)

    scheduler = LoadScopeScheduling(config, log)
    scheduler._split_scope = scope_of  # what xdist's documentation has subclasses override
    return scheduler


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
        "POWERTOOLS_TRACE_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)


def forget() -> None:
    """Drop what a process keeps: clients, settings, keys."""
    aws.forget()
    tokens.forget()
    config.settings.cache_clear()


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """The deployed resources on moto, with the functions' environment set."""
    import boto3

    from tests.cloud import SUPPORT_ADDRESS, Cloud, one_at_a_time

    one_at_a_time(monkeypatch)
    with mock_aws():
        forget()
        made = Cloud()
        for name, value in made.environment().items():
            monkeypatch.setenv(name, value)
        boto3.client("ssm").put_parameter(
            Name="/rapport/test/root-secret", Value=ROOT_SECRET, Type="SecureString"
        )
        boto3.client("ses").verify_email_identity(EmailAddress=SUPPORT_ADDRESS)
        boto3.client("ses").create_configuration_set(ConfigurationSet={"Name": "rapport-test"})
        yield made
        forget()


@pytest.fixture
def api(cloud: Cloud) -> Api:
    """A caller who may do everything."""
    return caller("*")


def caller(*scopes: str) -> Api:
    """A caller with a new key of these scopes."""
    from chalicelib.access import service
    from chalicelib.access.model import NewApiKey
    from chalicelib.kernel.commit import commit
    from chalicelib.kernel.work import Work
    from tests.api import Api

    work = Work()
    key = service.create_key(work, NewApiKey.model_validate({"name": "test", "scopes": list(scopes)}))
    commit(work)
    return Api(key.key)


from tests.api import Api  # noqa: E402 - for the annotations above; imports the app, so after them
from tests.cloud import Cloud  # noqa: E402
