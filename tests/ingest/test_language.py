"""The main language of a text, by script first."""

from __future__ import annotations

import pytest

from leadline.ingest.language import main_language

TEXTS = {
    "en": "The men refused to go forward and their commander threatened to shoot those who turned back.",
    "de": "Die Männer weigerten sich, und ihr Kommandeur drohte, die Zurückweichenden erschießen zu lassen.",
    "fr": "Les hommes ont refusé d'avancer et leur commandant a menacé de tirer sur ceux qui reculeraient.",
    "pl": "Żołnierze odmówili pójścia naprzód, a dowódca zagroził, że zastrzeli tych, którzy zawrócą.",
    "ru": "Солдаты отказались идти вперёд, и командир пригрозил расстрелять тех, кто повернёт назад.",
    "uk": "Солдати відмовилися йти вперед, і їхній командир погрожував розстріляти тих, хто поверне назад.",
    "be": "Салдаты адмовіліся ісці наперад, і камандзір пагражаў расстраляць тых, хто павярнуўся ўжо назад.",
    "bg": "Войниците отказаха да вървят напред и командирът им заплаши да застреля онези, които се връщат.",
    "el": "Οι άνδρες αρνήθηκαν να προχωρήσουν και ο διοικητής απείλησε ότι θα πυροβολήσει.",
    "ar": "رفض الرجال التقدم وهدد قائدهم بإطلاق النار على كل من يتراجع عن مواقعه في الميدان.",
    "he": "החיילים סירבו להתקדם והמפקד שלהם איים לירות בכל מי שיסוב לאחור.",
    "zh": "士兵们拒绝前进，他们的指挥官威胁要枪毙那些后退的人，一名战友这样说道。",
    "ja": "兵士たちは前進を拒否し、指揮官は後退する者を撃つと脅したと、同僚は語った。",
    "ka": "ჯარისკაცებმა უარი თქვეს წინ წასვლაზე და მეთაური დახვრეტით დაემუქრა.",
}


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_language_is_told(code):
    assert main_language(TEXTS[code]) == code


def test_language_of_a_mixed_text_is_that_of_most_of_it():
    assert main_language(TEXTS["en"] * 3 + TEXTS["ru"]) == "en"
    assert main_language(TEXTS["ru"] * 3 + TEXTS["en"]) == "ru"
    assert main_language(TEXTS["uk"] * 3 + TEXTS["ru"]) == "uk"


@pytest.mark.parametrize("text", ["", "12:40, 3/4", "Oster", "— … —" * 40])
def test_language_is_unknown_where_there_is_too_little(text):
    assert main_language(text) is None


@pytest.mark.parametrize(
    "text", ["Two conscripts deserted.", "President Ivo Karan of Corland", "Estonia’s prime minister, Ada Finch"]
)
def test_language_of_a_short_english_post_is_not_another(text):
    assert main_language(text) in {None, "en"}


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("fr", "Attaque de drones sur le port"),
        ("de", "Zwei Soldaten sind gestern desertiert."),
        ("pl", "Nowy film z frontu pod miastem"),
        ("es", "Dos soldados desertaron del fuerte."),
        ("nl", "De soldaten weigerden te vechten."),
    ],
)
def test_language_of_a_short_post_in_another_language_is_told(code, text):
    assert main_language(text) == code
