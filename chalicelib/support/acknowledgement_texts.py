"""What an acknowledgement says, in the languages of most mails; in English otherwise."""

from __future__ import annotations

from chalicelib.kernel.config import settings

_TEXTS = {
    "en": (
        "Hello",
        "thank you for your message. We have received it as request {tag}"
        " and will answer as soon as we can.\n"
        "If you want to add something, just answer this mail.",
        "Your requests: {url}",
    ),
    "de": (
        "Guten Tag",
        "danke für Ihre Nachricht. Wir haben sie als Anfrage {tag} erhalten"
        " und antworten, sobald wir können.\n"
        "Wenn Sie etwas ergänzen möchten, antworten Sie einfach auf diese Mail.",
        "Ihre Anfragen: {url}",
    ),
    "fr": (
        "Bonjour",
        "merci pour votre message. Nous l'avons reçu sous le numéro {tag} et répondrons dès que possible.\n"
        "Pour ajouter quelque chose, répondez simplement à ce courriel.",
        "Vos demandes : {url}",
    ),
    "es": (
        "Hola",
        "gracias por su mensaje. Lo hemos recibido como solicitud {tag} y responderemos lo antes posible.\n"
        "Si quiere añadir algo, responda a este correo.",
        "Sus solicitudes: {url}",
    ),
    "it": (
        "Buongiorno",
        "grazie per il suo messaggio. Lo abbiamo ricevuto come richiesta {tag}"
        " e risponderemo appena possibile.\n"
        "Per aggiungere qualcosa, basta rispondere a questa mail.",
        "Le sue richieste: {url}",
    ),
    "pt": (
        "Olá",
        "obrigado pela sua mensagem. Recebemo-la como pedido {tag} e responderemos assim que possível.\n"
        "Se quiser acrescentar algo, responda a este e-mail.",
        "Os seus pedidos: {url}",
    ),
    "nl": (
        "Hallo",
        "bedankt voor uw bericht. We hebben het ontvangen als aanvraag {tag}"
        " en antwoorden zo snel mogelijk.\n"
        "Wilt u iets toevoegen, beantwoord dan deze e-mail.",
        "Uw vragen: {url}",
    ),
    "pl": (
        "Dzień dobry",
        "dziękujemy za wiadomość. Otrzymaliśmy ją jako zgłoszenie {tag}"
        " i odpowiemy najszybciej, jak to możliwe.\n"
        "Aby coś dodać, wystarczy odpowiedzieć na tę wiadomość.",
        "Twoje zgłoszenia: {url}",
    ),
    "sv": (
        "Hej",
        "tack för ditt meddelande. Vi har tagit emot det som ärende {tag} och svarar så snart vi kan.\n"
        "Vill du lägga till något, svara bara på det här mejlet.",
        "Dina ärenden: {url}",
    ),
}


def acknowledging(language: str | None, name: str, tag: str, business: str) -> str:
    """The text for somebody, who may have a name; the tag is as subjects have it, without brackets."""
    greeting, text, own = _TEXTS.get((language or "en").partition("-")[0].lower(), _TEXTS["en"])
    hello = f"{greeting} {name}" if name else greeting
    said = text.format(tag=f"[#{tag}]")
    if settings().public_url:  # where they ask for a link to them; this mail may be forwarded, so it has none
        said += f"\n\n{own.format(url=settings().public_url + '/my')}"
    return f"{hello},\n\n{said}\n\n{business}\n"
