"""What mail programs write around a quoted mail, in the languages they speak. Data without rules.

All is in lower case: plain words in FIELDS and FIRST_PERSON, regular expressions in the others.
"""

from __future__ import annotations

WROTE = {
    "ar": r"كتبت?|كتابة ما يلي",
    "bg": r"написа",
    "ca": r"va escriure|ha escrit",
    "cs": r"napsala?(?:\(a\))?|napsal/a|píše",
    "da no sv": r"skrev|skriver",
    "de": r"schrieb|schreibt|hat geschrieben|zitat von",
    "el": r"έγραψε",
    "en": r"wrote|writes|has written|quoting",
    "es": r"escribi[óo]|ha escrito|citando a",
    "et": r"kirjutas",
    "eu": r"idatzi du",
    "fa": r"نوشت|نوشته است",
    "fi": r"kirjoitti",
    "fr": r"a écrit|écrivait|en réponse à",
    "gl": r"escribiu",
    "he": r"כתבה?|כתב/ה|נכתב על ידי",
    "hi": r"ने लिखा",
    "hr sl sr": r"napisala?(?: je)?|napisao(?:/la)?(?: je)?|је написао(?:/ла)?",
    "hu": r"írta",
    "id ms": r"menulis",
    "is": r"skrifaði",
    "it": r"ha scritto|scrive|scritto da",
    "lt": r"rašė",
    "lv": r"rakstīja",
    "nl": r"schreef|geschreven|citeert",
    "pl": r"napisała?(?:\(a\))?|pisze",
    "pt": r"escreveu",
    "ro": r"a scris",
    "ru": r"(?:на)?писала?(?:\(а\))?|пишет",
    "sk": r"napísala?(?:\(a\))?",
    "tr": r"yazdı|yazmış",
    "uk": r"написа(?:в|ла)(?:\(ла\))?|пише",
    "vi": r"đã viết",
}
"""Who is quoted "wrote"; in the third person where a language tells them apart."""

WROTE_UNSPACED = {
    "ja": r"のメール|書きました",
    "ko": r"작성|썼습니다|님이 쓴 글",
    "th": r"เขียนว่า",
    "zh": r"写道|寫道|写到",
}
"""The same, in languages that put no space between words."""

FIRST_PERSON = {"i", "ich", "ik", "jeg", "jag", "я"}
"""Whoever writes "On Monday, at 10:00, I wrote:" speaks; no program does."""

FIELDS = {
    "from": (
        "from|von|de|da|van|från|fra|od|от|від|lähettäjä|gönderen|kimden|από|feladó|de la|odesílatel"
        "|odosielateľ|отправитель|от кого|відправник|expéditeur|absender|remitente|remetente|mittente"
        "|afzender|avsändare|afsender|avsender|nadawca|šalje|pošiljatelj|saatja|dari|từ|จาก|من|מאת|از|发件人"
        "|寄件者|寄件人|差出人|送信者|送信元|보낸 사람|보낸사람|보낸이"
    ),
    "date": (
        "date|sent|datum|gesendet|gesendet am|sendt|skickat|envoyé|envoyé le|enviado|enviado el"
        "|enviado em|enviada em|fecha|fecha de envío|data|data de envio|inviato|verzonden|verzonden op"
        "|lähetetty|päivämäärä|päiväys|dato|wysłano|data wysłania|odesláno|odoslané|dátum|дата|отправлено"
        "|надіслано|gönderildi|gönderme tarihi|tarih|ημερομηνία|στάλθηκε|elküldve|küldve|trimis|изпратено"
        "|poslano|saadetud|kuupäev|dikirim|tanggal|đã gửi|ngày|ส่ง|วันที่|تاريخ|التاريخ|أرسلت|تاریخ|נשלח"
        "|תאריך|发送时间|发送日期|日期|时间|寄件日期|傳送日期|傳送時間|送信日時|日時|보낸 날짜|보낸날짜|날짜"
    ),
    "to": (
        "to|an|à|a|para|aan|til|till|do|кому|pro|komu|kime|alıcı|vastaanottaja|προς|címzett|către|catre"
        "|до|за|za|prima|saaja|kepada|tới|đến|ถึง|إلى|الى|אל|به|destinataire|destinataires|destinatario"
        "|destinatário|odbiorca|получатель|empfänger|收件人|收件者|宛先|받는 사람|받는사람|받는이"
    ),
    "cc": (
        "cc|bcc|kopie|kopi|kopia|kopio|copie|copia|cópia|do wiadomości|копия|копія|bilgi|κοιν|κοινοποίηση"
        "|másolat|kópia|抄送|副本|참조|עותק|نسخة|tembusan"
    ),
    "subject": (
        "subject|betreff|objet|asunto|assunto|oggetto|onderwerp|ämne|emne|aihe|temat|předmět|predmet|тема"
        "|konu|θέμα|tárgy|subiect|относно|zadeva|naslov|teema|perihal|chủ đề|tiêu đề|เรื่อง|หัวเรื่อง"
        "|الموضوع|موضوع|נושא|assumpte|主题|主題|主旨|标题|件名|제목"
    ),
    "other": (
        "reply-to|antwort an|répondre à|responder a|rispondi a|risposta|importance|wichtigkeit|priorität"
        "|importancia|attachments|anlagen|pièces jointes|allegati|organization|resent-from|newsgroups"
        "|sender|on behalf of|回覆|返信先|附件|중요도|важность|prioriteit|prioritet"
    ),
}
"""The fields that programs repeat of a quoted mail's header, by what they hold."""

TITLES = {
    "ar": r"الرسالة الأصلية|رسالة أصلية",
    "bg": r"оригинално съобщение",
    "ca": r"missatge original",
    "cs sk": r"původní (?:zpráva|e-mail)|pôvodná správa",
    "da no": r"oprindelige? (?:meddelelse|besked)|opprinnelig melding",
    "de": r"(?:ursprüngliche|original) ?(?:nachricht|termin|e-mail)",
    "el": r"αρχικό μήνυμα",
    "en": r"original(?: message| appointment| e-?mail)?|replied message|begin pgp signed message",
    "es": r"mensaje original",
    "fa": r"پیام اصلی",
    "fi": r"alkuperäinen viesti",
    "fr": r"message (?:d['’]origine|original)",
    "he": r"ההודעה המקורית|הודעה מקורית",
    "hr sl sr": r"izvorna poruka|originalna poruka|izvirno sporočilo",
    "hu": r"eredeti üzenet",
    "id": r"pesan asli",
    "it": r"messaggio originale",
    "ja": r"元のメッセージ",
    "ko": r"원본 (?:메시지|메일)",
    "nl": r"(?:oorspronkelijk|origineel) bericht",
    "pl": r"wiadomość oryginalna|oryginalna wiadomość",
    "pt": r"mensagem original",
    "ro": r"mesajul? (?:original|inițial)",
    "ru": r"исходное (?:сообщение|письмо)|оригинальное сообщение",
    "sv": r"ursprungligt meddelande",
    "th": r"ข้อความ(?:ต้นฉบับ|เดิม)",
    "tr": r"orijinal (?:mesaj|ileti)|özgün ileti",
    "uk": r"(?:початкове|оригінальне) повідомлення",
    "vi": r"thư gốc",
    "zh": r"原始(?:邮件|郵件|信件|訊息)|回复的原邮件",
}
"""The titles of a mail that is answered, framed in dashes; and of one that is signed (RFC 9580 section 7)."""

FORWARDED = {
    "ar": r"رسالة (?:معاد توجيهها|محولة)",
    "bg": r"препратено съобщение",
    "ca": r"missatge reenviat",
    "cs sk": r"přeposlan[áa] zpráva|přeposlána zpráva|preposlaná správa",
    "da no": r"videresendt (?:meddelelse|melding|e-post|besked)|(?:start|begynnelse) på videresendt",
    "de": r"(?:anfang der |beginn der )?weitergeleiteten? (?:nachricht|mail|e-mail)",
    "el": r"προωθημένο μήνυμα",
    "en": r"(?:begin |start of )?forwarded (?:message|e-?mail|by)",
    "es": r"(?:inicio del )?mensaje reenviado",
    "fi": r"välitetty viesti",
    "fr": r"(?:début du )?message (?:transféré|réexpédié)",
    "he": r"הודעה (?:שהועברה|מועברת)",
    "hr sl sr": r"proslijeđena poruka|прослеђена порука|posredovano sporočilo",
    "hu": r"továbbított üzenet",
    "id": r"pesan terusan",
    "it": r"(?:inizio )?messaggio inoltrato",
    "ja": r"転送(?:された)?(?:メッセージ|メール)",
    "ko": r"전달된 (?:메시지|메일)",
    "nl": r"(?:begin )?doorgestuurd bericht",
    "pl": r"wiadomość przekazana dalej|(?:treść )?przekazan[ae]j? wiadomoś(?:ć|ci)",
    "pt": r"(?:início da )?mensagem (?:encaminhada|reencaminhada|reenviada)",
    "ro": r"mesaj redirecționat",
    "ru": r"пересылаемое сообщение|пересланное (?:сообщение|письмо)|начало переадресованного сообщения",
    "sv": r"(?:början på )?vidarebefordrat (?:meddelande|brev|mejl)",
    "th": r"ข้อความที่ส่งต่อ",
    "tr": r"iletilen (?:mesaj|ileti)|yönlendirilmiş mesaj",
    "uk": r"переслане повідомлення|початок листа, що пересилається",
    "vi": r"thư (?:đã )?chuyển tiếp",
    "zh": r"已?转发的?(?:邮件)?(?:信息)?|开始转发|(?:開始)?轉寄的?(?:郵件|訊息)",
}
"""The titles of a mail that is forwarded, framed or, as Apple's program has them, before a colon."""

ABOVE = {
    "cs": r"nad (?:tento|tímto) řád(?:ek|kem)",
    "da no": r"over denne linj[ea]n?",
    "de": r"(?:oberhalb|über) dieser (?:zeile|linie)",
    "en": r"(?:reply|respond|type|write|answer)\b.{0,40}\babove this line|above this line.{0,40}\breply",
    "es": r"(?:encima|arriba) de esta línea",
    "fi": r"tämän (?:rivin|viivan) yläpuolelle",
    "fr": r"au[- ]dessus de cette ligne",
    "it": r"sopra (?:a )?questa (?:riga|linea)",
    "ja": r"この(?:線|行)(?:より|の)上",
    "ko": r"이 (?:줄|선) 위에",
    "nl": r"boven deze (?:regel|lijn)",
    "pl": r"powyżej tej linii",
    "pt": r"acima d(?:esta|a) linha",
    "ru": r"выше этой (?:строки|линии|черты)",
    "sv": r"ovanför (?:den här|denna) (?:raden|linjen)",
    "tr": r"bu satırın üzerine",
    "uk": r"вище цього рядка",
    "zh": r"在此行之?上方",
}
"""What help desks write on top of their mails, for whoever answers."""
