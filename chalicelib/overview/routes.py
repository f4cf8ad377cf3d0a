"""The 360° view over HTTP."""

from __future__ import annotations

from chalicelib.customers.model import CustomerId
from chalicelib.kernel.http.routes import Routes
from chalicelib.overview import service as overview
from chalicelib.overview.model import View

routes = Routes("Customers", __name__)


@routes.get("/v1/customers/{customer_id}/view", scope="timeline:read")
def view_customer(customer_id: CustomerId) -> View:
    """See a customer at a glance: profile, consents, open tickets, last feedback, latest events, figures.

    The figures, and which tickets and feedback are shown, follow what happens after some seconds. Under the
    id of somebody who was merged it shows whom they were merged into.
    """
    return overview.view(customer_id)
