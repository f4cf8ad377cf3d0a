"""The language of a mail is told by its script and its small words, and not told when in doubt."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.mail.reading.language import detect


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "My kettle is broken, please send me a new one."),
        ("de", "Guten Tag, mein Wasserkocher ist kaputt und ich möchte ihn umtauschen."),
        ("fr", "Bonjour, ma bouilloire ne marche pas, pouvez-vous la remplacer ?"),
        ("es", "Hola, mi pedido no ha llegado y no sé qué hacer."),
        ("pt", "Olá, o meu pedido ainda não chegou. Obrigado"),
        ("it", "Buongiorno, il mio ordine non è ancora arrivato."),
        ("nl", "Hallo, mijn bestelling is nog niet aangekomen."),
        ("pl", "Dzień dobry, moje zamówienie nie dotarło."),
        ("sv", "Hej, min beställning har inte kommit."),
        ("da", "Hej, jeg har ikke fået min pakke endnu fra jer."),
        ("nb", "Hei, jeg har ikke mottatt pakken min ennå, hva gjør jeg?"),
        ("fi", "Hei, tilaukseni ei ole saapunut ja minun pitäisi saada se."),
        ("cs", "Dobrý den, moje objednávka ještě nedorazila, prosím o informaci, co se děje."),
        ("hu", "Jó napot, a rendelésem még nem érkezett meg."),
        ("ro", "Bună ziua, comanda mea nu a ajuns și nu știu de ce."),
        ("tr", "Merhaba, siparişim hala gelmedi ve çok bekledim."),
        ("id", "Pesanan saya belum sampai, tolong bantu saya dengan ini"),
        ("ru", "Здравствуйте, мой заказ ещё не пришёл"),
        ("uk", "Добрий день, моє замовлення не прийшло, допоможіть"),
        ("el", "Η παραγγελία μου δεν έφτασε ακόμα"),
        ("he", "ההזמנה שלי עדיין לא הגיעה אליי"),
        ("ar", "لم يصل طلبي حتى الآن وأحتاج مساعدة"),
        ("ja", "注文した商品がまだ届いていません。"),
        ("zh", "我的订单还没有到，请帮忙查询一下"),
        ("zh-Hant", "我的訂單還沒有到，請幫忙查詢"),
        ("ko", "주문한 상품이 아직 도착하지 않았습니다"),
    ],
)
def test_languages_of_mails(language: str, text: str) -> None:
    assert detect(text) == language


@pytest.mark.parametrize("text", ["", "OK thanks", "4711 0815 1234567890", "https://shop.example/the/and/is"])
def test_what_does_not_tell_has_none(text: str) -> None:
    assert detect(text) is None


@given(st.text(max_size=300))
def test_any_text(text: str) -> None:
    found = detect(text)
    assert found is None or 2 <= len(found) <= 7
