"""The messages whose AWS calls are counted, each with its budget; one for each stored object is in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bench.scene import Act, Scene, fresh_address
from tests import mailbox
from tests.feedback.messages import message

HTML = "<p>Hello</p>"
NAMES = ("Ada", "Bea", "Cleo", "Dora", "Eva", "Fay", "Gina", "Hedy", "Ines", "Joan")
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(5000)


def delivered(queue: str, prepare: Callable[[Scene], None]) -> Act:
    """What `prepare` brought to this queue is handed to its worker."""

    def act(scene: Scene) -> Callable[[], None]:
        prepare(scene)
        messages = scene.cloud.receive(queue)
        return lambda: _hand_over(scene, queue, messages)

    return act


def _hand_over(scene: Scene, queue: str, messages: list[Any]) -> None:
    assert not scene.cloud.deliver(queue, messages)


def _inbound(prepare: Callable[[Scene], None]) -> Act:
    return delivered("InboundMailQueue", prepare)


def _outbound(**mail: str) -> Act:
    return delivered("OutboundMailQueue", _queued(**mail))


def _batch(**response: Any) -> Act:
    """Ten responses; a callable gives the value of a field, of each response anew."""

    def act(scene: Scene) -> Callable[[], None]:
        messages = []
        for _ in range(10):
            given = {name: value(scene) if callable(value) else value for name, value in response.items()}
            messages.append(message(**given))
        return lambda: _hand_over(scene, "FeedbackQueue", messages)

    return act


def _commented(scene: Scene) -> None:
    """The events of ten responses with comments."""
    scene.cloud.work("TallyQueue")
    said = [message(comment=f"The {name} delivery was late.") for name in NAMES]
    _hand_over(scene, "FeedbackQueue", said)
    scene.cloud.publish()


def _mail(**options: Any) -> Callable[[Scene], None]:
    return lambda scene: _arrive(scene, mailbox.write(**options))


def _stranger(scene: Scene) -> None:
    address = fresh_address()
    _arrive(scene, mailbox.write(sender=address, subject="Hello"), sender=address)


def _arrive(scene: Scene, raw: bytes, **options: Any) -> None:
    mailbox.arrive(scene.cloud, raw, **options)


def _answer(**options: Any) -> Callable[[Scene], None]:
    """A mail that answers the ticket of the scene."""

    def prepare(scene: Scene) -> None:
        to = mailbox.outbox()[0]["Reply-To"].addresses[0].addr_spec
        _arrive(scene, mailbox.write("It works again.", to=to, **options), to=to)

    return prepare


def _queued(**mail: str) -> Callable[[Scene], None]:
    """A mail that a member of staff sends; its event is brought to the queue of the sender."""

    def prepare(scene: Scene) -> None:
        scene.cloud.publish()
        for one in scene.cloud.receive("OutboundMailQueue"):  # of the requests before: not ours to measure
            scene.cloud.deliver("OutboundMailQueue", [one])
        scene.api.post(f"/v1/tickets/{scene.ids['ticket']}/messages", {"text": "Hello"} | mail).ok(201)
        scene.cloud.publish()

    return prepare


def _forget_earlier(scene: Scene) -> None:
    """What the acts before brought to these queues is not ours to measure, and would take long."""
    scene.cloud.publish()
    for queue in ("CustomerIndexQueue", "TicketIndexQueue", "DuplicatesQueue", "SummariesQueue"):
        scene.cloud.receive(queue)


def _newcomers(scene: Scene, domain: str = "example.net") -> None:
    """Ten customers are new; their events are brought to the queues that hear of them."""
    _forget_earlier(scene)
    for number in range(10):
        address = fresh_address().replace("example.net", domain)
        somebody = {"name": f"{NAMES[number]} {address.partition('@')[0]}", "emails": [address]}
        scene.api.post("/v1/customers", somebody).ok(201)
    scene.cloud.publish()


def _colleagues(scene: Scene) -> None:
    """Ten who have addresses of an organisation's domain, and are to join it."""
    _newcomers(scene, "engines.example")


def _one_newcomer(scene: Scene) -> None:
    _forget_earlier(scene)
    scene.api.post("/v1/customers", {"name": "Grace Hopper", "emails": [fresh_address()]}).ok(201)
    scene.cloud.publish()


def _written(scene: Scene) -> None:
    """A mail opened a ticket: two events, and one of the acknowledgement."""
    _forget_earlier(scene)
    _arrive(scene, mailbox.write("It leaks.", subject="Kettle"))
    scene.cloud.work("InboundMailQueue")
    scene.cloud.publish()


def _talked_to(scene: Scene) -> None:
    """Ten events of one customer."""
    _forget_earlier(scene)
    call = {"channel": "phone", "direction": "inbound", "summary": "Called"}
    for _ in range(10):
        scene.api.post(f"/v1/customers/{scene.ids['customer']}/interactions", call).ok(201)
    scene.cloud.publish()


def _reported(scene: Scene) -> None:
    mailbox.report(scene.cloud, "Delivery", scene.ids["message"], "ada@example.org")


ACTS: list[tuple[str, int, Act]] = [
    ("feedback, a batch of 10 of nobody", 2, _batch()),
    ("feedback, a batch of 10 with comments", 2, _batch(comment="The delivery was late.", tags=["berlin"])),
    ("feedback, a batch of 10 by customers' ids", 2, _batch(customer_id=lambda scene: scene.ids["customer"])),
    ("feedback, a batch of 10 by a known e-mail", 3, _batch(email="ada@example.org")),
    ("feedback, a batch of 10 by new e-mails, who become leads", 3, _batch(email=lambda _: fresh_address())),
    ("tags and themes of 10 responses", 2, delivered("TallyQueue", _commented)),
    ("inbound mail, a new ticket", 4, _inbound(_mail(subject="New"))),
    ("inbound mail, a new ticket of a stranger", 4, _inbound(_stranger)),
    (
        "inbound mail, a new ticket with an attachment",
        5,
        _inbound(_mail(subject="Picture", attachment=PICTURE)),
    ),
    (
        "inbound mail, with HTML and an attachment",
        6,
        _inbound(_mail(subject="HTML", html=HTML, attachment=PICTURE)),
    ),
    ("inbound mail, an answer", 4, _inbound(_answer())),
    ("inbound mail, an answer with an attachment", 5, _inbound(_answer(attachment=PICTURE))),
    ("outbound mail", 4, _outbound()),
    ("outbound mail with HTML, stored as an object", 5, _outbound(html=HTML)),
    ("index of customers, a batch of 10 new ones", 3, delivered("CustomerIndexQueue", _newcomers)),
    (
        "index of customers, a batch of 10 who join an organisation by their domain",
        4,
        delivered("CustomerIndexQueue", _colleagues),
    ),
    (
        "index of tickets, a mail of a new ticket: two calls an event",
        4,
        delivered("TicketIndexQueue", _written),
    ),
    ("duplicates of a new customer", 12, delivered("DuplicatesQueue", _one_newcomer)),
    ("duplicates of 10 new customers: 9 for each at most", 93, delivered("DuplicatesQueue", _newcomers)),
    ("summary of a customer after ten events", 7, delivered("SummariesQueue", _talked_to)),
    ("delivery report", 1, delivered("MailEventsQueue", _reported)),
]
