"""The traffic: responses, mails in, mails out and rows of imports, some of them sent twice."""

from __future__ import annotations

import itertools
import random
import secrets
import smtplib
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from bench.faulty.patient import Patient
from bench.report import progress
from tests.e2e.post import Post, write

AT_ONCE = 100
"""Responses of one request, which is the most."""
TWICE = 0.1
"""The share of requests and mails that their sender sends again, though they came through."""
TAGGED, ADDRESSED, ADDRESSES = 3, 20, 50
"""Every third response has a tag, every twentieth one of so many addresses."""
ROWS = 250
"""Rows of a file."""
WRITERS = 3
"""How many write mails at the same time."""


@dataclass(frozen=True)
class Amounts:
    """How much of each."""

    responses: int
    mails_in: int
    mails_out: int
    rows: int


FULL = Amounts(10_000, 1_000, 1_000, 1_000)


def amounts(share: float) -> Amounts:
    """A share of the full amounts."""
    parts = (FULL.responses, FULL.mails_in, FULL.mails_out, FULL.rows)
    return Amounts(*(max(1, round(share * part)) for part in parts))


@dataclass
class Sent:
    """What the API or the SMTP door took, by name."""

    mark: str = field(default_factory=lambda: f"f{secrets.token_hex(4)}")
    responses: list[str] = field(default_factory=list)
    mails_in: list[str] = field(default_factory=list)
    mails_out: list[str] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)
    imports: list[str] = field(default_factory=list)

    @property
    def mailed(self) -> str:
        """The domain of those who write."""
        return f"in.{self.mark}.example.org"


class Traffic:
    """Sends all of it, each kind by its public door, in a thread of its own."""

    def __init__(self, addresses: dict[str, Any], amounts: Amounts) -> None:
        self.api = Patient(addresses)
        self.sent = Sent()
        self._post = Post(addresses)
        self._amounts = amounts
        self._failures: list[BaseException] = []

    def send(self) -> None:
        """Send everything; returns when all of it was taken."""
        kinds = (self._responses, self._mails_in, self._mails_out, self._imports)
        threads = [threading.Thread(target=self._guarded, args=(kind,)) for kind in kinds]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self._failures:
            raise self._failures[0]

    def _guarded(self, kind: Any) -> None:
        try:
            kind()
        except BaseException as error:
            self._failures.append(error)

    def _responses(self) -> None:
        for first in range(0, self._amounts.responses, AT_ONCE):
            numbers = range(first, min(first + AT_ONCE, self._amounts.responses))
            body = {"responses": [self._response(number) for number in numbers]}
            for _ in range(1 + (random.random() < TWICE)):
                found = self.api.post("/v1/feedback/batch", body, f"{self.sent.mark}-{first}", 202)
                self.sent.responses += self._accepted(found, body, first)
        progress(f"{len(set(self.sent.responses)):,} responses were accepted")

    def _accepted(self, found: Any, body: Any, first: int) -> list[str]:
        """The ids of the rows; those that the queue refused are sent again, as the documentation says."""
        while any(row["outcome"] != "accepted" for row in found["results"]):
            self.api.unclear["row refused"] += 1
            found = self.api.post("/v1/feedback/batch", body, f"{self.sent.mark}-{first}", 202)
        return [row["id"] for row in found["results"]]

    def _response(self, number: int) -> dict[str, Any]:
        given: dict[str, Any] = {"survey": self.sent.mark, "kind": "nps", "score": number % 11}
        if number % TAGGED == 0:
            given["tags"] = [self.sent.mark]
        if number % ADDRESSED == 0:
            given["email"] = f"r{number // ADDRESSED % ADDRESSES}@{self.sent.mark}.example.org"
        return given

    def _mails_in(self) -> None:
        for number in range(self._amounts.mails_in):
            mail = write(f"n{number}@{self.sent.mailed}", f"{self.sent.mark} in {number}", "Where is it?")
            for _ in range(1 + (random.random() < TWICE)):
                self._bring(mail)
            self.sent.mails_in.append(str(mail["Subject"]))
        progress(f"{len(self.sent.mails_in):,} mails were brought")

    def _bring(self, mail: EmailMessage) -> None:
        """As other mail systems do: what was not taken is brought again."""
        while True:
            try:
                return self._post.send(mail)
            except (OSError, smtplib.SMTPException):
                self.api.unclear["SMTP"] += 1

    def _mails_out(self) -> None:
        with ThreadPoolExecutor(WRITERS) as pool:
            self.sent.mails_out += pool.map(self._mail_out, range(self._amounts.mails_out))
        progress(f"{len(self.sent.mails_out):,} mails were queued")

    def _mail_out(self, number: int) -> str:
        subject = f"{self.sent.mark} out {number}"
        body = {"email": f"o{number}@{self.sent.mark}.example.org", "subject": subject, "text": "Here."}
        for _ in range(1 + (random.random() < TWICE)):
            self.api.post("/v1/messages", body, subject.replace(" ", "-"), 201)
        return subject

    def _imports(self) -> None:
        for first in range(0, self._amounts.rows, ROWS):
            rows = [
                f"i{n}@rows.{self.sent.mark}.example.org"
                for n in range(first, min(first + ROWS, self._amounts.rows))
            ]
            self._import(first, rows)
            self.sent.rows += rows
        progress(f"{len(self.sent.rows):,} rows are being imported")

    def _import(self, first: int, rows: list[str]) -> None:
        key = f"{self.sent.mark}-import-{first}"
        made = self._new_import(key)
        names = (f"{secrets.token_hex(6)};{row}" for row in rows)
        self.api.put(made["upload"]["url"], "\r\n".join(["Name;E-Mail", *names, ""]).encode())
        path = f"/v1/imports/{made['id']}"
        self.api.post(f"{path}/analyse", {}, f"{key}-analyse")
        mapping = {"Name": "name", "E-Mail": "email"}
        self.api.post(f"{path}/start", {"mapping": mapping, "tags": [self.sent.mark]}, f"{key}-start")
        self.sent.imports.append(made["id"])

    def _new_import(self, key: str) -> Any:
        """An import with its upload's address, which a repeated request is not told: then another is made."""
        for attempt in itertools.count():
            made = self.api.post("/v1/imports", {"filename": "people.csv"}, f"{key}-{attempt}", 201)
            if "upload" in made:
                return made
            self.api.unclear["address not told again"] += 1
