"""The usual main question of each kind, what its ends mean, and the label of the comment, by language."""

from __future__ import annotations

from typing import NamedTuple

from chalicelib.kernel.config import settings
from chalicelib.kernel.languages import language_of
from chalicelib.surveys.model import Definition, MainKind, Wording


class Main(NamedTuple):
    """The main question as it is asked; `{business}` is filled in."""

    question: str
    low: str
    high: str


USUAL: dict[str, dict[MainKind, Main]] = {
    "en": {
        "nps": Main("How likely are you to recommend {business} to a friend?", "not at all", "very likely"),
        "csat": Main("How satisfied are you with {business}?", "not at all", "very satisfied"),
        "ces": Main("{business} made it easy for me.", "not at all true", "very true"),
    },
    "de": {
        "nps": Main(
            "Wie wahrscheinlich empfehlen Sie {business} weiter?", "gar nicht", "sehr wahrscheinlich"
        ),
        "csat": Main("Wie zufrieden sind Sie mit {business}?", "gar nicht", "sehr zufrieden"),
        "ces": Main("{business} hat es mir leicht gemacht.", "gar nicht", "voll und ganz"),
    },
    "fr": {
        "nps": Main("Recommanderiez-vous {business} à un proche ?", "pas du tout", "très probablement"),
        "csat": Main("Êtes-vous satisfait de {business} ?", "pas du tout", "très satisfait"),
        "ces": Main("{business} m’a facilité les choses.", "pas du tout", "tout à fait"),
    },
    "es": {
        "nps": Main("¿Recomendaría {business} a un conocido?", "en absoluto", "muy probable"),
        "csat": Main("¿Está satisfecho con {business}?", "en absoluto", "muy satisfecho"),
        "ces": Main("{business} me lo puso fácil.", "en absoluto", "totalmente"),
    },
    "it": {
        "nps": Main("Consiglierebbe {business} a un conoscente?", "per nulla", "molto probabile"),
        "csat": Main("È soddisfatto di {business}?", "per nulla", "molto soddisfatto"),
        "ces": Main("{business} mi ha reso le cose facili.", "per nulla", "del tutto"),
    },
    "nl": {
        "nps": Main("Zou u {business} aan een bekende aanbevelen?", "zeker niet", "zeer waarschijnlijk"),
        "csat": Main("Hoe tevreden bent u over {business}?", "niet", "zeer tevreden"),
        "ces": Main("{business} maakte het mij gemakkelijk.", "helemaal niet", "helemaal"),
    },
}


def wording(definition: Definition, language: str) -> Wording:
    """What a survey says in a language of its; what that leaves out, the default language says."""
    default, own = definition.texts[definition.default_language], definition.texts.get(language)
    return default.model_copy(update=own.model_dump(exclude_none=True)) if own else default


def main(definition: Definition, kind: MainKind, language: str) -> Main:
    """The main question in a language: the survey's own, else the usual one of its kind."""
    own = wording(definition, language)
    usual = USUAL[language_of(language)][kind]
    question = (own.question or usual.question).replace("{business}", settings().business_name)
    return Main(question, own.low or usual.low, own.high or usual.high)
