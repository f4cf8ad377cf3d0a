"""Topics, consents and preferences over HTTP."""

from __future__ import annotations

from chalicelib.consent import preferences, statements, topics
from chalicelib.consent import service as consent
from chalicelib.consent.model import (
    Channel,
    Consent,
    Consents,
    NewConsent,
    NewTopic,
    Permission,
    Preferences,
    PreferencesPatch,
    Topic,
    TopicId,
    TopicPatch,
)
from chalicelib.customers.model import CustomerId
from chalicelib.kernel.http.paging import Page, PageParameters, Parameters
from chalicelib.kernel.http.routes import Routes
from chalicelib.kernel.work import Work
from chalicelib.timeline.model import Entry

routes = Routes("Consent", __name__)


class PermissionQuery(Parameters):
    channel: Channel
    topic: TopicId


@routes.post("/v1/topics", scope="consent:write", status=201, location="/v1/topics/{id}")
def add_topic(body: NewTopic, work: Work) -> Topic:
    """Add a topic, such as `newsletter`, that customers can allow channel by channel.

    The topic `service` (answers, receipts) is always there: it needs no consent, and can be denied.
    """
    return topics.add(work, body)


@routes.get("/v1/topics", scope="consent:read")
def list_topics(query: PageParameters) -> Page[Topic]:
    """List the topics by id."""
    data, position = topics.by_id(limit=query.limit, after=query.cursor)
    return Page(data=data, next_cursor=position)


@routes.get("/v1/topics/{topic_id}", scope="consent:read")
def read_topic(topic_id: TopicId) -> Topic:
    """Read a topic."""
    return topics.get(topic_id)


@routes.patch("/v1/topics/{topic_id}", scope="consent:write")
def change_topic(topic_id: TopicId, body: TopicPatch, work: Work) -> Topic:
    """Change a topic; `active: false` ends it: nothing is sent on it any more, and nobody can join.

    A topic is not deleted, since another one of the same id would inherit its consents.
    """
    return topics.change(work, topic_id, body)


@routes.get("/v1/customers/{customer_id}/consents", scope="consent:read")
def list_consents(customer_id: CustomerId) -> Consents:
    """List what a customer, and those merged with them, said, and what it comes to.

    Of a group of merged customers the strictest statement holds; who said nothing changes nothing.
    """
    return consent.of_customer(customer_id)


@routes.post("/v1/customers/{customer_id}/consents", scope="consent:write")
def state_consent(customer_id: CustomerId, body: NewConsent, work: Work) -> Consent:
    """Take down what a customer said about a channel and a topic. The same again changes nothing.

    A grant by e-mail to a topic with double opt-in is `pending` until they confirm
    (`POST …/consents/confirmations` asks them). A statement that is older than the one known is kept in
    the history and changes nothing; the answer is what holds.
    """
    return statements.state(work, customer_id, body)


@routes.get("/v1/customers/{customer_id}/consents/permission", scope="consent:read")
def read_permission(customer_id: CustomerId, query: PermissionQuery) -> Permission:
    """Ask whether a customer may be reached on a channel about a topic, before you call or write."""
    return consent.permission(customer_id, query.channel, query.topic)


@routes.get("/v1/customers/{customer_id}/consents/history", scope="consent:read")
def list_consent_history(customer_id: CustomerId, query: PageParameters) -> Page[Entry]:
    """List what was said and when, with source and evidence, newest first."""
    data, position = consent.history(customer_id, limit=query.limit, after=query.cursor)
    return Page(data=data, next_cursor=position)


@routes.get("/v1/customers/{customer_id}/preferences", scope="customers:read")
def read_preferences(customer_id: CustomerId) -> Preferences:
    """Read how a customer likes to be reached: channel, hours in their time zone, interests."""
    return preferences.get(customer_id)


@routes.patch("/v1/customers/{customer_id}/preferences", scope="customers:write")
def change_preferences(customer_id: CustomerId, body: PreferencesPatch, work: Work) -> Preferences:
    """Change how a customer likes to be reached, by JSON Merge Patch."""
    return preferences.change(work, customer_id, body)
