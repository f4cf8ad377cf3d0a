"""What a correspondent wrote now, apart from what they quote, forward or sign with.

A first cut: it looks for the first line from which everything is quotation or signature. Nothing is lost:
the visible and the elided text together are the text.
"""

from __future__ import annotations

import itertools
import re
from typing import NamedTuple


class Trimmed(NamedTuple):
    visible: str
    elided: str


_OPENED = re.compile(
    r"""\W{0,4}(?:
      (?:On|At)\b.{3,300}\b(?:wrote|writes)
    | (?:Am|On)\b.{3,300}\b(?:schrieb|schreibt)\b.{0,120}
    | Le\b.{3,300}\ba\s[ée]crit
    | (?:El|Em|Il|Op|Den|Dnia|W\sdniu)\b.{3,300}
        (?:escribi[óo]|escreveu|ha\sscritto|schreef|skrev|pisze|napisał(?:\(a\))?).{0,120}
    | \d.{5,200}(?:napisał\(a\)|pisze|skrev|написал\(?а?\)?|пише|пишет|님이\s작성)
    | 在.{3,200}写道
    )\s*[:：]""",
    re.VERBOSE | re.IGNORECASE,
)
"""Attributions that begin with a word or a date of their own, and so may run over several lines."""
_LOOSE = re.compile(
    r"""(?:
      .{1,200}<\s?[^<>\s]+@[^<>\s]+>\)?\s*
        (?:wrote|schrieb|a\sécrit|escribió|escreveu|ha\sscritto|skrev|schreef|napisał\(a\)|пишет
        |написал\(?а?\)?).{0,80}
    | .{3,200}(?:пользователь|р\.|г\.).{1,200}(?:написал\(?а?\)?|пише|пишет)
    | .{3,200}(?:のメール|さんは書きました)
    )\s*[:：]""",
    re.VERBOSE | re.IGNORECASE,
)
"""Attributions that begin with a name: as short as they can be, lest they swallow what was written."""
_BARE_DATE = re.compile(r"\d{4}[-/]\d\d?[-/]\d\d?\s.{1,150}<\s?[^<>\s]+@[^<>\s]+>:?\s*")
_SEPARATOR = re.compile(
    r"""[\s*>]*-{2,}\s*(?:
      Original[ -]Message | Original\ Appointment | Forwarded\ message
    | Ursprüngliche\ Nachricht | Weitergeleitete\ Nachricht | Message\ d'origine | Message\ transféré
    | Mensaje\ original | Mensagem\ original | Messaggio\ originale | Oorspronkelijk\ bericht
    | Ursprungligt\ meddelande | Oprindelig\ meddelelse | Opprinnelig\ melding | Wiadomość\ oryginalna
    | Исходное\ сообщение | Пересылаемое\ сообщение | 原始邮件 | 原始郵件 | 元のメッセージ | 원본\ 메시지
    )\s*-{2,}[\s*]*""",
    re.VERBOSE | re.IGNORECASE,
)
_FROM = re.compile(
    r"""[\s*>]*(?:From|Von|De|Da|Van|Från|Fra|Od|От|Від|Lähettäjä|Gönderen|Kimden|发件人|寄件者|差出人
    |보낸\ 사람)\s*\*?\s*[:：]""",
    re.VERBOSE | re.IGNORECASE,
)
_OTHER_FIELD = re.compile(
    r"""[\s*>]*(?:Sent|Date|To|Cc|Subject|Gesendet|Datum|An|Betreff|Envoyé|À|Objet|Enviado(?:\ el|\ em)?
    |Fecha|Data|Para|Asunto|Assunto|Inviato|A|Oggetto|Verzonden|Aan|Onderwerp|Skickat|Till|Ämne|Sendt|Til
    |Emne|Wysłano|Do|Temat|Отправлено|Дата|Кому|Тема|Надіслано|Gönderildi|Kime|Konu|发送时间|收件人|主题
    |寄件日期|收件者|主旨|送信日時|宛先|件名|보낸\ 날짜|받는\ 사람|제목)\s*\*?\s*[:：]""",
    re.VERBOSE | re.IGNORECASE,
)
_RULE = re.compile(r"\s*[-_]{5,}\s*")
_DEVICE = re.compile(
    r"""[\s<(]*(?:
      Sent[ ](?:from|via|with|by)[ ] | Get[ ]Outlook[ ]for[ ] | Von[ ]meinem[ ].{1,40}[ ]gesendet
    | Gesendet[ ]von[ ] | Diese[ ]Nachricht[ ]wurde[ ]von[ ].{1,60}[ ]gesendet
    | Envoyé[ ](?:depuis|de)[ ] | Enviado[ ](?:desde|do|de)[ ]
    | Inviato[ ]da | Verzonden[ ](?:met|vanaf|vanuit)[ ] | Sendt[ ]fra[ ] | Skickat[ ]från[ ] | Wysłane[ ]z[ ]
    | Отправлено[ ]с[ ]
    ).{0,100}""",
    re.VERBOSE | re.IGNORECASE,
)
_SIGNATURE = re.compile(r"--\s?")
_LONGEST_ATTRIBUTION = 3
_MAX_LINES = 5_000
"""Lines that are examined; a text longer than that is no reply that somebody typed."""


def trim(text: str) -> Trimmed:
    """Cut a text where only quotation and signature follow; when nothing would be left, all is visible."""
    lines = text.split("\n")
    if len(lines) > _MAX_LINES:
        return Trimmed(text, "")
    cut = next((at for at in range(len(lines)) if _ends_letter(lines, at)), len(lines))
    cut = next((at for at in range(cut) if _quotes_to_the_end(lines, at, cut)), cut)
    while cut and _is_tail(lines[cut - 1]):
        cut -= 1
    visible, elided = "\n".join(lines[:cut]), "\n".join(lines[cut:])
    return Trimmed(visible, elided) if visible.strip() else Trimmed(text, "")


def _ends_letter(lines: list[str], at: int) -> bool:
    """A signature, an "Original Message" rule, or the header block of a quoted mail starts here."""
    line = lines[at][:200]
    return bool(_SIGNATURE.fullmatch(line) or _SEPARATOR.fullmatch(line)) or _is_header_block(lines, at)


def _is_header_block(lines: list[str], at: int) -> bool:
    """From: and two more fields of a header in the next lines, under a rule or not."""
    if _RULE.fullmatch(lines[at][:200]):
        following = next((n for n in range(at + 1, min(at + 3, len(lines))) if lines[n].strip()), None)
        return following is not None and _is_header_block(lines, following)
    if not _FROM.match(lines[at][:200]):
        return False
    return sum(bool(_OTHER_FIELD.match(line[:200])) for line in lines[at + 1 : at + 7]) >= 2


def _quotes_to_the_end(lines: list[str], at: int, end: int) -> bool:
    """An attribution ("On … wrote:") stands here, and nobody answers between or below the quoted lines."""
    length = _attribution_length(lines, at, end)
    if not length:
        return False
    below = itertools.dropwhile(_is_blank, itertools.islice(lines, at + length, end))
    return not _is_quoted(next(below, "")) or all(_is_tail(line) for line in below)


def _attribution_length(lines: list[str], at: int, end: int) -> int:
    """How many lines, 3 at most, the attribution at `at` takes; 0 when there is none."""
    for length in range(1, min(_LONGEST_ATTRIBUTION, end - at) + 1):
        if _is_blank(lines[at + length - 1]):
            return 0
        if _attributes(lines[at : at + length]):
            return length
    return 0


def _attributes(lines: list[str]) -> bool:
    """The lines together are an attribution, and the first of them is part of it."""
    joined = " ".join(line.strip() for line in lines)[:500]
    if not joined.endswith((":", "：", ">")):
        return False
    if not re.search(r"[\d@]", joined):  # "Yesterday I wrote:" is the writer's own
        return False
    if _OPENED.fullmatch(joined) or _BARE_DATE.fullmatch(joined):
        return True
    return bool(_LOOSE.fullmatch(joined)) and not _LOOSE.fullmatch(" ".join(lines[1:])[:500])


def _is_blank(line: str) -> bool:
    return not line.strip()


def _is_quoted(line: str) -> bool:
    return line.lstrip().startswith(">")


def _is_tail(line: str) -> bool:
    """What may follow the last written line: nothing, a quotation, a phone's or an app's line."""
    return _is_blank(line) or _is_quoted(line) or bool(_DEVICE.fullmatch(line[:200]))
