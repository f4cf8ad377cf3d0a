"""The language of a text (BCP 47), by its script and its small words; none when the text does not tell.

No library does this within the package's size, and a help desk needs no more: the languages that people write
mails in, and silence when in doubt.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

MIN_LETTERS = 15
MAX_EXAMINED = 4_000
"""Characters that are looked at."""
_LEAST_HITS, _LEAST_LEAD = 2, 1.25
"""Small words that must be found, and how many times as many as of the next language."""

_SMALL_WORDS = {
    "en": (
        "the and is are was have has been not you your with this that from for they will would my of "
        "to please it we i"
    ),
    "de": (
        "der die das und ist nicht ich sie wir mit ein eine für auf den dem von zu auch bei noch habe "
        "bitte wie es im ihre mein"
    ),
    "fr": (
        "le la les des est et pas je vous nous une un pour dans que qui avec sur votre mon ne au ce "
        "il bonjour avez été du"
    ),
    "es": (
        "el la los las es y no por con una un para que de mi su se del está pero gracias hola lo al "
        "muy me ha como"
    ),
    "pt": (
        "o a os as é e não por com uma um para que de meu minha do da em no na se mas obrigado olá "
        "muito você está foi"
    ),
    "it": (
        "il lo la gli le è e non di che con una un per mi del della sono ho buongiorno questo al nel "
        "ma grazie vi ancora"
    ),
    "nl": (
        "de het een en is niet ik u wij met voor van op dat die te zijn mijn heb er aan bij maar ook "
        "geen graag nog deze"
    ),
    "pl": (
        "i nie jest się w na z do to że mam proszę dzień dobry mój moje jak o za po od tylko ale czy "
        "już dla mnie"
    ),
    "cs": (
        "a je se na že to v s z do jsem mám prosím dobrý den není ale jak za pro jsme by si můj od také už mi"
    ),
    "sk": "a je sa na že to v s z do som mám prosím dobrý deň nie ale ako za pre sme by si môj od tiež už mi",
    "sv": (
        "och är inte jag att det som en ett på av för med har den till om vi ni min hej kan men så "
        "från min var"
    ),
    "da": (
        "og er ikke jeg at det som en et på af for med har den til om vi min hej kan men så fra jeres "
        "jer mit været endnu fået hvad mig gerne bliver noget også"
    ),
    "nb": (
        "og er ikke jeg at det som en et på av for med har den til om vi min hei kan men så fra deres "
        "dere mitt vært ennå fått hva meg gjerne blir noe også mottatt"
    ),
    "fi": (
        "ja on ei en se että hän minun mutta kun olen oli ole voi myös tai niin kiitos hei minä "
        "teidän ovat sitä kanssa"
    ),
    "hu": (
        "a az és nem hogy is van egy meg ezt kérem de csak már mint vagy volt azt nekem köszönöm ha "
        "el jó napot"
    ),
    "ro": "și nu este de la cu în pe să o un că pentru din am vă mai bună ziua sunt dar nici care mea au",
    "tr": (
        "ve bir bu için ile de da değil çok ben mi ama var yok olarak ne merhaba lütfen daha kadar "
        "gibi teşekkürler size"
    ),
    "id": (
        "dan yang di ini itu tidak saya untuk dengan dari ada ke anda sudah akan bisa kami tolong "
        "pada terima kasih belum"
    ),
    "vi": "và của là không tôi có cho được này với trong một các bạn đã xin chào nhưng cảm ơn người khi rất",
    "hr": "i je se na da u nije sam za su s od što ali kako mi molim dobar dan nisam bi li hvala moj ima još",
    "lt": "ir yra ne aš kad su į iš bet mano man ar jau labas prašau dėl tai buvo kaip nuo per ačiū",
    "et": "ja on ei ma et see ta aga minu mis kui oli tere palun või veel mul ole teie kas tänan seda",
}
_BY_SCRIPT = {
    "HANGUL": "ko",
    "GREEK": "el",
    "HEBREW": "he",
    "THAI": "th",
    "ARMENIAN": "hy",
    "GEORGIAN": "ka",
    "BENGALI": "bn",
    "TAMIL": "ta",
    "TELUGU": "te",
    "GUJARATI": "gu",
    "DEVANAGARI": "hi",
}
"""Scripts that are written in one language, or in one far more than in others."""
_TRADITIONAL = frozenset("們這個會請問題沒無來為時對說還過後謝買賣電話訂單貨退換發壞錯")
_WORDS = {language: frozenset(words.split()) for language, words in _SMALL_WORDS.items()}
_LANGUAGES = {
    word: [language for language, words in _WORDS.items() if word in words]
    for word in frozenset().union(*_WORDS.values())
}
"""The languages that have a small word."""
_WORD = re.compile(r"[^\W\d_]+")
_NOISE = re.compile(r"https?://\S+|\S+@\S+|[\w.-]+\.(?:com|org|net|de|fr)\b")


def detect(text: str) -> str | None:
    """The language tag of a text; None under 15 letters, and when two languages are as likely."""
    words = _WORD.findall(_NOISE.sub(" ", text[:MAX_EXAMINED]).lower())
    letters = "".join(words)
    scripts: Counter[str] = Counter()
    for letter, times in Counter(letters).items():
        scripts[_script(letter)] += times
    script, count = scripts.most_common(1)[0] if scripts else ("", 0)
    ideographs = scripts["CJK"] + scripts["HIRAGANA"] + scripts["KATAKANA"]
    if ideographs * 2 > len(letters):
        return _ideographic(letters, scripts)
    if len(letters) < MIN_LETTERS or count * 2 < len(letters):
        return None
    match script:
        case "CYRILLIC":
            return _cyrillic(letters)
        case "ARABIC":
            return "fa" if re.search("[پچژگی]", letters) else "ar"
        case "LATIN":
            return _latin(words)
    return _BY_SCRIPT.get(script)


def _script(letter: str) -> str:
    return "LATIN" if letter.isascii() else unicodedata.name(letter, "?").partition(" ")[0].partition("-")[0]


def _ideographic(letters: str, scripts: Counter[str]) -> str | None:
    """An ideograph says as much as two letters."""
    if len(letters) * 2 < MIN_LETTERS:
        return None
    if scripts["HIRAGANA"] + scripts["KATAKANA"]:
        return "ja"
    return "zh-Hant" if sum(letter in _TRADITIONAL for letter in letters) * 20 > len(letters) else "zh"


def _cyrillic(letters: str) -> str:
    """By letters that only one of them has."""
    for language, own in (("uk", "іїєґ"), ("be", "ў"), ("sr", "јљњћђџ"), ("ru", "ыэё")):
        if any(letter in letters for letter in own):
            return language
    return "bg" if letters.count("ъ") * 100 > len(letters) else "ru"


def _latin(words: list[str]) -> str | None:
    hits = Counter(language for word in words for language in _LANGUAGES.get(word, ()))
    (first, most), (_, next_most) = [*hits.most_common(2), ("", 0), ("", 0)][:2]
    return first if most >= _LEAST_HITS and most >= next_most * _LEAST_LEAD else None
