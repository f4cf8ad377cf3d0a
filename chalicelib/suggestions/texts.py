"""What the pages at /ideas say around the suggestions, in six languages."""

from __future__ import annotations

from typing import NamedTuple

from chalicelib.suggestions.model import STATUSES, Status


class Texts(NamedTuple):
    """`{business}` and `{votes}` are filled in."""

    board: str
    statuses: tuple[str, str, str, str, str]
    votes: str
    top: str
    newest: str
    every: str
    none: str
    search: str
    find: str
    similar: str
    nothing: str
    new: str
    title: str
    text: str
    send: str
    anyway: str
    posted: str
    vote: str
    unvote: str
    tell_me: str
    counted: str
    uncounted: str
    ended: str
    enough: str
    wrong: str
    answer: str
    more: str
    back: str
    gone: str


TEXTS = {
    "en": Texts(
        board="Ideas for {business}",
        statuses=("Under review", "Planned", "Started", "Done", "Declined"),
        votes="Votes: {votes}",
        top="Most votes",
        newest="Newest",
        every="All",
        none="There are no ideas here yet.",
        search="What do you wish for?",
        find="Search",
        similar="Is it one of these? Then vote for it.",
        nothing="Nobody has wished for that yet.",
        new="Suggest something new",
        title="In one line",
        text="Tell us more",
        send="Send",
        anyway="Mine is another one: send it",
        posted="Thank you. Your idea is shown here once somebody has looked at it.",
        vote="I want that, too",
        unvote="Take my vote back",
        tell_me="Mail me when its status changes",
        counted="Your vote is counted.",
        uncounted="Your vote is taken back.",
        ended="This is decided; votes are over.",
        enough="We heard a lot from you today. Please come back tomorrow.",
        wrong="Please fill in both fields: the line has five letters at least.",
        answer="Answer from {business}",
        more="More ideas",
        back="All ideas",
        gone="There is no such idea.",
    ),
    "de": Texts(
        board="Ideen für {business}",
        statuses=("Wird geprüft", "Geplant", "Begonnen", "Erledigt", "Abgelehnt"),
        votes="Stimmen: {votes}",
        top="Meiste Stimmen",
        newest="Neueste",
        every="Alle",
        none="Hier gibt es noch keine Ideen.",
        search="Was wünschen Sie sich?",
        find="Suchen",
        similar="Ist es eine von diesen? Dann stimmen Sie dafür.",
        nothing="Das hat sich noch niemand gewünscht.",
        new="Etwas Neues vorschlagen",
        title="In einer Zeile",
        text="Erzählen Sie mehr",
        send="Absenden",
        anyway="Meine ist eine andere: absenden",
        posted="Vielen Dank. Ihre Idee steht hier, sobald jemand sie angesehen hat.",
        vote="Das möchte ich auch",
        unvote="Meine Stimme zurücknehmen",
        tell_me="Schreiben Sie mir, wenn sich etwas ändert",
        counted="Ihre Stimme ist gezählt.",
        uncounted="Ihre Stimme ist zurückgenommen.",
        ended="Das ist entschieden; die Abstimmung ist vorbei.",
        enough="Wir haben heute viel von Ihnen gehört. Bitte kommen Sie morgen wieder.",
        wrong="Bitte füllen Sie beide Felder aus: die Zeile hat mindestens fünf Zeichen.",
        answer="Antwort von {business}",
        more="Weitere Ideen",
        back="Alle Ideen",
        gone="Diese Idee gibt es nicht.",
    ),
    "fr": Texts(
        board="Idées pour {business}",
        statuses=("À l’étude", "Prévu", "Commencé", "Fait", "Écarté"),
        votes="Voix : {votes}",
        top="Les plus demandées",
        newest="Les plus récentes",
        every="Toutes",
        none="Il n’y a pas encore d’idées ici.",
        search="Que souhaitez-vous ?",
        find="Chercher",
        similar="Est-ce l’une de celles-ci ? Alors votez pour elle.",
        nothing="Personne ne l’a encore souhaité.",
        new="Proposer autre chose",
        title="En une ligne",
        text="Dites-nous en plus",
        send="Envoyer",
        anyway="La mienne est différente : l’envoyer",
        posted="Merci. Votre idée paraîtra ici dès que quelqu’un l’aura lue.",
        vote="Je le voudrais aussi",
        unvote="Retirer ma voix",
        tell_me="M’écrire quand son état change",
        counted="Votre voix est comptée.",
        uncounted="Votre voix est retirée.",
        ended="C’est décidé ; le vote est terminé.",
        enough="Vous nous avez beaucoup dit aujourd’hui. Revenez demain.",
        wrong="Remplissez les deux champs : la ligne a au moins cinq lettres.",
        answer="Réponse de {business}",
        more="D’autres idées",
        back="Toutes les idées",
        gone="Cette idée n’existe pas.",
    ),
    "es": Texts(
        board="Ideas para {business}",
        statuses=("En estudio", "Prevista", "Empezada", "Hecha", "Rechazada"),
        votes="Votos: {votes}",
        top="Más votadas",
        newest="Más recientes",
        every="Todas",
        none="Aquí no hay ideas todavía.",
        search="¿Qué desea?",
        find="Buscar",
        similar="¿Es una de estas? Entonces vote por ella.",
        nothing="Nadie lo ha pedido todavía.",
        new="Proponer algo nuevo",
        title="En una línea",
        text="Cuéntenos más",
        send="Enviar",
        anyway="La mía es otra: enviarla",
        posted="Gracias. Su idea aparecerá aquí cuando alguien la haya leído.",
        vote="Yo también lo quiero",
        unvote="Retirar mi voto",
        tell_me="Escríbanme cuando cambie su estado",
        counted="Su voto está contado.",
        uncounted="Su voto está retirado.",
        ended="Está decidido; la votación terminó.",
        enough="Hoy nos ha contado mucho. Vuelva mañana, por favor.",
        wrong="Rellene los dos campos: la línea tiene al menos cinco letras.",
        answer="Respuesta de {business}",
        more="Más ideas",
        back="Todas las ideas",
        gone="No existe esa idea.",
    ),
    "it": Texts(
        board="Idee per {business}",
        statuses=("In esame", "Prevista", "Iniziata", "Fatta", "Respinta"),
        votes="Voti: {votes}",
        top="Più votate",
        newest="Più recenti",
        every="Tutte",
        none="Qui non ci sono ancora idee.",
        search="Che cosa desidera?",
        find="Cerca",
        similar="È una di queste? Allora voti per lei.",
        nothing="Nessuno lo ha ancora chiesto.",
        new="Proporre qualcosa di nuovo",
        title="In una riga",
        text="Ci dica di più",
        send="Invia",
        anyway="La mia è diversa: inviala",
        posted="Grazie. La sua idea comparirà qui quando qualcuno l’avrà letta.",
        vote="Lo vorrei anch’io",
        unvote="Ritirare il mio voto",
        tell_me="Scrivetemi quando cambia stato",
        counted="Il suo voto è contato.",
        uncounted="Il suo voto è ritirato.",
        ended="È deciso; il voto è chiuso.",
        enough="Oggi ci ha detto molto. Torni domani, per favore.",
        wrong="Compili entrambi i campi: la riga ha almeno cinque lettere.",
        answer="Risposta di {business}",
        more="Altre idee",
        back="Tutte le idee",
        gone="Questa idea non esiste.",
    ),
    "nl": Texts(
        board="Ideeën voor {business}",
        statuses=("In overweging", "Gepland", "Begonnen", "Klaar", "Afgewezen"),
        votes="Stemmen: {votes}",
        top="Meeste stemmen",
        newest="Nieuwste",
        every="Alle",
        none="Hier zijn nog geen ideeën.",
        search="Wat wenst u?",
        find="Zoeken",
        similar="Is het een van deze? Stem er dan op.",
        nothing="Dat heeft nog niemand gewenst.",
        new="Iets nieuws voorstellen",
        title="In één regel",
        text="Vertel ons meer",
        send="Versturen",
        anyway="De mijne is een andere: versturen",
        posted="Dank u. Uw idee staat hier zodra iemand het heeft bekeken.",
        vote="Dat wil ik ook",
        unvote="Mijn stem intrekken",
        tell_me="Mail mij als de status verandert",
        counted="Uw stem is geteld.",
        uncounted="Uw stem is ingetrokken.",
        ended="Dit is beslist; de stemming is voorbij.",
        enough="We hebben vandaag veel van u gehoord. Kom morgen terug.",
        wrong="Vul beide velden in: de regel heeft minstens vijf letters.",
        answer="Antwoord van {business}",
        more="Meer ideeën",
        back="Alle ideeën",
        gone="Dit idee bestaat niet.",
    ),
}


def called(said: Texts, status: Status) -> str:
    """What a status is called."""
    return said.statuses[STATUSES.index(status)]
