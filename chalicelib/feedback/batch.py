"""Up to a hundred responses in one request, each with its own outcome."""

from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from chalicelib.feedback import service as feedback
from chalicelib.feedback.model import FeedbackId, NewFeedback
from chalicelib.kernel.errors import Invalid, RapportError
from chalicelib.kernel.http.batches import Batch
from chalicelib.kernel.model import Model, Stored
from chalicelib.kernel.work import Work

MAX_ROWS = 100


class NewFeedbackBatch(Model):
    responses: Annotated[
        list[Any],
        Field(min_length=1, max_length=MAX_ROWS, description="Responses, as `POST /v1/feedback` takes them."),
    ]


class GivenResult(Stored):
    """What became of the response at this place. `param` is the field that rejects it."""

    index: int
    outcome: Literal["accepted", "rejected"]
    id: FeedbackId | None = None
    code: str | None = None
    reason: str | None = None
    param: str | None = None


class GivenBatch(Model):
    """In the order of the request."""

    results: list[GivenResult]


def submit_batch(batch: Batch, new: NewFeedbackBatch) -> GivenBatch:
    """Send the responses to the queue, ten with a call. What cannot be a response holds up no other.

    With an Idempotency-Key each one's id follows from it and from its place, so that a repeat is the same.
    """
    results: dict[int, GivenResult] = {}
    works: dict[int, tuple[Work, str]] = {}
    for index, fields in enumerate(new.responses):
        work = batch.begin()
        work.idempotency_key = f"{batch.key}#{index}" if batch.key is not None else None
        try:
            works[index] = work, feedback.submit(work, read(fields)).id
        except RapportError as error:
            results[index] = _rejected(index, error)
    sent = batch.commit([work for work, _ in works.values()])
    for (index, (_, feedback_id)), failed in zip(works.items(), sent, strict=True):
        accepted = GivenResult(index=index, outcome="accepted", id=feedback_id)
        results[index] = _rejected(index, failed) if failed else accepted
    return GivenBatch(results=[results[index] for index in range(len(new.responses))])


def read(fields: Any) -> NewFeedback:
    """A response from the fields of a row. Raises Invalid, naming the first field that is wrong."""
    if not isinstance(fields, dict):
        raise Invalid("A response is an object.", code="not_an_object")
    try:
        return NewFeedback.model_validate(fields)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)[0]
    name = ".".join(str(part) for part in found["loc"])[:200]
    raise Invalid.in_body(name, found["msg"].removeprefix("Value error, "), found["type"])


def _rejected(index: int, error: RapportError) -> GivenResult:
    params = error.extra.get("invalid_params") or [{}]
    first = params[0]
    return GivenResult(
        index=index,
        outcome="rejected",
        code=first.get("code", error.code),
        reason=first.get("reason", error.detail),
        param=first.get("name"),
    )
