"""What the pages at /help say around the articles, in English, German, French and Spanish."""

from __future__ import annotations

from typing import NamedTuple

from chalicelib.knowledge.languages import primary


class Texts(NamedTuple):
    """`{business}`, `{query}` and `{date}` are filled in."""

    title: str
    search: str
    find: str
    found: str
    nearest: str
    nothing: str
    try_else: str
    empty: str
    others: str
    languages: str
    all_articles: str
    more: str
    updated: str
    helpful: str
    yes: str
    no: str
    thanks: str
    too_many: str
    gone: str
    gone_why: str


_TEXTS = {
    "en": Texts(
        title="Help from {business}",
        search="What are you looking for?",
        find="Search",
        found="Found for “{query}”",
        nearest="Nothing has all words of “{query}”. This comes nearest:",
        nothing="Nothing found for “{query}”.",
        try_else="Try fewer or other words, or have a look at all articles.",
        empty="There are no articles yet.",
        others="Other topics",
        languages="Languages",
        all_articles="All articles",
        more="More articles",
        updated="Updated {date}",
        helpful="Was this helpful?",
        yes="Yes",
        no="No",
        thanks="Thank you for telling us.",
        too_many="We heard a lot from your network today. Please vote again tomorrow.",
        gone="There is no such article.",
        gone_why="It was taken away, or its address is not complete.",
    ),
    "de": Texts(
        title="Hilfe von {business}",
        search="Wonach suchen Sie?",
        find="Suchen",
        found="Gefunden zu „{query}“",
        nearest="Nichts enthält alle Wörter von „{query}“. Am nächsten kommt:",
        nothing="Nichts gefunden zu „{query}“.",
        try_else="Versuchen Sie weniger oder andere Wörter, oder sehen Sie alle Artikel an.",
        empty="Es gibt noch keine Artikel.",
        others="Weitere Themen",
        languages="Sprachen",
        all_articles="Alle Artikel",
        more="Weitere Artikel",
        updated="Stand: {date}",
        helpful="War das hilfreich?",
        yes="Ja",
        no="Nein",
        thanks="Danke für Ihre Rückmeldung.",
        too_many="Aus Ihrem Netz kamen heute schon viele Rückmeldungen. Bitte morgen wieder.",
        gone="Diesen Artikel gibt es nicht.",
        gone_why="Er wurde entfernt, oder seine Adresse ist nicht vollständig.",
    ),
    "fr": Texts(
        title="Aide de {business}",
        search="Que cherchez-vous ?",
        find="Chercher",
        found="Trouvé pour « {query} »",
        nearest="Rien ne contient tous les mots de « {query} ». Le plus proche :",
        nothing="Rien trouvé pour « {query} ».",
        try_else="Essayez moins de mots ou d’autres mots, ou parcourez tous les articles.",
        empty="Il n’y a pas encore d’articles.",
        others="Autres sujets",
        languages="Langues",
        all_articles="Tous les articles",
        more="Plus d’articles",
        updated="Mis à jour le {date}",
        helpful="Cet article vous a-t-il aidé ?",
        yes="Oui",
        no="Non",
        thanks="Merci de nous l’avoir dit.",
        too_many="Beaucoup d’avis sont venus de votre réseau aujourd’hui. Réessayez demain.",
        gone="Cet article n’existe pas.",
        gone_why="Il a été retiré, ou son adresse n’est pas complète.",
    ),
    "es": Texts(
        title="Ayuda de {business}",
        search="¿Qué busca?",
        find="Buscar",
        found="Encontrado para «{query}»",
        nearest="Nada contiene todas las palabras de «{query}». Lo más cercano:",
        nothing="No se encontró nada para «{query}».",
        try_else="Pruebe con menos palabras o con otras, o mire todos los artículos.",
        empty="Todavía no hay artículos.",
        others="Otros temas",
        languages="Idiomas",
        all_articles="Todos los artículos",
        more="Más artículos",
        updated="Actualizado: {date}",
        helpful="¿Le ha servido?",
        yes="Sí",
        no="No",
        thanks="Gracias por decírnoslo.",
        too_many="Hoy llegaron muchas opiniones desde su red. Vuelva a intentarlo mañana.",
        gone="Este artículo no existe.",
        gone_why="Se retiró, o su dirección no está completa.",
    ),
}
_NAMES = {
    "ar": "العربية", "cs": "Čeština", "da": "Dansk", "de": "Deutsch", "el": "Ελληνικά", "en": "English",
    "es": "Español", "fi": "Suomi", "fr": "Français", "he": "עברית", "hi": "हिन्दी", "hu": "Magyar",
    "it": "Italiano", "ja": "日本語", "ko": "한국어", "nb": "Norsk", "nl": "Nederlands", "pl": "Polski",
    "pt": "Português", "ro": "Română", "ru": "Русский", "sv": "Svenska", "th": "ไทย", "tr": "Türkçe",
    "uk": "Українська", "vi": "Tiếng Việt", "zh": "中文",
}  # fmt: skip
_FROM_RIGHT = frozenset({"ar", "fa", "he", "ur", "yi"})


def texts(language: str | None) -> Texts:
    """What the pages say in a language; in English when we have not that one."""
    return _TEXTS.get(primary(language or "en"), _TEXTS["en"])


def spoken_by(language: str | None) -> str:
    """The language of those texts."""
    name = primary(language or "en")
    return name if name in _TEXTS else "en"


def name_of(language: str) -> str:
    """What a language calls itself, with its region when it has one; its tag when we do not know."""
    first, _, region = language.partition("-")
    name = _NAMES.get(first)
    if name is None:
        return language
    return f"{name} ({region})" if region else name


def direction(language: str | None) -> str:
    return "rtl" if primary(language or "en") in _FROM_RIGHT else "ltr"
