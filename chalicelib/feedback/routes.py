"""Feedback over HTTP."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from chalicelib.customers.model import CustomerId
from chalicelib.feedback import service as feedback
from chalicelib.feedback.batch import GivenBatch, NewFeedbackBatch, submit_batch
from chalicelib.feedback.breakdown import Breakdown, breakdown
from chalicelib.feedback.dimensions import Dimension
from chalicelib.feedback.model import Accepted, Feedback, FeedbackId, Kind, NewFeedback, Survey
from chalicelib.feedback.periods import Interval
from chalicelib.feedback.statistics import Statistics
from chalicelib.kernel.http.batches import Batch
from chalicelib.kernel.http.paging import Page, PageParameters, Parameters
from chalicelib.kernel.http.routes import Link, Routes
from chalicelib.kernel.model import Day, Text
from chalicelib.kernel.work import Work

routes = Routes("Feedback", __name__)


class FeedbackQuery(PageParameters):
    """Filters, which may be combined; then a page may be short and still have a next one."""

    survey: Survey | None = None
    kind: Kind | None = None
    customer_id: CustomerId | None = None


class StatisticsQuery(Parameters):
    """A survey and a range of days, both ends included."""

    survey: Annotated[Survey | None, Field(description="Without it, all surveys together.")] = None
    first: Annotated[Day | None, Field(alias="from", description="29 days before `to` unless given.")] = None
    last: Annotated[
        Day | None,
        Field(alias="to", description="Today unless given; 366 days from `from` on at most."),
    ] = None


class MeasuresQuery(StatisticsQuery):
    interval: Interval = "day"


class BreakdownQuery(StatisticsQuery):
    """The same, of one value of the dimension or of all."""

    value: Annotated[Annotated[str, Text(60)] | None, Field(description="Without it, all values.")] = None
    interval: Annotated[
        Interval | None, Field(description="Lists the days, weeks or months of each value, too.")
    ] = None


@routes.post("/v1/feedback", scope="feedback:write", status=202, location="/v1/feedback/{id}")
def give_feedback(body: NewFeedback, work: Work, link: Link) -> Accepted:
    """Give a response to a survey, or a suggestion. It is stored a moment later, under this id.

    An e-mail address that nobody has makes its owner a lead. With an `Idempotency-Key`, a repeat is the same
    response under the same id; another response under that key gets this id too, and is not stored.
    """
    submission = feedback.submit(work, body)
    return Accepted(id=submission.id, status_url=link(f"/v1/feedback/{submission.id}"))


@routes.post("/v1/feedback/batch", scope="feedback:write", status=202)
def give_feedback_batch(body: NewFeedbackBatch, batch: Batch) -> GivenBatch:
    """Give up to 100 responses, each with its own outcome; those accepted are stored a moment later.

    A rejected one holds up no other. With an `Idempotency-Key`, a repeat is the same responses, by place.
    """
    return submit_batch(batch, body)


@routes.get("/v1/feedback", scope="feedback:read")
def list_feedback(query: FeedbackQuery) -> Page[Feedback]:
    """List responses, newest first. The list lags a moment behind."""
    data, position = feedback.newest(
        customer_id=query.customer_id,
        survey=query.survey,
        kind=query.kind,
        limit=query.limit,
        after=query.cursor,
    )
    return Page(data=data, next_cursor=position)


@routes.get("/v1/feedback/stats", scope="feedback:read")
def read_feedback_statistics(query: MeasuresQuery) -> Statistics:
    """Read NPS, CSAT and CES of a survey, or of all, over a range of days in the business's time zone.

    Rejected responses count nowhere. Halves are rounded away from zero.
    """
    return feedback.statistics(query.survey, query.first, query.last, query.interval)


@routes.get("/v1/feedback/stats/{dimension}", scope="feedback:read")
def read_feedback_breakdown(dimension: Dimension, query: BreakdownQuery) -> Breakdown:
    """Read the same apart by channel, language, stage of the customer, tag or theme, biggest first.

    `before` and `change` compare each value with as many days just before. Tags and themes are counted a
    moment after the response is stored; a response counts in each of those it has.
    """
    return breakdown(
        dimension, query.survey, query.first, query.last, value=query.value, interval=query.interval
    )


@routes.get("/v1/feedback/{feedback_id}", scope="feedback:read")
def read_feedback(feedback_id: FeedbackId) -> Feedback:
    """Read a response. 404 `feedback_not_found_yet` with `Retry-After` until it is stored."""
    return feedback.get(feedback_id)
