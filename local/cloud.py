"""The running cloud: starts every part in order, waits, and stops them in the opposite order."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from types import FrameType

from local import api_key, cloud_file, deployment, lock, package, preflight, queues, seed
from local.client import Client
from local.clients import Clients
from local.emulator import Emulator, stop_left_over
from local.first_key import create_key
from local.gateway import Api, Gateway
from local.outbox import Outbox
from local.progress import Steps, complain, say
from local.relay import Relay
from local.settings import MAIL_DOMAIN, Settings
from local.smtp_door import Inbox, SmtpDoor, controller

STEPS = 7
WARM_REQUESTS = 4


class Stopped(BaseException):
    """Somebody asked us to stop; not an error, so nothing on the way may swallow it."""


@contextmanager
def _stoppable() -> Iterator[None]:
    """Turn the first SIGINT, SIGTERM or SIGHUP into Stopped; later ones do not disturb the saving of data."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def stop(_number: int, _frame: FrameType | None) -> None:
        for number in numbers:
            signal.signal(number, signal.SIG_IGN)
        raise Stopped

    for number in numbers:
        signal.signal(number, stop)
    yield


def run(settings: Settings, *, with_seed: bool) -> int:
    """Bring the cloud up and keep it up until a signal; 0 after a clean stop. Raises Failed, lock.Held."""
    with lock.holding(settings.directory / "lock"):
        settings.cloud_file.unlink(missing_ok=True)
        try:
            with _stoppable(), ExitStack() as closing:
                emulator = Running(settings, closing).start(with_seed=with_seed)
                status = emulator.wait()
                complain(f"The emulator ended by itself (status {status}). Its log:\n{emulator.end_of_log()}")
                return 1
        except Stopped:
            say("Stopped. What it held is in the folder, and there at the next start.")
            return 0


def update(settings: Settings) -> bool:
    """Build and deploy into the cloud that runs already; False when its code is current."""
    changed = package.build(settings)
    if changed:
        deployment.deploy(Clients(settings.endpoint_url), settings)
    return changed


class Running:
    """The parts while they run. Each registers how it is stopped before it is started."""

    def __init__(self, settings: Settings, closing: ExitStack) -> None:
        self._settings = settings
        self._closing = closing
        self._step = Steps(STEPS)
        self._clients = Clients(settings.endpoint_url)
        self._outbox = Outbox(settings.directory / "outbox")
        self._relay = Relay(self._outbox, MAIL_DOMAIN)

    def start(self, *, with_seed: bool) -> Emulator:
        """Start all parts in order and write cloud.json last. Raises Failed."""
        settings = self._settings
        with self._step("Checking this machine and the ports"):
            stop_left_over(settings)
            preflight.check(settings)
        with self._step("Building the package") as notes:
            notes.append("new" if package.build(settings) else "nothing changed")
        with self._step("Starting the emulator") as notes:
            emulator = self._start_emulator()
            notes.append(settings.endpoint_url)
        with self._step("Deploying the stack"):
            outputs = deployment.deploy(self._clients, settings)
        with self._step("Opening the doors for mail and HTTP") as notes:
            self._open_doors(outputs)
            notes.append(f"SMTP {settings.ports.smtp}, HTTP {settings.ports.http}")
        with self._step("Making the API key, warming up"):
            key = api_key.ensure_api_key(settings, lambda: create_key(self._clients, outputs))
            warm_up(Client(settings.api_url, key))
        found = cloud_file.addresses(settings, key, outputs)
        with self._step("Demo data") as notes:
            notes.append(seed.once(settings, found) if with_seed else "left out")
        self._announce(found)
        return emulator

    def _start_emulator(self) -> Emulator:
        relay_port = preflight.free_port()
        sink = controller(self._relay, relay_port)
        self._closing.callback(sink.stop, no_assert=True)
        sink.start()
        emulator = Emulator(self._settings, relay_port)
        self._closing.callback(emulator.stop)
        emulator.start()
        return emulator

    def _open_doors(self, outputs: dict[str, str]) -> None:
        inbox = Inbox(self._clients, outputs["MailBucketName"], outputs["InboundMailTopicArn"])
        self._closing.callback(self._relay.disconnect)
        self._relay.connect(self._publisher(outputs["MailEventsTopicArn"]), inbox.accept)
        self._closing.callback(self._drain)
        door = controller(SmtpDoor(MAIL_DOMAIN, inbox.accept), self._settings.ports.smtp)
        self._closing.callback(door.stop, no_assert=True)
        door.start()
        gateway = Gateway(
            self._settings.ports.http, self._outbox, Api(self._settings.ports.cloud, self._rest_api_id)
        )
        self._closing.callback(gateway.stop)
        gateway.start()

    def _publisher(self, topic_arn: str) -> Callable[[str], None]:
        sns = self._clients("sns")
        return lambda message: sns.publish(TopicArn=topic_arn, Message=message)

    def _rest_api_id(self) -> str:
        return deployment.current_outputs(self._clients)["RestApiId"]

    def _drain(self) -> None:
        say("Stopping: letting the workers finish, then saving the data …")
        if not queues.drain(self._clients("sqs")):
            say("Some messages still wait in their queues; they are worked on at the next start.")

    def _announce(self, found: dict[str, object]) -> None:
        cloud_file.write(self._settings, found)
        self._closing.callback(self._settings.cloud_file.unlink, missing_ok=True)
        say(f"\nRapport is up.\n\n{cloud_file.summary(found)}\n\n  These are in {self._settings.cloud_file}.")
        say("  Ctrl-C stops it; the data stays.\n")


def warm_up(client: Client) -> None:
    """Send a few requests at once, so that the first user's burst does not meet cold functions.

    One goes before: its authorization is cached, so that the others wake functions of the API only.
    """
    client.get(api_key.PROBE)
    with ThreadPoolExecutor(WARM_REQUESTS) as pool:
        list(pool.map(client.get, [api_key.PROBE] * WARM_REQUESTS))
