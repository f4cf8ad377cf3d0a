"""How absent people and mail servers begin, in the large languages."""

from __future__ import annotations

import re

AWAY_SUBJECT = re.compile(
    r"""\s*(?:\[[^\]]{0,40}\]\s*)?(?:
      out\s+of\s+(?:the\s+)?office | auto(?:matic)?[\s-]*(?:reply|response|responder)\s*(?:[:\-–]|$)
    | (?:on|away\s+on)\s+(?:annual\s+|parental\s+)?(?:leave|vacation|holiday)\s*(?:[:\-–]|$)
    | vacation\s+(?:reply|notice)
    | abwesenheits(?:notiz|benachrichtigung|assistent) | automatische\s+(?:antwort|reactie) | abwesend\b
    | réponse\s+automatique | absence\s+du\s+bureau | message\s+d['’]absence | absente?\s+du\s+bureau
    | respuesta\s+autom[aá]tica | fuera\s+de\s+(?:la\s+)?oficina
    | resposta\s+autom[aá]tica | fora\s+do\s+escrit[oó]rio | ausência\s+tempor
    | risposta\s+automatica | fuori\s+(?:sede|ufficio) | assente\s+dall?['’]?\s*ufficio
    | afwezig(?:heid)?\b | autosvar | automatisk[at]?\s+svar | frånvaro | fravær | ikke\s+til\s+stede
    | automaattinen\s+vastaus
    | autoodpowied[zź] | odpowiedź\s+automatyczna | automatyczna\s+odpowiedź | nieobecno[sś][cć]
    | автоматический\s+ответ | автоответ | нет\s+на\s+месте | автоматична\s+відповідь
    | otomatik\s+(?:yanıt|cevap) | automatick[áa]\s+odpov[eě][dď] | automatikus\s+válasz
    | 自动(?:回复|答复) | 自動回覆 | 自動(?:応答|返信)
    | 不在(?:通知|のお知らせ) | 부재\s*중 | 자동\s*(?:회신|응답)
    | الرد\s+التلقائي | رد\s+تلقائي | תשובה\s+אוטומטית
    )""",
    re.VERBOSE | re.IGNORECASE,
)
"""Matched at the very start: `Re: Out of office` is a person's answer."""

FAILED_SUBJECT = re.compile(
    r"""undeliver(?:ed|able)
    | (?:mail\s+)?delivery\s+(?:status\s+notification|(?:has\s+)?fail|incomplete|problem)
    | returned\s+mail | failure\s+notice | mail\s+(?:system\s+error|could\s+not\s+be\s+delivered)
    | message\s+(?:not\s+delivered|undeliverable)
    | unzustellbar | non\s+remis | no\s+se\s+puede\s+entregar | não\s+entregue | non\s+recapitabil""",
    re.VERBOSE | re.IGNORECASE,
)
FAILED_TEXT = re.compile(
    r"""this\s+is\s+the\s+mail\s+system\s+at\s+host | could\s+not\s+be\s+delivered\s+to
    | i['’]m\s+afraid\s+i\s+wasn['’]t\s+able\s+to\s+deliver
    | a\s+message\s+that\s+you\s+sent\s+could\s+not\s+be\s+delivered
    | (?:wasn|couldn)['’]t\s+be\s+delivered | wasn['’]t\s+delivered\s+to
    | the\s+following\s+addresses\s+had\s+permanent\s+fatal\s+errors
    | delivery\s+to\s+the\s+following\s+recipients?\s+failed
    | your\s+message\s+(?:did\s+not\s+reach|to\s+\S{1,200}\s+couldn) | permanent\s+error""",
    re.VERBOSE | re.IGNORECASE,
)
