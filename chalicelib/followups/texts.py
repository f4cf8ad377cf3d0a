"""Our own words in mails about follow-ups."""

from __future__ import annotations

from chalicelib.kernel.languages import language_of

_SUBJECT = {
    "en": "What we changed after your feedback",
    "de": "Was wir nach Ihrer Rückmeldung geändert haben",
    "fr": "Ce que nous avons changé après votre avis",
    "es": "Qué hemos cambiado tras su opinión",
    "it": "Che cosa abbiamo cambiato dopo il suo parere",
    "nl": "Wat we na uw reactie hebben veranderd",
}


def subject(locale: str | None) -> str:
    """What a mail to a customer is called, unless somebody gave it another subject."""
    return _SUBJECT[language_of(locale)]


REMINDER = """Hello {name},

a follow-up of feedback {what}:

Survey: {survey}, {kind} {score}
State: {state}
Due: {due}
Follow-up: {followup_id}
Response: {feedback_id}

{business}
"""
"""To staff, who get no words of the customer by mail."""
