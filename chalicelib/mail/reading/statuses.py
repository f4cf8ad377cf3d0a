"""Enhanced status codes of mail servers (RFC 3463): found or told by words, and which end an address."""

from __future__ import annotations

import re

_STATUS = re.compile(r"(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?!\d|\.\d)")
_SURE = re.compile(
    r"(?:(?<!\d)[245]\d\d[ \t-]+|#[ \t]?|\bstatus(?:[ \t-]code)?[ \t:=]+)"
    r"([245]\.\d{1,3}\.\d{1,3})(?!\d|\.\d)",
    re.IGNORECASE,
)
"""Behind a reply code, a `#` (qmail) or the word: no version number of a program."""
_HARD = frozenset({"5.1.1", "5.1.2", "5.1.6", "5.0.0", "5.4.1", "5.1.10"})
"""The last is what Exchange says of an unknown user, and RFC 7505 of a domain that takes no mail."""

_WORDS: tuple[tuple[str, str], ...] = (
    (
        "5.2.2",
        r"quota|(?:mailbox|inbox|mail box|account)\s+(?:is\s+|was\s+)?(?:currently\s+)?full|full\s+mailbox"
        r"|exceeded[^.\n]{0,30}storage|insufficient\s+(?:disk\s+)?(?:space|storage)|voll\b|boîte[^.\n]{0,20}pleine"
        r"|переполнен",
    ),
    (
        "5.3.4",
        r"(?:message|mail|size)[^.\n]{0,30}too\s+(?:large|big)|size\s+(?:limit|exceed)"
        r"|exceeds?[^.\n]{0,30}(?:size|limit)",
    ),
    (
        "5.1.2",
        r"host\s+(?:or\s+domain\s+name\s+)?(?:unknown|not\s+found)|(?:unknown|illegal|bad|no\s+such)\s+(?:host|domain)"
        r"|domain[^.\n]{0,30}(?:not\s+found|does\s?n[o']t\s+exist|does\s+not\s+exist|no\s+longer|not\s+known|invalid)"
        r"|unrouteable\s+(?:mail\s+)?domain|(?:could\s+not|cannot|can't)\s+find\s+(?:a\s+)?(?:gateway|host|domain)"
        r"|couldn't\s+find\s+any\s+host|unable\s+to\s+resolve|name\s+server[^.\n]{0,40}(?:not\s+found|no\s+data)"
        r"|all\s+relevant\s+mx\s+records\s+point\s+to\s+non-existent",
    ),
    (
        "5.2.1",
        r"(?:account|mailbox|user|recipient)[^.\n]{0,40}(?:disabled|suspended|inactive|deactivated|not\s+active"
        r"|locked|expired)|(?:disabled|inactive|suspended)\s+(?:account|mailbox|user|recipient)",
    ),
    (
        "5.1.1",
        r"(?:user|recipient|mailbox|account|address|addressee|username|e-?mail|name|contact)s?\b[^\n]{0,60}?"
        r"\b(?:unknown|not\s+(?:be\s+)?(?:found|known|exist|recogni[sz]ed|valid|listed|unique)"
        r"|does\s?n[o']t\s+exist|does\s+not\s+exist|do\s+not\s+exist|no\s+longer\s+(?:exists?|valid|with|on|active|available)"
        r"|invalid|unavailable|non-?existent|isn't\s+valid|wrong|not\s+a\s+valid)"
        r"|(?:unknown|invalid|no\s+such|non-?existent|bad|incorrect)\s+(?:local\s+|smtp\s+|destination\s+|virtual\s+)?"
        r"(?:user|recipient|mailbox|account|address|addressee|person|name|final\s+delivery|part|mail\s+drop|id\b)"
        r"|no\s+(?:mailbox\s+here|valid\s+recipients?|account\s+by\s+that|user\s+here|one\s+here)|unrouteable\s+address"
        r"|does(?:n't|\s+not)\s+have\s+(?:an?\s+)?[^.\n]{0,40}(?:account|mailbox)|not\s+a\s+valid\s+(?:user|recipient)"
        r"|n'existe\s+pas|existiert\s+nicht|unbekannte|no\s+existe|não\s+existe|non\s+esiste|bestaat\s+niet"
        r"|не\s+существует|не\s+найден|nie\s+istnieje|存在しません|見つかりません|不存在",
    ),
    ("5.4.6", r"loop(?:ing|s\b)|too\s+many\s+hops|hop\s+count"),
    (
        "5.7.1",
        r"spam|unsolicited|black\s?list|block(?:ed|\s?list)|relay(?:ing)?\b|polic(?:y|ies)|virus|content\s+(?:reject|filter)"
        r"|not\s+(?:allowed|authori[sz]ed|permitted|accept)|access\s+denied|permission\s+denied|rejected|administrative",
    ),
    (
        "4.4.7",
        r"time[ds]?[\s-]?out|connection\s+(?:refused|failed|reset)|not\s+respond|unreachable|unable\s+to\s+connect"
        r"|establish\s+an?\s+smtp|queue\s+too\s+long|expired|retry\s+time|cannot\s+be\s+reached|temporar",
    ),
)
"""What is said instead of a code, the more telling first; in the order of trial."""


def status_in(text: str) -> str | None:
    """The first status code in a text such as `smtp; 550 5.1.1 unknown user`; one that is sure wins."""
    found = _SURE.search(text) or _STATUS.search(text)
    return found[1] if found else None


def status_by_words(text: str) -> str | None:
    """The code that a diagnosis in words comes to, such as 5.1.1 of `no such user`; or None."""
    for status, words in _WORDS:
        if re.search(words, text, re.IGNORECASE):
            return status
    return None


def is_hard(status: str | None) -> bool:
    """True when the address is not to be tried again."""
    return status in _HARD


def is_generic(status: str | None) -> bool:
    """Whether a code says no more than that something failed: another one in the diagnosis tells more."""
    return status is None or status.endswith(".0.0")
