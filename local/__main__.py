"""The command line of the local cloud: `python -m local up|down|status|seed|logs|redrive`."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Callable

from botocore.exceptions import BotoCoreError

from local import background, cloud, cloud_file, lock, logs, preflight, queues, seed, settings
from local.clients import Clients
from local.progress import Failed, complain, say
from local.settings import VARIABLES, BadSetting, Settings

Command = Callable[[argparse.Namespace, Settings], int]


def up(options: argparse.Namespace, here: Settings) -> int:
    """Start; when it runs already, deploy what changed."""
    preflight.check_machine()
    if lock.holder(here.directory / "lock") is not None:
        return _already_up(here)
    if options.detach:
        return background.start(here, ["--no-seed"] if options.no_seed else [])
    return cloud.run(here, with_seed=not options.no_seed)


def _already_up(here: Settings) -> int:
    found = cloud_file.read(here)
    if found is None:
        raise Failed(f"It is starting or stopping; see {here.directory / 'up.log'} or its terminal.")
    say("It is running already; looking for changed code …")
    say("Deployed the changes.\n" if cloud.update(here) else "Nothing changed.\n")
    say(cloud_file.summary(found))
    return 0


def down(_options: argparse.Namespace, here: Settings) -> int:
    """Stop it; the data stays."""
    background.stop(here)
    return 0


def status(_options: argparse.Namespace, here: Settings) -> int:
    """Show what runs, its addresses and its queues; exit status 3 when nothing runs."""
    found = cloud_file.read(here)
    if found is None or lock.holder(here.directory / "lock") is None:
        say("Not running. Start it with `make run`.")
        return 3
    say(f"Running.\n\n{cloud_file.summary(found)}\n")
    say(f"  {'Queue':<36} waiting  in flight  dead letters")
    rows = queues.all_queues(Clients(here.endpoint_url)("sqs"))
    waiting = {queue.name: queue.waiting + queue.in_flight for queue in rows}
    for queue in rows:
        if queue.dead_letters:
            dead = waiting.get(queue.dead_letters, 0)
            say(f"  {queue.name:<36} {queue.waiting:>7}  {queue.in_flight:>9}  {dead:>12}")
    return 0


def plant(_options: argparse.Namespace, here: Settings) -> int:
    """Seed the demo business; what is there already stays as it is."""
    say(seed.plant(here, _running(here)))
    return 0


def show_logs(options: argparse.Namespace, here: Settings) -> int:
    """Print the functions' logs."""
    _running(here)
    try:
        logs.show(
            Clients(here.endpoint_url)("logs"),
            since=options.since,
            follow=options.follow,
            errors=options.errors,
        )
    except KeyboardInterrupt:
        say()
    return 0


def redrive(options: argparse.Namespace, here: Settings) -> int:
    """Give the dead letters of a queue another try."""
    _running(here)
    moved = queues.redrive(Clients(here.endpoint_url)("sqs"), options.queue)
    say(f"{moved} moved back.")
    return 0


def _running(here: Settings) -> dict[str, object]:
    found = cloud_file.read(here)
    if found is None:
        raise Failed("The local cloud is not running. Start it with `make run`.")
    return found


def parser() -> argparse.ArgumentParser:
    """The command line; the options for folder and ports stand after the command."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--dir", dest="RAPPORT_LOCAL_DIR", metavar="DIR", help="folder of its data (.local)")
    for variable, option, default in VARIABLES.values():
        common.add_argument(option, dest=variable, metavar="PORT", help=f"{variable} ({default})")
    top = argparse.ArgumentParser(prog="python -m local", description="Rapport's cloud on this machine.")
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, does: Command) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=does.__doc__, description=does.__doc__, parents=[common])
        made.set_defaults(does=does)
        return made

    starting = add("up", up)
    starting.add_argument(
        "--detach", action="store_true", help="return when it is ready, and leave it running"
    )
    starting.add_argument("--no-seed", action="store_true", help="without the demo business")
    starting.add_argument(
        "--enforce-iam",
        dest=settings.ENFORCE_IAM,
        action="store_const",
        const="yes",
        help="let the functions do only what their roles allow, as on AWS",
    )
    for name, does in (("down", down), ("status", status), ("seed", plant)):
        add(name, does)
    reading = add("logs", show_logs)
    reading.add_argument("--since", default="10m", help="how far back: 90s, 10m, 2h, 1d (10m)")
    reading.add_argument("--follow", "-f", action="store_true", help="go on until Ctrl-C")
    reading.add_argument("--errors", action="store_true", help="only failures, with their tracebacks")
    add("redrive", redrive).add_argument("queue", help="a queue's name or its end, such as feedback")
    return top


def main() -> int:
    """Run the command; 1 with a sentence on stderr when it cannot be done, 2 for a bad command line."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal of another charset gets a ?, not a crash
    options = parser().parse_args()
    given = {name: value for name, value in vars(options).items() if name.startswith("RAPPORT_") and value}
    try:
        here = settings.read({**os.environ, **given})
        does: Command = options.does
        return does(options, here)
    except (Failed, BadSetting) as error:
        complain(str(error))
    except lock.Held as error:
        complain(f"Another process ({error.pid}) is starting or stopping it.")
    except BotoCoreError as error:
        complain(f"The emulator does not answer as it should: {error}")
    except BrokenPipeError:  # the reader of our output, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1


if __name__ == "__main__":
    sys.exit(main())
