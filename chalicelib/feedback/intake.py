"""Takes responses in from the queue: whose they are, what is stored, recorded and counted."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import ValidationError

from chalicelib.customers import recognition
from chalicelib.customers import service as customers
from chalicelib.customers.identity import Identity
from chalicelib.feedback import store
from chalicelib.feedback.events import FeedbackReceived, FeedbackRejected
from chalicelib.feedback.model import Feedback, Submission
from chalicelib.feedback.statistics import additions
from chalicelib.kernel import counters
from chalicelib.kernel.errors import Invalid, Stale
from chalicelib.kernel.work import Work


def read(body: str) -> Submission:
    """The response in a queue message. Raises Invalid for what no release of ours, or a newer one, sent."""
    try:
        return Submission.model_validate_json(body)
    except ValidationError as error:
        newer = any(part["loc"] == ("version",) for part in error.errors())
    if newer:
        raise Invalid("The message has a version unknown here.", code="unknown_message_version")
    raise Invalid("The message is not a response.", code="unreadable_message")


class Intake:
    """The responses of one batch: their customers are looked up at once, in one call.

    A customer who is deleted between that call and the commit keeps the response in their history,
    as they keep the rest of it until it is erased.
    """

    def __init__(self, submissions: Sequence[Submission]) -> None:
        given = [submission.response for submission in submissions]
        self._known, self._erased = recognition.recognise(
            ids=[response.customer_id for response in given if response.customer_id],
            emails=[response.email for response in given if response.email],
        )
        self._registering: set[Identity] = set()
        self._shard = counters.pick_shard()

    def receive(self, work: Work, submission: Submission) -> None:
        """Store a response, record it where its customer's timeline shows it, and count it.

        Of a customer who was erased only what is counted is kept.

        An e-mail address that nobody has makes a lead; a customer's id that nobody has makes the response
        a rejected one. Fails with Repeated for one that is stored already, with Conflict for another
        under its id, with Stale when the address got a holder meanwhile.
        """
        customer_id = self._customer_of(work, submission)
        feedback = Feedback.of(submission, customer_id=customer_id, at=work.now)
        named = submission.response.customer_id
        if named in self._erased:
            feedback = feedback.without_person()
        elif named and named not in self._known:
            feedback = feedback.rejected("unknown_customer")
        store.add(work, feedback, submission.response.fingerprint)
        if feedback.status == "rejected":
            _record_rejected(work, feedback)
            return
        _record_received(work, feedback)
        counted = additions(feedback.kind, feedback.score)
        store.count(work, feedback.survey, counters.day_of(feedback.submitted_at), self._shard, counted)

    def _customer_of(self, work: Work, submission: Submission) -> str | None:
        """Whose response it is: the customer that was named, the holder of the address, or a new lead."""
        address = submission.response.email
        if address is None:
            return submission.response.customer_id
        if address in self._known:
            return self._known[address]
        identity = Identity.of_email(address)
        if identity in self._registering:
            raise Stale("Another message of this batch registers the address.")
        self._registering.add(identity)
        return customers.register_lead(work, address).id


def _record_received(work: Work, feedback: Feedback) -> None:
    event = FeedbackReceived(
        feedback_id=feedback.id,
        survey=feedback.survey,
        kind=feedback.kind,
        score=feedback.score,
        customer_id=feedback.customer_id,
    )
    own = feedback.customer_id is None
    work.record(
        store.partition(feedback.id) if own else customers.partition(str(feedback.customer_id)),
        event,
        customer_id=feedback.customer_id,
        channel=feedback.channel,
        occurred_at=feedback.submitted_at,
        private={"summary": feedback.preview} if feedback.preview else None,
    )


def _record_rejected(work: Work, feedback: Feedback) -> None:
    event = FeedbackRejected(feedback_id=feedback.id, survey=feedback.survey, reason="unknown_customer")
    work.record(
        store.partition(feedback.id),
        event,
        channel=feedback.channel,
        occurred_at=feedback.submitted_at,
    )
