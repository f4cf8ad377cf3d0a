"""What the pages and mails of surveys say beside the survey's own words, in six languages."""

from __future__ import annotations

from typing import NamedTuple


class Texts(NamedTuple):
    """`{business}`, `{date}`, `{low}` and `{high}` are filled in."""

    hello: str
    asks: str
    reminds: str
    tap: str
    until: str
    no_answer: str
    send: str
    further: str
    one_more: str
    required: str
    optional: str
    wrong: str
    missing: str
    too_long: str
    comment: str
    anonymous: str
    thanks: str
    already: str
    already_why: str
    over: str
    over_why: str
    unknown: str
    unknown_why: str
    gone: str
    closed: str
    early: str
    enough: str
    stale: str


TEXTS = {
    "en": Texts(
        "Hello", "{business} would like to know:", "we asked you a while ago, and would still like to know:",
        "One click answers it; on the page you can say more, then send it.",
        "The link works until {date}.", "You need not answer.",
        "Send", "Continue", "There is one more thing to ask.", "required", "optional",
        "Please look at what is marked, then send it again.", "Please choose an answer.",
        "This is too long, or has characters that cannot be stored.", "Would you like to tell us more?",
        "Your answer is anonymous: it is kept without your name, your address and the time of day.",
        "Thank you. Your answer has arrived.", "We have your answer already. Thank you.",
        "It was taken once, and is not changed by sending it again.", "This link no longer works.",
        "It was valid for a while, which is over.", "This link is not complete.",
        "Please open it from the mail again, or copy all of it.", "There is nothing here any more.",
        "This survey takes no answers now.", "This survey has not started yet.",
        "Many answers came from your network today. Please try again tomorrow.",
        "This page was open for long. Please check what you chose, then send it again.",
    ),
    "de": Texts(
        "Guten Tag", "{business} möchte gern wissen:",
        "wir haben Sie vor einiger Zeit gefragt und möchten es noch immer gern wissen:",
        "Ein Klick genügt; auf der Seite können Sie mehr sagen und dann absenden.",
        "Der Link gilt bis {date}.", "Sie müssen nicht antworten.",
        "Absenden", "Weiter", "Eine Frage noch.", "nötig", "freiwillig",
        "Bitte sehen Sie nach, was markiert ist, und senden Sie es noch einmal ab.",
        "Bitte wählen Sie eine Antwort.", "Das ist zu lang oder hat Zeichen, die nicht gespeichert werden.",
        "Möchten Sie uns mehr sagen?",
        "Ihre Antwort ist anonym: Sie wird ohne Namen, ohne Adresse und ohne Uhrzeit gespeichert.",
        "Vielen Dank. Ihre Antwort ist angekommen.", "Ihre Antwort haben wir schon. Vielen Dank.",
        "Sie zählt einmal und ändert sich nicht, wenn sie noch einmal gesendet wird.",
        "Dieser Link gilt nicht mehr.", "Er galt eine Weile, und die ist vorbei.",
        "Dieser Link ist nicht vollständig.",
        "Bitte öffnen Sie ihn noch einmal aus der E-Mail, oder kopieren Sie ihn ganz.",
        "Hier ist nichts mehr.", "Diese Umfrage nimmt jetzt keine Antworten an.",
        "Diese Umfrage hat noch nicht begonnen.",
        "Aus Ihrem Netz kamen heute schon viele Antworten. Bitte morgen wieder.",
        "Die Seite war lange offen. Bitte prüfen Sie Ihre Antworten und senden Sie sie noch einmal ab.",
    ),
    "fr": Texts(
        "Bonjour", "{business} aimerait savoir :",
        "nous vous avons posé une question il y a quelque temps, et aimerions toujours savoir :",
        "Un clic suffit ; sur la page, vous pouvez en dire plus, puis envoyer.",
        "Le lien est valable jusqu’au {date}.", "Vous n’êtes pas obligé de répondre.",
        "Envoyer", "Continuer", "Encore une question.", "obligatoire", "facultatif",
        "Veuillez vérifier ce qui est signalé, puis envoyer à nouveau.", "Veuillez choisir une réponse.",
        "C’est trop long, ou contient des caractères que nous ne pouvons pas conserver.",
        "Souhaitez-vous nous en dire plus ?",
        "Votre réponse est anonyme : elle est conservée sans nom, sans adresse et sans heure.",
        "Merci. Votre réponse est arrivée.", "Nous avons déjà votre réponse. Merci.",
        "Elle compte une fois, et un nouvel envoi n’y change rien.", "Ce lien n’est plus valable.",
        "Il l’était pour un temps, qui est passé.", "Ce lien est incomplet.",
        "Veuillez l’ouvrir à nouveau depuis l’e-mail, ou le copier en entier.", "Il n’y a plus rien ici.",
        "Cette enquête ne prend pas de réponses en ce moment.", "Cette enquête n’a pas encore commencé.",
        "Beaucoup de réponses sont venues de votre réseau aujourd’hui. Réessayez demain.",
        "La page est restée longtemps ouverte. Vérifiez vos réponses, puis envoyez à nouveau.",
    ),
    "es": Texts(
        "Hola", "{business} quisiera saber:", "le preguntamos hace un tiempo y aún quisiéramos saberlo:",
        "Basta un clic; en la página puede decir más y luego enviarlo.",
        "El enlace vale hasta el {date}.", "No tiene que responder.",
        "Enviar", "Continuar", "Una pregunta más.", "obligatorio", "opcional",
        "Revise lo que está marcado y envíelo de nuevo.", "Elija una respuesta.",
        "Es demasiado largo, o contiene caracteres que no se pueden guardar.", "¿Quiere decirnos algo más?",
        "Su respuesta es anónima: se guarda sin su nombre, sin su dirección y sin la hora.",
        "Gracias. Su respuesta ha llegado.", "Ya tenemos su respuesta. Gracias.",
        "Cuenta una vez, y no cambia por enviarla de nuevo.", "Este enlace ya no es válido.",
        "Lo fue por un tiempo, que ha pasado.", "Este enlace está incompleto.",
        "Ábralo de nuevo desde el correo o cópielo entero.", "Aquí ya no hay nada.",
        "Esta encuesta no admite respuestas ahora.", "Esta encuesta aún no ha empezado.",
        "Hoy llegaron muchas respuestas desde su red. Inténtelo mañana.",
        "La página estuvo abierta mucho tiempo. Revise sus respuestas y envíelas de nuevo.",
    ),
    "it": Texts(
        "Buongiorno", "{business} vorrebbe sapere:",
        "Le abbiamo posto una domanda qualche tempo fa, e vorremmo ancora sapere:",
        "Basta un clic; sulla pagina può dire di più e poi inviare.",
        "Il link vale fino al {date}.", "Non è tenuto a rispondere.",
        "Invia", "Continua", "Ancora una domanda.", "obbligatorio", "facoltativo",
        "Controlli ciò che è segnato, poi invii di nuovo.", "Scelga una risposta.",
        "È troppo lungo, o contiene caratteri che non si possono conservare.", "Vuole dirci di più?",
        "La Sua risposta è anonima: viene conservata senza nome, senza indirizzo e senza ora.",
        "Grazie. La Sua risposta è arrivata.", "Abbiamo già la Sua risposta. Grazie.",
        "Conta una volta, e non cambia se la si invia di nuovo.", "Questo link non è più valido.",
        "Lo è stato per un periodo, che è passato.", "Questo link è incompleto.",
        "Lo apra di nuovo dall’e-mail o lo copi per intero.", "Qui non c’è più nulla.",
        "Questo sondaggio ora non accetta risposte.", "Questo sondaggio non è ancora iniziato.",
        "Oggi sono arrivate molte risposte dalla Sua rete. Riprovi domani.",
        "La pagina è rimasta aperta a lungo. Controlli le Sue risposte e le invii di nuovo.",
    ),
    "nl": Texts(
        "Hallo", "{business} wil graag weten:",
        "wij vroegen u dit een tijd geleden en willen het nog steeds graag weten:",
        "Eén klik is genoeg; op de pagina kunt u meer zeggen en het versturen.",
        "De link werkt tot {date}.", "U hoeft niet te antwoorden.",
        "Versturen", "Verder", "Nog één vraag.", "verplicht", "niet verplicht",
        "Kijk na wat gemarkeerd is en verstuur het opnieuw.", "Kies een antwoord.",
        "Dit is te lang, of bevat tekens die niet bewaard kunnen worden.", "Wilt u ons meer vertellen?",
        "Uw antwoord is anoniem: het wordt bewaard zonder naam, zonder adres en zonder tijdstip.",
        "Dank u. Uw antwoord is aangekomen.", "Wij hebben uw antwoord al. Dank u.",
        "Het telt één keer en verandert niet als u het opnieuw verstuurt.", "Deze link werkt niet meer.",
        "Hij werkte een tijd, en die is voorbij.", "Deze link is niet volledig.",
        "Open hem opnieuw vanuit de e-mail, of kopieer hem helemaal.", "Hier is niets meer.",
        "Deze enquête neemt nu geen antwoorden aan.", "Deze enquête is nog niet begonnen.",
        "Er kwamen vandaag veel antwoorden vanaf uw netwerk. Probeer het morgen opnieuw.",
        "De pagina stond lang open. Kijk uw antwoorden na en verstuur ze opnieuw.",
    ),
}  # fmt: skip
