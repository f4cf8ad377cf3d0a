"""How absent people and mail servers begin, in the large languages."""

from __future__ import annotations

import re

AWAY_SUBJECT = re.compile(
    r"""\s*(?:\[[^\]]{0,40}\]\s*)?\[?(?:
      out\s+of\s+(?:the\s+)?office | auto:\s | auto(?:matic)?[\s-]*(?:reply|response|responder)\s*(?:[:\-–]
      |$)
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
    r"""undeliver(?:ed|able) | non-?deliver(?:y|able) | returned\s+(?:e-?mail|mail|message|to\s+sender)
    | (?:e-?mail\s+|message\s+)?delivery\s+(?:status|report|fail|incomplete|problem|error|unsuccessful
      |notification|delayed
      |has\s+(?:been\s+)?(?:fail|delay)|final|warning|was\s+aborted)
    | deliver(?:y)?\s+(?:to\s+\S{1,100}\s+)?(?:has\s+)?failed | failure\s+(?:notice|delivery|to\s+deliver)
      | failed\s+(?:mail|delivery)
    | mail\s+(?:system\s+error|fail|error|could\s+not\s+be|returned|not\s+delivered|returning|undeliver)
    | (?:e-?mail|message|mail)\s+(?:was\s+|is\s+)?(?:not\s+(?:be\s+)?delivered|could\s+not|delayed
      |undeliverable|you\s+sent\s+blocked)
    | (?:could|can)\s?not\s+(?:send|deliver) | unable\s+to\s+deliver | error\s+(?:sending|delivering)
      | user\s+unknown
    | warning:\s+(?:could\s+not|message|e-?mail|delay) | (?:nicht\s+zustellbar|unzustellbar
      |nicht\s+zugestellt|zustell(?:ung|fehler))
    | non\s+(?:remis|distribuable|livr) | échec\s+(?:de\s+)?(?:la\s+)?(?:remise|distribution|livraison)
      | n.a\s+pas\s+pu\s+[êe]tre
    | no\s+se\s+(?:puede|pudo|ha\s+podido)\s+entregar | no\s+entregado | error\s+(?:en
      |de)\s+(?:la\s+)?entrega | correo\s+devuelto
    | não\s+(?:foi\s+)?(?:possível\s+)?entreg | falha\s+na\s+entrega | n[ãa]o\s+entregue
    | non\s+recapit | mancat[oa]\s+(?:recapito|consegna) | onbestelbaar | niet\s+(?:bezorgd|afgeleverd)
    | nie\s+(?:dostarczono|doręcz) | niedostarcz | zwrot\s+(?:poczty|wiadomo)
    | не\s*доставлен | недоставл | ошибка\s+доставки | не\s+удалось\s+доставить
    | (?:olevererbar|kunde\s+inte\s+levereras|kan\s+ikke\s+leveres|ikke\s+leveret) | nedoručiteln
      | kézbesíthetetlen
    | メールエラー | エラー通知 | (?:配信|送信)(?:不能|エラー|できません) | 配送(?:エラー|不能)
    | 未送达 | 退信 | 无法(?:投递|送达) | 無法(?:傳遞|投遞|送達) | 반송 | 배달\s*(?:실패|되지)""",
    re.VERBOSE | re.IGNORECASE,
)
FAILED_TEXT = re.compile(
    r"""this\s+is\s+the\s+(?:mail\s+system|.{1,60}program)\s+at\b | could\s+not\s+be\s+delivered
    | i['’]m\s+(?:afraid|sorry)\b.{0,40}\b(?:wasn['’]t|not)\s+able\s+to\s+deliver
    | created\s+automatically\s+by\s+(?:the\s+)?mail | automatically\s+generated\s+delivery
    | (?:wasn|couldn|hasn)['’]t\s+(?:be(?:en)?\s+)?delivered | (?:was|were|been
      |be)\s+not\s+(?:yet\s+)?(?:been\s+)?delivered
    | not\s+(?:yet\s+)?(?:been\s+)?delivered\s+to
    | addresse?s?\s+had\s+(?:permanent|transient|delivery|fatal)\b | transcript\s+of\s+session
    | deliver[ey]y?\s+(?:to|of)\s+.{0,60}(?:failed|aborted|delayed|refused) | unable\s+to\s+deliver
      | not\s+able\s+to\s+deliver
    | could\s+not\s+(?:be\s+)?(?:deliver|reach|send) | cannot\s+(?:be\s+)?deliver
      | can['’]?t\s+be\s+delivered
    | (?<!-)-{3,40}\s*(?:failure\s+reasons|returned\s+m) | exceeded\s+maximum | failed\s+(?:recipient|address
      |deliver) | following\s+(?:recipient|address).{0,60}(?:fail|reached|receive|reject)
    | your\s+(?:e-?)?(?:message|mail)\s+(?:did\s+not\s+reach|to\s+\S{1,200}\s+(?:couldn|could\s+not
      |has\s+been)|was\s+(?:not|reject)
      |has\s+(?:encountered|not|been\s+(?:reject|return|block))|cannot|can['’]?t|wasn)
    | did\s+not\s+reach\s+the\s+following | has\s+been\s+(?:returned|rejected|delayed)\b | undeliverable
      | permanent\s+(?:fatal\s+)?error
    | delivery\s+(?:attempt|status\s+notification|fail|error) | mailbox\s+(?:unavailable|not\s+found
      |is\s+full) | user\s+unknown | no\s+such\s+user
    | (?<!\d)5\d\d[ -]+\#?5\.\d{1,3}\.\d | remote\s+(?:host|server)\s+(?:said|replied|returned|answered)
      | rcpt\s+to\s*:
    | nicht\s+(?:zugestellt|ausgeliefert|zustellbar) | n['’]a\s+pas\s+pu\s+[êe]tre | no\s+(?:se\s+)?(?:pudo
      |puede|ha\s+podido)\s+(?:ser\s+)?entreg
    | não\s+(?:pôde|pode|foi\s+possível)\b.{0,30}entreg
      | non\s+(?:è\s+stato\s+)?(?:possibile\s+)?(?:consegna|recapita)
    | не\s+может\s+быть\s+доставлен | не\s+(?:было\s+)?доставлен
    | 配信できません | 送信できません | エラーメール | 无法(?:投递|送达) | 無法(?:傳遞|投遞|送達)""",
    re.VERBOSE | re.IGNORECASE,
)
