"""What the pages of a customer's own tickets say, and the mail that brings their link."""

from __future__ import annotations

from typing import NamedTuple

from chalicelib.kernel.config import settings


class Texts(NamedTuple):
    """`{business}`, `{url}` and `{tag}` are filled in."""

    hello: str
    subject: str
    mail: str
    title: str
    empty: str
    older: str
    back: str
    new: str
    about: str
    text: str
    send: str
    answer: str
    solved: str
    reopen: str
    sent: str
    you: str
    shortened: str
    attachments: str
    final: str
    wrong: str
    enough: str
    enter: str
    enter_why: str
    email: str
    mail_me: str
    asked: str
    asked_why: str
    over: str
    unknown: str
    gone: str
    states: tuple[str, str, str, str]
    """Open, waiting for you, solved, closed."""


TEXTS = {
    "en": Texts(
        "Hello", "Your requests at {business}",
        "here you can see what you asked {business}, and answer:\n\n{url}\n\n"
        "The link works for a day. Whoever has it can read your requests, so keep it to yourself.\n"
        "If you did not ask for it, do nothing.\n",
        "Your requests", "You have not asked anything yet.", "Older ones", "All your requests",
        "Ask something new",
        "What is it about?", "What would you like to tell us?", "Send", "Your answer", "This is solved",
        "This is not solved", "Thank you, we have it.", "You", "The mail has more of it.", "Attachments:",
        "This request is closed. Please open a new one if you need us.",
        "Please fill in every field, with 200 characters at most in the first and 20,000 in the text.",
        "That is as much as you can write in a day. Please go on tomorrow, or by mail.",
        "See your requests", "We mail you a link to what you asked {business}.", "Your e-mail address",
        "Mail me the link", "Please look into your mail.",
        "If we know this address, a link is on its way to it. It works for a day.",
        "This link no longer works.", "This link is not complete.", "There is nothing here any more.",
        ("we are working on it", "waits for your answer", "solved", "closed"),
    ),
    "de": Texts(
        "Guten Tag", "Ihre Anfragen bei {business}",
        "hier sehen Sie, was Sie {business} gefragt haben, und können antworten:\n\n{url}\n\n"
        "Der Link gilt einen Tag. Wer ihn hat, kann Ihre Anfragen lesen: Geben Sie ihn nicht weiter.\n"
        "Wenn Sie ihn nicht angefordert haben, tun Sie nichts.\n",
        "Ihre Anfragen", "Sie haben noch nichts gefragt.", "Ältere", "Alle Ihre Anfragen",
        "Etwas Neues fragen",
        "Worum geht es?", "Was möchten Sie uns sagen?", "Senden", "Ihre Antwort", "Das ist gelöst",
        "Das ist nicht gelöst", "Danke, es ist angekommen.", "Sie", "In der Mail steht mehr.", "Anhänge:",
        "Diese Anfrage ist geschlossen. Bitte stellen Sie eine neue, wenn Sie uns brauchen.",
        "Bitte füllen Sie jedes Feld aus: das erste mit höchstens 200 Zeichen, den Text mit 20.000.",
        "Mehr können Sie an einem Tag nicht schreiben. Bitte morgen wieder, oder per Mail.",
        "Ihre Anfragen ansehen", "Wir senden Ihnen einen Link zu dem, was Sie {business} gefragt haben.",
        "Ihre E-Mail-Adresse", "Link zusenden", "Bitte sehen Sie in Ihre Mail.",
        "Wenn wir diese Adresse kennen, ist ein Link dorthin unterwegs. Er gilt einen Tag.",
        "Dieser Link gilt nicht mehr.", "Dieser Link ist nicht vollständig.", "Hier ist nichts mehr.",
        ("in Arbeit", "wartet auf Ihre Antwort", "gelöst", "geschlossen"),
    ),
    "fr": Texts(
        "Bonjour", "Vos demandes auprès de {business}",
        "voici où voir ce que vous avez demandé à {business}, et y répondre :\n\n{url}\n\n"
        "Le lien est valable un jour. Qui l’a peut lire vos demandes : ne le transmettez pas.\n"
        "Si vous ne l’avez pas demandé, ne faites rien.\n",
        "Vos demandes", "Vous n’avez encore rien demandé.", "Plus anciennes", "Toutes vos demandes",
        "Poser une nouvelle question", "De quoi s’agit-il ?", "Que voulez-vous nous dire ?", "Envoyer",
        "Votre réponse", "C’est résolu", "Ce n’est pas résolu", "Merci, c’est bien arrivé.", "Vous",
        "La suite est dans le courriel.", "Pièces jointes :",
        "Cette demande est close. Faites-en une nouvelle si vous avez besoin de nous.",
        "Remplissez chaque champ, le premier avec 200 caractères au plus, le texte avec 20 000.",
        "On ne peut pas écrire davantage en un jour. Continuez demain, ou par courriel.",
        "Voir vos demandes", "Nous vous envoyons un lien vers ce que vous avez demandé à {business}.",
        "Votre adresse e-mail", "Envoyez-moi le lien", "Regardez vos courriels.",
        "Si nous connaissons cette adresse, un lien y est en route. Il est valable un jour.",
        "Ce lien n’est plus valable.", "Ce lien n’est pas complet.", "Il n’y a plus rien ici.",
        ("en cours", "attend votre réponse", "résolue", "close"),
    ),
    "es": Texts(
        "Hola", "Sus solicitudes a {business}",
        "aquí puede ver lo que preguntó a {business}, y responder:\n\n{url}\n\n"
        "El enlace vale un día. Quien lo tenga puede leer sus solicitudes: no lo comparta.\n"
        "Si no lo pidió, no haga nada.\n",
        "Sus solicitudes", "Todavía no ha preguntado nada.", "Anteriores", "Todas sus solicitudes",
        "Preguntar algo nuevo", "¿De qué se trata?", "¿Qué quiere decirnos?", "Enviar", "Su respuesta",
        "Está resuelto", "No está resuelto", "Gracias, lo hemos recibido.", "Usted",
        "El correo contiene más.", "Adjuntos:",
        "Esta solicitud está cerrada. Haga una nueva si nos necesita.",
        "Rellene todos los campos: el primero con 200 caracteres como máximo, el texto con 20.000.",
        "No se puede escribir más en un día. Siga mañana, o por correo.",
        "Ver sus solicitudes", "Le enviamos un enlace a lo que preguntó a {business}.",
        "Su dirección de correo", "Envíenme el enlace", "Mire su correo.",
        "Si conocemos esta dirección, un enlace va en camino. Vale un día.",
        "Este enlace ya no vale.", "Este enlace no está completo.", "Aquí ya no hay nada.",
        ("en curso", "espera su respuesta", "resuelta", "cerrada"),
    ),
    "it": Texts(
        "Buongiorno", "Le sue richieste a {business}",
        "qui può vedere che cosa ha chiesto a {business}, e rispondere:\n\n{url}\n\n"
        "Il link vale un giorno. Chi lo ha può leggere le sue richieste: non lo dia ad altri.\n"
        "Se non l’ha chiesto, non faccia nulla.\n",
        "Le sue richieste", "Non ha ancora chiesto nulla.", "Precedenti", "Tutte le sue richieste",
        "Chiedere qualcosa di nuovo", "Di che cosa si tratta?", "Che cosa vuole dirci?", "Invia",
        "La sua risposta", "È risolto", "Non è risolto", "Grazie, è arrivato.", "Lei",
        "Il resto è nella mail.", "Allegati:",
        "Questa richiesta è chiusa. Ne faccia una nuova se ha bisogno di noi.",
        "Compili ogni campo: il primo con 200 caratteri al massimo, il testo con 20.000.",
        "Non si può scrivere di più in un giorno. Continui domani, o per mail.",
        "Veda le sue richieste", "Le inviamo un link a ciò che ha chiesto a {business}.",
        "Il suo indirizzo e-mail", "Mi inviate il link", "Guardi la sua posta.",
        "Se conosciamo questo indirizzo, un link è in arrivo. Vale un giorno.",
        "Questo link non vale più.", "Questo link non è completo.", "Qui non c’è più nulla.",
        ("in lavorazione", "attende la sua risposta", "risolta", "chiusa"),
    ),
    "nl": Texts(
        "Hallo", "Uw vragen aan {business}",
        "hier ziet u wat u {business} hebt gevraagd, en kunt u antwoorden:\n\n{url}\n\n"
        "De link werkt een dag. Wie hem heeft, kan uw vragen lezen: geef hem niet door.\n"
        "Hebt u er niet om gevraagd, doe dan niets.\n",
        "Uw vragen", "U hebt nog niets gevraagd.", "Oudere", "Al uw vragen", "Iets nieuws vragen",
        "Waar gaat het over?", "Wat wilt u ons vertellen?", "Versturen", "Uw antwoord", "Dit is opgelost",
        "Dit is niet opgelost", "Dank u, het is aangekomen.", "U", "In de mail staat meer.", "Bijlagen:",
        "Deze vraag is gesloten. Stel een nieuwe als u ons nodig hebt.",
        "Vul elk veld in, het eerste met hoogstens 200 tekens, de tekst met hoogstens 20.000.",
        "Meer kunt u op een dag niet schrijven. Ga morgen verder, of per mail.",
        "Uw vragen bekijken", "Wij mailen u een link naar wat u {business} hebt gevraagd.",
        "Uw e-mailadres", "Mail mij de link", "Kijk in uw mail.",
        "Als wij dit adres kennen, is er een link naar onderweg. Hij werkt een dag.",
        "Deze link werkt niet meer.", "Deze link is niet volledig.", "Hier is niets meer.",
        ("in behandeling", "wacht op uw antwoord", "opgelost", "gesloten"),
    ),
}  # fmt: skip


def mailed(language: str, url: str) -> tuple[str, str]:
    """Subject and text of the mail that brings the link. It greets by no name: anybody may ask for it."""
    said, business = TEXTS[language], settings().business_name
    body = said.mail.format(business=business, url=url)
    return said.subject.format(business=business), f"{said.hello},\n\n{body}\n{business}\n"
