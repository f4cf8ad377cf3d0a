"""Takes responses in from the queue: whose they are, what is stored, recorded and counted."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import ValidationError

from chalicelib.customers import recognition
from chalicelib.customers import service as customers
from chalicelib.customers.identity import Identity
from chalicelib.customers.model import Stage
from chalicelib.feedback import admission, counts, store
from chalicelib.feedback.events import FeedbackReceived, FeedbackRejected
from chalicelib.feedback.model import Feedback, NewFeedback, Submission
from chalicelib.feedback.understanding.model import Understanding
from chalicelib.kernel import counters
from chalicelib.kernel.errors import Invalid, Stale
from chalicelib.kernel.work import Work


class Unreadable(Invalid):
    """A message that is no response. `fields` says what is wrong with it, for the log, and quotes nothing."""

    def __init__(self, problem: ValidationError) -> None:
        super().__init__("The message is not a response.", code="unreadable_message")
        found = problem.errors(include_url=False, include_context=False, include_input=False)
        self.fields = sorted({f"{_name(part['loc'])}: {part['type']}" for part in found})[:MAX_FIELDS]


MAX_FIELDS = 20


def _name(path: tuple[int | str, ...]) -> str:
    """Where in a message something is wrong; a name that is not ours might be anything, and is left out."""
    ours = Submission.model_fields.keys() | NewFeedback.model_fields.keys()
    return ".".join(str(part) if isinstance(part, int) or part in ours else "?" for part in path)


def read(body: str) -> Submission:
    """The response in a queue message. Raises Invalid for what no release of ours, or a newer one, sent."""
    try:
        return Submission.model_validate_json(body)
    except ValidationError as error:
        problem = error
    if any(part["loc"] == ("version",) for part in problem.errors()):
        raise Invalid("The message has a version unknown here.", code="unknown_message_version")
    raise Unreadable(problem)


class Intake:
    """The responses of one batch: their customers are looked up at once, in one call.

    A customer who is deleted between that call and the commit keeps the response in their history,
    as they keep the rest of it until it is erased.
    """

    def __init__(self, submissions: Sequence[Submission]) -> None:
        given = [submission.response for submission in submissions]
        self._known, self._erased, self._stages = recognition.recognise(
            ids=[response.customer_id for response in given if response.customer_id],
            emails=[response.email for response in given if response.email],
        )
        self._stages = self._known_stages([one.email for one in given if one.email])
        self._registering: set[Identity] = set()
        self._shard = counters.pick_shard()

    def _known_stages(self, emails: list[str]) -> dict[str, Stage]:
        """The stages of all who were recognised; of those by their addresses in a call more."""
        others = {self._known[email] for email in emails if email in self._known} - set(self._stages)
        return self._stages | (recognition.stages(others) if others else {})

    def receive(self, work: Work, submission: Submission, understanding: Understanding) -> None:
        """Store a response with what is made of it, record it on its customer's timeline, and count it.

        Of a customer who was erased only what is counted is kept.

        One that its survey does not take, or not so, is kept as rejected too. An anonymous one tells of no
        moment but its day.

        An e-mail address that nobody has makes a lead; a customer's id that nobody has makes the response
        a rejected one. Fails with Repeated for one that is stored already, with Conflict for another
        under its id, with Stale when the address got a holder meanwhile.
        """
        work.bulk = submission.bulk
        refused = admission.refusal(submission)
        customer_id = submission.response.customer_id if refused else self._customer_of(work, submission)
        at = submission.submitted_at if submission.anonymous else work.now
        stage = self._stage_of(submission, customer_id)
        feedback = Feedback.of(submission, understanding, customer_id=customer_id, stage=stage, at=at)
        named = submission.response.customer_id
        if named in self._erased:
            feedback = feedback.without_person()
        elif named and named not in self._known:
            feedback = feedback.rejected("unknown_customer")
        elif refused:
            feedback = (feedback.without_person() if refused == "anonymous_survey" else feedback).rejected(
                refused
            )
        store.add(work, feedback, submission.response.fingerprint)
        if feedback.status == "rejected":
            _record_rejected(work, feedback)
            return
        _record_received(work, feedback, anonymous=submission.anonymous)
        counts.count(work, feedback, self._shard)

    def _stage_of(self, submission: Submission, customer_id: str | None) -> Stage | None:
        """The stage of whoever gave the response; who was not known until now is a lead."""
        if submission.response.email is not None and submission.response.email not in self._known:
            return "lead"
        return self._stages.get(customer_id) if customer_id else None

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


def _record_received(work: Work, feedback: Feedback, *, anonymous: bool) -> None:
    event = FeedbackReceived(
        feedback_id=feedback.id,
        survey=feedback.survey,
        kind=feedback.kind,
        score=feedback.score,
        customer_id=feedback.customer_id,
        sentiment=feedback.sentiment.label if feedback.sentiment else None,
        urgent=feedback.urgency.urgent,
        has_topics=bool(feedback.tags or feedback.themes),
    )
    own = feedback.customer_id is None
    work.record(
        store.partition(feedback.id) if own else customers.partition(str(feedback.customer_id)),
        event,
        customer_id=feedback.customer_id,
        channel=feedback.channel,
        occurred_at=feedback.submitted_at,
        recorded_at=feedback.submitted_at if anonymous else None,
        once=(feedback.id,) if anonymous else (),  # an id made in a row would tell their order
        private={"summary": feedback.preview} if feedback.preview else None,
    )


def _record_rejected(work: Work, feedback: Feedback) -> None:
    event = FeedbackRejected(
        feedback_id=feedback.id, survey=feedback.survey, reason=feedback.reason or "unknown_customer"
    )
    work.record(
        store.partition(feedback.id),
        event,
        channel=feedback.channel,
        occurred_at=feedback.submitted_at,
    )
