"""Privacy over HTTP."""

from __future__ import annotations

from chalicelib.customers.model import CustomerId
from chalicelib.kernel.http.routes import Routes
from chalicelib.kernel.work import Work
from chalicelib.privacy import certificate, collecting, erasing, retaining
from chalicelib.privacy.model import (
    AccessRequest,
    AccessRequestId,
    Certificate,
    Erasure,
    ErasureId,
    Links,
    NewAccessRequest,
    NewErasure,
)
from chalicelib.privacy.rules import Retention, RetentionPatch, RetentionPreview

routes = Routes("Privacy", __name__)


@routes.post(
    "/v1/customers/{customer_id}/access-requests",
    scope="privacy:write",
    status=201,
    location="/v1/access-requests/{id}",
)
def request_access(customer_id: CustomerId, body: NewAccessRequest, work: Work) -> AccessRequest:
    """Collect everything that is kept about a person, as a ZIP of JSON files, mails and attachments.

    A job: its `state` tells when the archive is there. Under all ids of a merged customer.
    """
    return collecting.request(work, customer_id, body)


@routes.get("/v1/access-requests/{access_request_id}", scope="privacy:read")
def read_access_request(access_request_id: AccessRequestId) -> AccessRequest:
    """Read an access request: how far it is, and what was found."""
    return collecting.get(access_request_id)


@routes.post("/v1/access-requests/{access_request_id}/links", scope="privacy:read", status=201, secret=True)
def link_access_archive(access_request_id: AccessRequestId, work: Work) -> Links:
    """Get links to the archive's volumes, for 15 minutes. Each time is recorded."""
    return collecting.links(work, access_request_id)


@routes.post(
    "/v1/customers/{customer_id}/erasure",
    scope="privacy:write",
    status=201,
    location="/v1/erasures/{id}",
)
def erase_customer(customer_id: CustomerId, body: NewErasure, work: Work) -> Erasure:
    """Erase a person for good, under all ids they were merged with; nothing takes it back.

    A job, which ends in a certificate some 15 minutes later. Asked for again, it is the same job. Their
    addresses stay suppressed, as keyed hashes; their responses stay as scores without a person.
    """
    return erasing.request(work, customer_id, body)


@routes.get("/v1/erasures/{erasure_id}", scope="privacy:read")
def read_erasure(erasure_id: ErasureId) -> Erasure:
    """Read an erasure: how far it is, and what was removed so far."""
    return erasing.get(erasure_id)


@routes.get("/v1/erasures/{erasure_id}/certificate", scope="privacy:read")
def read_erasure_certificate(erasure_id: ErasureId) -> Certificate:
    """Read what an erasure removed, and what remains until when and why. 409 until it is finished."""
    return certificate.certify(erasing.get(erasure_id))


@routes.get("/v1/retention", scope="privacy:read")
def read_retention() -> Retention:
    """Read how long what is kept, when the rules are applied next, and what they took last."""
    return retaining.get()


@routes.patch("/v1/retention", scope="privacy:write")
def change_retention(body: RetentionPatch, work: Work) -> Retention:
    """Change how long what is kept, by JSON Merge Patch. Applied every night at three, for good.

    Look at the preview first.
    """
    return retaining.change(work, body)


@routes.get("/v1/retention/preview", scope="privacy:read")
def preview_retention() -> RetentionPreview:
    """Count what the rules would take now, to 1,000 a kind; nothing is taken. Tickets are counted to 100."""
    return retaining.preview()
