"""What the pages say by which somebody leaves a topic or chooses what they get."""

from __future__ import annotations

from typing import NamedTuple


class Texts(NamedTuple):
    """`{topic}` and `{business}` are filled in."""

    leave: str
    leave_why: str
    leave_button: str
    left: str
    left_more: str
    choose: str
    choose_why: str
    pending: str
    language: str
    save: str
    nothing: str
    saved: str
    over: str
    unknown: str
    unknown_why: str
    channels: tuple[str, ...]
    """E-mail, SMS, phone, letter, app, chat, social networks, fax, web."""


CHANNELS = ("email", "sms", "phone", "letter", "mobile", "chat", "social", "fax", "web")
NAMES = {
    "en": "English", "de": "Deutsch", "fr": "Français", "es": "Español", "it": "Italiano", "nl": "Nederlands",
}  # fmt: skip

TEXTS = {
    "en": Texts(
        "Stop “{topic}”?", "You will get no more e-mail about it from {business}.", "Yes, unsubscribe",
        "You will get no more “{topic}” by e-mail.", "Choose what you get", "What would you like to get?",
        "Tick what you want from {business}, then save.",
        "waits until you confirm it by the mail we sent you",
        "Language", "Save", "Unsubscribe from everything", "Saved. This is what you get from now on.",
        "This link no longer works.", "This link is not complete.",
        "Please open it from the mail again, or copy all of it.",
        ("by e-mail", "by SMS", "by phone", "by letter", "on your phone’s screen", "by chat",
         "in social networks", "by fax", "on the website"),
    ),
    "de": Texts(
        "„{topic}“ abbestellen?", "Sie erhalten dann keine E-Mails mehr dazu von {business}.", "Ja, abmelden",
        "Sie erhalten „{topic}“ nicht mehr per E-Mail.", "Auswählen, was Sie bekommen",
        "Was möchten Sie bekommen?", "Wählen Sie, was Sie von {business} möchten, und speichern Sie.",
        "wartet, bis Sie es mit der E-Mail bestätigen, die wir Ihnen gesandt haben", "Sprache", "Speichern",
        "Von allem abmelden", "Gespeichert. Das bekommen Sie von jetzt an.", "Dieser Link gilt nicht mehr.",
        "Dieser Link ist nicht vollständig.",
        "Bitte öffnen Sie ihn noch einmal aus der E-Mail, oder kopieren Sie ihn ganz.",
        ("per E-Mail", "per SMS", "per Telefon", "per Brief", "als Mitteilung auf dem Handy", "im Chat",
         "in sozialen Netzwerken", "per Fax", "auf der Website"),
    ),
    "fr": Texts(
        "Ne plus recevoir « {topic} » ?", "Vous ne recevrez plus d’e-mails de {business} à ce sujet.",
        "Oui, me désabonner", "Vous ne recevrez plus « {topic} » par e-mail.", "Choisir ce que vous recevez",
        "Que souhaitez-vous recevoir ?",
        "Cochez ce que vous voulez recevoir de {business}, puis enregistrez.",
        "en attente de votre confirmation, par l’e-mail que nous vous avons envoyé", "Langue", "Enregistrer",
        "Me désabonner de tout", "Enregistré. Voici ce que vous recevrez désormais.",
        "Ce lien n’est plus valable.", "Ce lien est incomplet.",
        "Veuillez l’ouvrir à nouveau depuis l’e-mail, ou le copier en entier.",
        ("par e-mail", "par SMS", "par téléphone", "par courrier", "sur votre téléphone", "par messagerie",
         "sur les réseaux sociaux", "par fax", "sur le site"),
    ),
    "es": Texts(
        "¿Dejar de recibir «{topic}»?", "No recibirá más correos de {business} sobre ello.",
        "Sí, darme de baja", "Ya no recibirá «{topic}» por correo electrónico.", "Elegir lo que recibe",
        "¿Qué desea recibir?", "Marque lo que quiere recibir de {business} y guarde.",
        "pendiente de que lo confirme con el correo que le enviamos", "Idioma", "Guardar",
        "Darme de baja de todo", "Guardado. Esto es lo que recibirá a partir de ahora.",
        "Este enlace ya no es válido.", "Este enlace está incompleto.",
        "Ábralo de nuevo desde el correo o cópielo entero.",
        ("por correo electrónico", "por SMS", "por teléfono", "por carta", "en su móvil", "por chat",
         "en redes sociales", "por fax", "en el sitio web"),
    ),
    "it": Texts(
        "Non ricevere più «{topic}»?", "Non riceverà più e-mail da {business} su questo argomento.",
        "Sì, annulla l’iscrizione", "Non riceverà più «{topic}» via e-mail.", "Scelga che cosa ricevere",
        "Che cosa desidera ricevere?", "Selezioni ciò che vuole ricevere da {business}, poi salvi.",
        "in attesa della Sua conferma con l’e-mail che Le abbiamo inviato", "Lingua", "Salva",
        "Annulla tutte le iscrizioni", "Salvato. Ecco che cosa riceverà d’ora in poi.",
        "Questo link non è più valido.", "Questo link è incompleto.",
        "Lo apra di nuovo dall’e-mail o lo copi per intero.",
        ("via e-mail", "via SMS", "per telefono", "per posta", "sul telefono", "in chat",
         "sui social network", "via fax", "sul sito"),
    ),
    "nl": Texts(
        "“{topic}” niet meer ontvangen?", "U krijgt hierover geen e-mail meer van {business}.",
        "Ja, afmelden", "U krijgt “{topic}” niet meer per e-mail.", "Kies wat u ontvangt",
        "Wat wilt u ontvangen?", "Vink aan wat u van {business} wilt ontvangen en sla op.",
        "wacht tot u het bevestigt via de e-mail die wij u stuurden", "Taal", "Opslaan",
        "Afmelden voor alles", "Opgeslagen. Dit ontvangt u vanaf nu.", "Deze link werkt niet meer.",
        "Deze link is niet volledig.", "Open hem opnieuw vanuit de e-mail, of kopieer hem helemaal.",
        ("per e-mail", "per sms", "per telefoon", "per post", "op uw telefoon", "via chat",
         "op sociale netwerken", "per fax", "op de website"),
    ),
}  # fmt: skip
