"""Delivery reports in prose, as nearly half of the mail servers write them: whom they name, and what of each.

No server's form is known here by name. A report names its recipients on lines of their own, in the words of
an SMTP dialogue, or behind a few phrases; below its own words stands a copy of the mail, full of other
addresses.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import islice
from typing import NamedTuple

MAX_EXAMINED = 30_000
"""Characters of a report that are looked at: its own words come first."""
MAX_WORDS = 1_500
MAX_ADDRESSES_SEEN = 300

_LINE_FRAME = " \t>|*=_#-"
_COPY_UNDER_RULE = re.compile(
    r"""(?:the\ |a\ |your\ |this\ is\ |start\ of\ )?.{0,30}(?:copy\ of
    | (?:original|returned|unsent|undelivered|forwarded|rejected|bounced|failed)\ (?:message|mail|e-?mail)
    | (?:message|mail)\ (?:headers?|text|body|contents?) | headers?\ (?:and|of)
    | ursprüngliche | message\ d'origine | mensaje\ original)""",
    re.IGNORECASE | re.VERBOSE,
)
_COPY = re.compile(
    r"""(?:original|returned|unsent|undelivered|rejected)\ (?:message|mail)
        (?:\ (?:follows|below|attached|headers?|as\ follows)|\s*[:.-]{0,5}\s*$)
    | (?:the\ )?(?:message|mail)\ headers?\ follow | (?:the\ )?headers?\ (?:and|of)\ .{0,40}message
    | (?:the\ )?original\ message\ (?:is|follows|below|headers?|text)\b
    | (?:here|this|below|included|following|attached)\b.{0,40}\bcopy\ of
    | a\ copy\ of\ (?:the|your) | your\ message\ (?:reads|follows|begins|is\ as\ follows)
    | a\ summary\ of\ the\ undelivered | (?:first|beginning)\ .{0,30}of\ (?:the|your)\ message
    | received:\ {1,9}(?:from|by) | return-path:\ {0,9}< | dkim-signature: | mime-version: | arc-seal:""",
    re.IGNORECASE | re.VERBOSE,
)
"""How the copy of the mail begins, the first with a rule of dashes before it; read line by line."""
_ADDRESS = re.compile(r"[^\s<>()\[\]{},;:\"|@=\\*]{1,64}@(?:[^\s<>()\[\]{},;:\"|@=\\*]{1,255})")
_VALID = re.compile(r"[^\s@]{1,64}@[\w#](?:[\w.-]{0,250}[\w])?\.?[\w-]*", re.UNICODE)
_NAMING = re.compile(
    r"""(?:
      rcpt\ *+(?:to)?\ *+:? | (?:final|original|failed|intended|undeliverable|invalid|bad
      |affected)[-\ ]?(?:recipient|address|user)s?\ *+:?
    | recipients?(?:\ address)?(?:es)?(?:\ is|\ was|\ are)?\ *+: | error-for\ *+: | e-?mail\ address\ *+:
      | user(?:id)?\ *+:
    | (?:un)?deliver(?:able|ed|ing|y)?\ ++(?:(?:your|the|this|mail|e-?mail|message|following|it)\ ++){0,3}to
    | (?:message|mail|sent|addressed|posted|reach|gateway|mailbox|attempts?)\ *+(?:was\ |is\ )?(?:to|for
      |user)? \ *+:?
    | generated\ from | destinataire\ *+: | (?:adresse?|empfänger|destinatario|destinatário|адрес[^\s]*)\ *+:?
    | (?:smtp|rfc822|x400|notes)\ *+[:;=]
    )[\s<("'\[]*+(?:smtp\ *+[:=]|rfc822\ *+;|mailto:)?\s*$""",
    re.IGNORECASE | re.VERBOSE,
)
"""What stands right before an address that could not be reached. No run of spaces is tried twice (`*+`)."""
_NOT_NAMING = re.compile(
    r"""(?:\bfrom|\bcontact|\bsender|\bby|\bpostmaster|\badministrator|\bsupport|\breply(?:ing)?\ to
      |\bforward(?:ed)?\b.{0,40}\ to
    |\bwrite\ to|\bvia|\bhelp|\babuse|\bquestions?|\bmail\ us\ at|\bexpanded\ from|\bhelo|message[-\ ]?id
      |\bid
    |\bvon|\bde\ la\ part\ de)\b[\s:<("'\[=]*(?:address|mailto:)?\s*$""",
    re.IGNORECASE | re.VERBOSE,
)
_ALONE_BEFORE = re.compile(r"[\s>|*•·.<(\"'\[=-]*(?:to\s*:)?[\s<]*(?:-->\s*)?")
_ALONE_AFTER = re.compile(
    r"[\s>)\"'\]]*(?:$|[:;,.]|\.\.\.|\s+-|\s*\(|\s+on\s|\s{2,}|\s+\d|\s*=|\s+[A-Z(#\[])"
)
_ORDINARY_TO = re.compile(r"\s*to\s*:[\s<]*", re.IGNORECASE)
_SERVERS_OWN = {"postmaster", "mailer-daemon", "mailerdaemon", "abuse", "administrator"}
_DELAYED = re.compile(
    r"""(?:not\ yet|(?:has|have)\ not\ yet)\ been\ delivered|(?:is|been|was)\ delayed|will\ (?:be\ retried
      |continue\ to\ (?:try|be))
    |warning\ message\ only|delivery\ attempts?\ will|still\ (?:be\ )?(?:retried|trying|being)
      |just\ a\ warning|delivery\ is\ delayed
    |(?:will|to)\ keep\ trying|no\ action\ is\ required\ on\ your\ part|attempts\ will\ continue|verzögert
      |retardé|demorad
    |you\ do\ not\ need\ to\ resend""",
    re.IGNORECASE | re.VERBOSE,
)


class Named(NamedTuple):
    """A recipient that a report names, and its words about them."""

    address: str
    words: str


def own_words(text: str) -> str:
    """What the server itself says, above the copy of the mail."""
    examined = text[:MAX_EXAMINED]
    at = 0
    for line in examined.splitlines(keepends=True):
        if _begins_copy(line) and examined[:at].strip():
            return examined[:at]
        at += len(line)
    return examined


def _begins_copy(line: str) -> bool:
    said = line.lstrip(_LINE_FRAME)
    under_rule = "--" in line[: len(line) - len(said)][-20:]
    return bool(_COPY.match(said[:150]) or (under_rule and _COPY_UNDER_RULE.match(said[:150])))


def is_delay(subject: str, words: str) -> bool:
    """Whether a report says that the server keeps trying."""
    return bool(
        _DELAYED.search(words[:MAX_EXAMINED])
        or re.search(r"\bdelay|\bwarning\b|verzögert|retard", subject, re.IGNORECASE)
    )


def recipients_in(words: str, *, ours: Collection[str]) -> list[Named]:
    """The recipients that a report's own words name, in their order; `ours` are who wrote and who got it.

    Addresses on lines of their own and behind a naming phrase count; without any, those that nothing speaks
    against.
    """
    known = {address.lower() for address in ours}
    seen = [one for one in _addresses(words) if one.address.lower() not in known]
    chosen = next((found for rank in (3, 2, 1) if (found := [one for one in seen if one.rank == rank])), [])
    firsts: dict[str, _Seen] = {}
    for one in chosen:
        firsts.setdefault(one.address.lower(), one)
    starts = sorted(one.at for one in firsts.values())
    return [Named(one.address, _about(words, one, starts, len(firsts))) for one in firsts.values()]


class _Seen(NamedTuple):
    address: str
    at: int
    rank: int
    """3: it stands for the recipient; 2: it may; 1: nothing speaks against it."""


def _addresses(words: str) -> Iterator[_Seen]:
    for found in islice(_ADDRESS.finditer(words), MAX_ADDRESSES_SEEN):
        address = found[0].strip("'`.!?*“”‘’«»")
        if not _VALID.fullmatch(address) or "." not in address.rpartition("@")[2]:
            continue
        line_start = words.rfind("\n", 0, found.start()) + 1
        before = words[max(line_start, found.start() - 80) : found.start()]
        above = words[max(0, found.start() - 80) : found.start()]
        line_end = words.find("\n", found.end())
        after = words[found.end() : found.end() + 80 if line_end < 0 else min(line_end, found.end() + 80)]
        if rank := _rank(address, before, above, after):
            yield _Seen(address, found.start(), rank)


def _rank(address: str, before: str, above: str, after: str) -> int:
    own = address.partition("@")[0].lower() in _SERVERS_OWN
    if _ORDINARY_TO.fullmatch(before):
        return 2
    if own or (_NOT_NAMING.search(before) and not before.rstrip().endswith("generated from")):
        return 0 if not own or not _ALONE_BEFORE.fullmatch(before) else 1
    if _ALONE_BEFORE.fullmatch(before) and _ALONE_AFTER.match(after):
        return 3
    return 3 if _NAMING.search(above) else 1


def _about(words: str, one: _Seen, starts: list[int], count: int) -> str:
    """The words from this recipient to the next one; with one recipient, all that is said."""
    if count == 1:
        return words[:MAX_EXAMINED]
    following = next((at for at in starts if at > one.at), len(words))
    return words[one.at : min(following, one.at + MAX_WORDS)]
