"""Blobs: what was put is got, within its bound."""

from __future__ import annotations

import pytest
from botocore.stub import Stubber
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.kernel import aws, blobs
from chalicelib.kernel.errors import NotFound, TooLarge, Unavailable
from tests.cloud import Cloud

DOCUMENTS = st.dictionaries(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=10),
    st.text(st.characters(exclude_categories=["Cs"])) | st.none() | st.booleans() | st.integers(),
    max_size=5,
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=DOCUMENTS)
def test_a_document_comes_back(cloud: Cloud, document: dict[str, object]) -> None:
    blobs.put_json("messages/a", document)
    assert blobs.get_json("messages/a") == document


def test_equal_documents_are_equal_bytes(cloud: Cloud) -> None:
    blobs.put_json("messages/a", {"x": 1, "y": "é"})
    blobs.put_json("messages/b", {"y": "é", "x": 1})
    assert blobs.get("messages/a", maximum=1000) == blobs.get("messages/b", maximum=1000)


def test_what_is_not_there_is_not_found(cloud: Cloud) -> None:
    with pytest.raises(NotFound):
        blobs.get("messages/none", maximum=10)


def test_what_is_too_large_is_not_read(cloud: Cloud) -> None:
    blobs.put("attachments/a", b"x" * 11, "text/plain")
    with pytest.raises(TooLarge) as raised:
        blobs.get("attachments/a", maximum=10)
    assert raised.value.extra == {"size": 11}
    assert blobs.get("attachments/a", maximum=11) == b"x" * 11


def test_storage_that_is_busy_asks_to_try_again(cloud: Cloud) -> None:
    with Stubber(aws.s3()) as stubbed:
        stubbed.add_client_error("put_object", "SlowDown", http_status_code=503)
        stubbed.add_client_error("get_object", "SlowDown", http_status_code=503)
        with pytest.raises(Unavailable):
            blobs.put("messages/a", b"", "text/plain")
        with pytest.raises(Unavailable):
            blobs.get("messages/a", maximum=1)


def test_another_bucket_can_be_named(cloud: Cloud) -> None:
    aws.s3().create_bucket(Bucket="elsewhere")
    aws.s3().put_object(Bucket="elsewhere", Key="inbound/a", Body=b"raw")
    assert blobs.get("inbound/a", bucket="elsewhere", maximum=10) == b"raw"


def test_a_link_names_the_file_whatever_its_name(cloud: Cloud) -> None:
    url = blobs.link("attachments/a", seconds=60, filename='Rechnung "März"\r\n.pdf')
    assert "attachments/a" in url
    assert "\r" not in url
    assert "\n" not in url
