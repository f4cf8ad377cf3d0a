"""What phones, programs and companies add below a mail: the lines that nobody typed. Data without rules.

Regular expressions in lower case, matched at the beginning of a line.
"""

from __future__ import annotations

_THINGS = (
    "iphone|ipad|ipod|android|galaxy|samsung|huawei|xiaomi|nokia|blackberry|windows phone|mobile|phone"
    "|handy|smartphone|cell|tablet|pixel|outlook|yahoo|gmail|aol"
)
DEVICES = {
    "ar": r"(?:أُ?رسلت?|مرسلة?|تم الإرسال) من",
    "bg": r"изпратено от",
    "ca": r"enviat (?:des d|amb) ?\S",
    "cs": r"odesláno (?:z|ze|pomocí) \S|získat outlook",
    "da no": r"sendt (?:fra|med|via) \S|hent outlook|få outlook",
    "de": (
        r"von meinem? .{1,60}gesendet|von .{1,40} gesendet$|gesendet (?:von|mit|über|via|aus) \S"
        r"|diese (?:nachricht|mail|e-mail) wurde .{0,60}gesendet"
        r"|(?:holen sie sich |laden sie )?outlook für (?:ios|android)"
    ),
    "el": r"(?:στάλθηκε|απεστάλη|εστάλη) από",
    "en": (
        r"sent (?:from|via|with|by|using|on) (?:my |a |an |the )?\S"
        rf"|(?:\w+ )?from (?:my |a )?(?:{_THINGS})\b"
        r"|get \[?(?:outlook|bluemail|yahoo|spark|mailbird|typeapp|proton)"
        r"|(?:sent|written|typed) (?:on|with) (?:my |a )?(?:mobile|phone|thumbs)"
        r"|(?:please )?excuse (?:my |any )?(?:brevity|typos|spelling)|yahoo mail: search, organize"
    ),
    "es": r"enviado (?:desde|por|con|a través) \S|(?:obtener|obtenga|descargar) \[?outlook",
    "fa": r"ارسال شده از",
    "fi": r"lähetetty .{1,60}|hanki outlook",
    "fr": (
        r"envoyée? (?:depuis|de|à partir d|avec|par) ?\S"
        r"|(?:obtenir|obtenez|télécharger|téléchargez) \[?(?:outlook|bluemail)"
    ),
    "he": r"נשלח (?:מ|באמצעות)",
    "hr sl sr": r"poslano (?:s|iz|z) \S|poslato s",
    "hu": r"küldve \S|.{1,40}r[óő]l küldve",
    "id": r"dikirim dari",
    "it": r"inviato (?:da|dal|con|tramite|dallo) ?\S|(?:scarica|ottieni) \[?outlook",
    "ja": r".{1,30}(?:から|を使用して)送信",
    "ko": r".{1,30}(?:에서|로) (?:보냄|보낸 메일|보냈습니다|전송)",
    "nl": (
        r"(?:verzonden|verstuurd) (?:met|vanaf|vanuit|via|door|vanop) \S"
        r"|(?:download|haal) outlook"
    ),
    "pl": r"wysłan[eyoa] (?:z|przez|za pomocą) \S|pobierz (?:aplikację )?outlook",
    "pt": (
        r"enviad[oa] (?:do|da|de|pelo|pela|via|com|a partir d) ?\S"
        r"|(?:obter|obtenha|baixar) (?:o )?\[?outlook"
    ),
    "ro": r"trimis (?:de pe|de la|din|cu) \S",
    "ru": r"(?:отправлено|послано) (?:с|из|от) \S|скачать outlook",
    "sk": r"odoslané z \S",
    "sv": r"skickat (?:från|med|via) \S|hämta outlook",
    "th": r"ส่งจาก",
    "tr": r".{1,40}[dt][ae]n gönderildi",
    "uk": r"(?:надіслано|відправлено) (?:з|із|від) \S",
    "vi": r"gửi từ",
    "zh": (
        r"(?:发|發|寄|传|傳|发送|傳送)(?:自|送自) ?\S|(?:获取|取得) ?outlook"
        r"|(?:从|從|来自|來自)?我的.{1,30}(?:发送|傳送|发出|寄出)"
    ),
}
"""How the line begins in which a phone or a program names itself."""

NOTICES = {
    "de": (
        r"diese e-?mail (?:enthält|kann|ist) [^.]{0,80}vertraulich|diese e-?mail wurde von avast"
        r"|der inhalt dieser e-?mail ist vertraulich"
    ),
    "en": (
        r"(?:confidentiality|legal|privacy|privileged|confidential) (?:notice|note|statement|disclaimer)"
        r"|disclaimer\b|if you are not the intended recipient"
        r"|(?:the |any )?(?:information|contents?) (?:contained )?(?:in|of) this (?:e-?mail|message)"
        r"|this (?:e-?mail|message|communication)[^.]{0,120}\b(?:confidential|privileged|intended only)"
        r"|(?:please consider|think of) the environment|think before you print"
        r"|this e-?mail has been (?:checked|scanned) (?:for|by)|virus-free\.|no virus found in this"
    ),
    "es": r"este (?:mensaje|correo)[^.]{0,120}confidencial|aviso (?:legal|de confidenciali)",
    "fr": r"ce (?:message|courriel|mail)[^.]{0,120}confidentiel|cet e-mail a été vérifié|garanti sans virus",
    "it": (
        r"(?:questo messaggio|questa e-?mail|le informazioni contenute)[^.]{0,120}(?:riservat|confidenzial)"
        r"|mail priva di virus"
    ),
    "nl": r"(?:dit bericht|deze e-?mail)[^.]{0,120}vertrouwelijk",
    "pl": r"(?:wiadomość ta|niniejsza wiadomość)[^.]{0,120}poufn",
    "pt": r"esta mensagem[^.]{0,120}confidencia|aviso de confidencialidade",
}
"""How notes of confidentiality and of virus scanners begin; they go on to the end of their paragraph."""
