"""What an acknowledgement says, in the languages of most mails; in English otherwise."""

from __future__ import annotations

_TEXTS = {
    "en": (
        "Hello",
        "thank you for your message. We have received it as request {tag}"
        " and will answer as soon as we can.\n"
        "If you want to add something, just answer this mail.",
    ),
    "de": (
        "Guten Tag",
        "danke für Ihre Nachricht. Wir haben sie als Anfrage {tag} erhalten"
        " und antworten, sobald wir können.\n"
        "Wenn Sie etwas ergänzen möchten, antworten Sie einfach auf diese Mail.",
    ),
    "fr": (
        "Bonjour",
        "merci pour votre message. Nous l'avons reçu sous le numéro {tag} et répondrons dès que possible.\n"
        "Pour ajouter quelque chose, répondez simplement à ce courriel.",
    ),
    "es": (
        "Hola",
        "gracias por su mensaje. Lo hemos recibido como solicitud {tag} y responderemos lo antes posible.\n"
        "Si quiere añadir algo, responda a este correo.",
    ),
    "it": (
        "Buongiorno",
        "grazie per il suo messaggio. Lo abbiamo ricevuto come richiesta {tag}"
        " e risponderemo appena possibile.\n"
        "Per aggiungere qualcosa, basta rispondere a questa mail.",
    ),
    "pt": (
        "Olá",
        "obrigado pela sua mensagem. Recebemo-la como pedido {tag} e responderemos assim que possível.\n"
        "Se quiser acrescentar algo, responda a este e-mail.",
    ),
    "nl": (
        "Hallo",
        "bedankt voor uw bericht. We hebben het ontvangen als aanvraag {tag}"
        " en antwoorden zo snel mogelijk.\n"
        "Wilt u iets toevoegen, beantwoord dan deze e-mail.",
    ),
    "pl": (
        "Dzień dobry",
        "dziękujemy za wiadomość. Otrzymaliśmy ją jako zgłoszenie {tag}"
        " i odpowiemy najszybciej, jak to możliwe.\n"
        "Aby coś dodać, wystarczy odpowiedzieć na tę wiadomość.",
    ),
    "sv": (
        "Hej",
        "tack för ditt meddelande. Vi har tagit emot det som ärende {tag} och svarar så snart vi kan.\n"
        "Vill du lägga till något, svara bara på det här mejlet.",
    ),
}


def acknowledging(language: str | None, name: str, tag: str, business: str) -> str:
    """The text for somebody, who may have a name; the tag is as subjects have it, without brackets."""
    greeting, text = _TEXTS.get((language or "en").partition("-")[0].lower(), _TEXTS["en"])
    hello = f"{greeting} {name}" if name else greeting
    return f"{hello},\n\n{text.format(tag=f'[#{tag}]')}\n\n{business}\n"
