"""Domains at which anybody can have an address, so that no organisation holds them.

The large providers only: of the thousands of small ones none is taken by mistake.
"""

from __future__ import annotations

_LISTED = """
126.com 163.com aol.com bluewin.ch comcast.net fastmail.com free.fr freenet.de gmail.com gmx.at gmx.ch
gmx.com gmx.de gmx.net googlemail.com hey.com hotmail.co.uk hotmail.com hotmail.de hotmail.fr hotmail.it
icloud.com laposte.net libero.it live.co.uk live.com mac.com mail.com mail.ru mailbox.org me.com msn.com
naver.com orange.fr outlook.com outlook.de outlook.fr pm.me posteo.de proton.me protonmail.com qq.com
rediffmail.com rocketmail.com seznam.cz t-online.de tutanota.com uol.com.br wanadoo.fr web.de yahoo.co.in
yahoo.co.jp yahoo.co.uk yahoo.com yahoo.com.br yahoo.de yahoo.es yahoo.fr yahoo.it yandex.com yandex.ru
ymail.com zoho.com
"""
FREE_MAIL_DOMAINS = frozenset(_LISTED.split())
