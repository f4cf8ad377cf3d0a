"""Any folder of raw mails through the real inbound worker: `python -m bench.mails DIR`.

Files end in `.eml`, `.box`, `.mbox`, `.msg` or `.txt`; one that begins like an mbox may hold several mails.
Each mail gives one line of JSON: what became of it, and how long the worker took. The last line is the
totals. Progress is on the error stream. The exit code is 1 when a mail was lost or raised.
"""

from __future__ import annotations

import json
import re
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from email.utils import parseaddr
from pathlib import Path
from typing import Any, NamedTuple

from bench.post import Post, opened
from bench.report import progress
from chalicelib.kernel import table
from chalicelib.mail import inbox, mailboxes, store
from chalicelib.mail.mailbox_model import Mailbox
from chalicelib.mail.model import StoredMessage
from chalicelib.mail.notices.receipts import Receipt, read_receipt
from chalicelib.mail.reading.headers import Headers
from chalicelib.mail.reading.structure import header_end
from chalicelib.support import store as tickets

ENDINGS = {".eml", ".box", ".mbox", ".msg", ".txt"}
SECONDS = 60
"""How long one mail may take: the worker's own timeout."""

_FROM_LINE = re.compile(rb"^From (\S*) .*\d{4}.*\r?\n(?=[!-9;-~]+[ \t]*:|From |\r?\n)", re.MULTILINE)
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)


class Found(NamedTuple):
    """One mail of a file, with its envelope's sender where the file tells it."""

    file: str
    raw: bytes
    sender: str | None


def mails_in(folder: Path) -> Iterator[Found]:
    """Every mail of a folder and those below it, by name."""
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in ENDINGS or not path.is_file():
            continue
        name, content = str(path.relative_to(folder)), path.read_bytes()
        pieces = list(_pieces(content))
        for number, (raw, sender) in enumerate(pieces, start=1):
            yield Found(name if len(pieces) == 1 else f"{name}#{number}", raw, sender)


def _pieces(content: bytes) -> Iterator[tuple[bytes, str | None]]:
    """The mails of an mbox (RFC 4155), or the whole of anything else."""
    marks = [mark for mark in _FROM_LINE.finditer(content) if _begins_mail(content, mark.start())]
    if not marks or content[: marks[0].start()].strip():
        yield content, None
        return
    for mark, after in zip(marks, [*marks[1:], None], strict=True):
        piece = content[mark.end() : after.start() if after else len(content)]
        raw = _QUOTED_FROM.sub(rb"\1", piece) if len(marks) > 1 else piece
        sender = mark[1].decode("ascii", "replace")
        yield raw, sender if "@" in sender or sender == "<>" else None


def _begins_mail(content: bytes, at: int) -> bool:
    """Whether a line stands at the beginning or under an empty line, as in an mbox each mail's first does."""
    return at == 0 or content.endswith((b"\n\n", b"\n\r\n"), 0, at)


def _envelope_sender(found: Found) -> str:
    """Who the envelope would have named: what the file says, its Return-Path, or else its author."""
    headers = Headers.parse(found.raw[: header_end(found.raw, 0, len(found.raw))[0]])
    paths = headers.raw("return-path")
    if paths:
        return parseaddr(paths[0].decode("ascii", "replace"))[1]
    if found.sender:
        return found.sender.strip("<>")
    return parseaddr(headers.text("from"))[1] or parseaddr(headers.text("sender"))[1]


def bring(post: Post, found: Found) -> dict[str, Any]:
    """Send one mail through the worker, and say what became of it."""
    notice = post.put(found.raw, sender=_envelope_sender(found)[:300])
    began = time.perf_counter()
    taken = _in_time(post, notice)
    ms = round((time.perf_counter() - began) * 1000, 1)
    arrived = read_receipt(json.dumps(notice))
    if not taken or arrived is None:
        return {"file": found.file, "outcome": "exception", "ms": ms}
    return {"file": found.file, **_became(arrived), "ms": ms}


def _in_time(post: Post, notice: dict[str, Any]) -> bool:
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        return post.deliver(notice)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _became(arrived: Receipt) -> dict[str, Any]:
    [mailbox] = mailboxes.addressed(arrived.recipients)
    item = table.get(store.message_key(inbox.derived_id("msg", arrived, mailbox)))
    if item is None:
        return _not_filed(arrived, mailbox)
    message = store.stored(item)
    return {
        "outcome": "unreadable" if message.mail_class == "unreadable" else "filed",
        "class": message.mail_class,
        "signals": message.signals,
        "from": message.from_.address if message.from_ else None,
        "subject": message.subject,
        "recipients": [one.address for one in (*message.to, *message.cc)],
        "ticket": message.thread_id,
        "acknowledged": _acknowledged(message),
        "visible": message.text,
        "attachments": [
            {"filename": one.filename, "content_type": one.content_type, "size": one.size}
            for one in message.attachments
        ],
        "bounces": [
            {"recipient": one.recipient, "status": one.status, "hard": one.hard, "action": one.action}
            for one in message.reported
        ],
    }


def _not_filed(arrived: Receipt, mailbox: Mailbox) -> dict[str, Any]:
    """A mail that left no message is a repeat of one that did, or it is lost."""
    marks = table.get_many(inbox.read(arrived, mailbox).seen_keys)
    return {"outcome": "duplicate" if marks else "lost"}


def _acknowledged(message: StoredMessage) -> bool:
    """Whether it opened its ticket, and the ticket has an acknowledgement."""
    if message.thread_id is None:
        return False
    ticket = tickets.get(message.thread_id)
    said = store.of_thread(ticket.id, limit=100)
    first = min(said, key=lambda one: one.id, default=message)
    return first.id == message.id and any(one.auto_reply for one in said)


def _too_slow(*_: Any) -> None:
    raise TimeoutError("the worker took longer than it may")


def main(folder: Path) -> int:
    """Bring every mail; 1 when one was lost or raised."""
    signal.signal(signal.SIGALRM, _too_slow)
    outcomes: Counter[str] = Counter()
    classes: Counter[str] = Counter()
    opened_tickets: set[str] = set()
    acknowledged, slowest = 0, (0.0, "")
    began = time.monotonic()
    with opened() as post:
        for number, found in enumerate(mails_in(folder), start=1):
            line = _line(post, found)
            print(json.dumps(line, ensure_ascii=False), flush=True)
            outcomes[line["outcome"]] += 1
            classes[line.get("class") or "none"] += 1
            opened_tickets |= {line["ticket"]} if line.get("ticket") else set()
            acknowledged += bool(line.get("acknowledged"))
            slowest = max(slowest, (line["ms"], found.file))
            if number % 100 == 0:
                progress(f"{number} mails, {number / (time.monotonic() - began):.0f} a second")
        engine = post.engine
    totals = {
        "in": outcomes.total(),
        "out": outcomes["filed"] + outcomes["unreadable"] + outcomes["duplicate"],
        "filed": outcomes["filed"],
        "unreadable": outcomes["unreadable"],
        "duplicates": outcomes["duplicate"],
        "lost": outcomes["lost"],
        "exceptions": outcomes["exception"],
        "worst_ms": slowest[0],
        "worst_file": slowest[1],
        "classes": dict(classes),
        "tickets": len(opened_tickets),
        "acknowledged": acknowledged,
        "seconds": round(time.monotonic() - began, 1),
        "engine": engine,
    }
    print(json.dumps(totals, ensure_ascii=False), flush=True)
    return int(bool(totals["lost"] or totals["exceptions"]))


def _line(post: Post, found: Found) -> dict[str, Any]:
    try:
        return bring(post, found)
    except Exception as error:  # one mail's trouble is told, and the next one comes
        return {"file": found.file, "outcome": "exception", "error": type(error).__name__, "ms": 0.0}


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit("usage: python -m bench.mails DIR")
    sys.exit(main(Path(sys.argv[1])))
