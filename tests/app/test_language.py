"""The buyer's language and the text's: a warning when they differ for certain, silence otherwise."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buyerline.app.language import Language, differs, language_of
from buyerline.app.words import Words

SENTENCES = {
    "en": "We are sorry, but the blue cup is out of stock. Would you like the green one instead?",
    "de": "Leider ist die blaue Tasse nicht mehr lieferbar. Möchten Sie stattdessen die grüne?",
    "fr": "Malheureusement, la tasse bleue n'est plus disponible. Souhaitez-vous la verte à la place ?",
    "es": "Lamentablemente la taza azul está agotada. ¿Quiere la verde en su lugar?",
    "it": "Purtroppo la tazza blu non è più disponibile. Desidera quella verde?",
    "nl": "Helaas is de blauwe beker niet meer leverbaar. Wilt u in plaats daarvan de groene?",
    "pl": "Niestety niebieski kubek nie jest już dostępny. Czy chce Pan zielony?",
    "sv": "Tyvärr är den blå koppen slut. Vill du ha den gröna i stället?",
    "tr": "Paketiniz hazırlandı ve bugün yola çıkıyor. Yarın elinizde olacak.",  # noqa: RUF001 - Turkish is written so
    "ja": "申し訳ございませんが、青いカップは在庫切れです。緑のものでもよろしいでしょうか。",
    "zh": "很抱歉，蓝色杯子已经缺货。您想要绿色的吗？请在星期五之前告诉我们。",  # noqa: RUF001 - Chinese is written so
    "ar": "نأسف، لكن الكوب الأزرق غير متوفر. هل ترغب في الأخضر بدلا منه؟",
    "pt": "A sua encomenda está pronta e sai hoje. Deve chegar amanhã de manhã.",
    "hi": "क्षमा करें, नीला कप अब उपलब्ध नहीं है। क्या आप हरा कप लेना चाहेंगे?",
}

NOT_SENTENCES = (
    "902-6786204-8179805",
    "Order 902-6786204-8179805, item B00EXAMPLE1",
    "https://www.amazon.com/gp/help/customer/display.html?nodeId=GQ37ZCNECJKTFYQV",
    "Key: ABCDE-FGHIJ-KLMNO-PQRST-UVWXY",
    "John Smith, 12 Main Street, Springfield",
    "Max Mustermann, Hauptstraße 12, 10115 Berlin",
    "Rue de la Paix 12, 75002 Paris, Jean-Pierre Dupont",
    "Samsung Galaxy S21 Ultra 5G 128GB Phantom Black",
    "LEGO Star Wars Millennium Falcon 75192 Ultimate Collector Series",
    "License key for Microsoft Office 2021 Professional Plus",
    "",
)


@pytest.mark.parametrize("code", SENTENCES)
def test_a_sentence_is_told_by_its_language(code: str) -> None:
    assert language_of(SENTENCES[code]) == Language(code)


@pytest.mark.parametrize("code", SENTENCES)
def test_a_buyer_of_another_language_is_warned_of_and_one_of_the_same_is_not(code: str) -> None:
    other = "de" if code != "de" else "en"
    assert differs(SENTENCES[code], f"{code}-XX") is None
    assert differs(SENTENCES[code], f"{other}-XX") == Words(
        "The buyer reads {buyers}. Your text looks {texts}.", buyers=Language(other), texts=Language(code)
    )


def test_the_warning_names_both_languages() -> None:
    assert str(differs(SENTENCES["en"], "de-DE")) == "The buyer reads German. Your text looks English."


@pytest.mark.parametrize("text", NOT_SENTENCES)
def test_names_numbers_links_and_products_are_of_no_language(text: str) -> None:
    assert language_of(text) is None


@pytest.mark.parametrize(
    "text", ["Thank you", "Danke schön!", "Merci beaucoup", "Grazie mille", "ありがとうございます"]
)
def test_nothing_is_said_of_a_short_text(text: str) -> None:
    assert differs(text, "pl-PL") is None


@settings(max_examples=40)
@given(st.text(max_size=19))
def test_fewer_than_twenty_letters_never_make_a_warning(text: str) -> None:
    assert differs(text, "de-DE") is None


@settings(max_examples=40)
@given(st.text(max_size=200), st.text(max_size=12))
def test_whatever_is_written_can_be_looked_at(text: str, locale: str) -> None:
    assert differs(text, locale) is None or language_of(text) is not None


def test_a_text_with_much_that_belongs_to_no_language_is_judged_by_its_words() -> None:
    links = " ".join(["https://www.amazon.de/hilfe/seite?ref=das-ist-ein-deutscher-link"] * 5)
    assert language_of(f"{SENTENCES['en']} {links}") == Language("en")


def test_a_foreign_product_title_makes_no_other_text_of_a_sentence() -> None:
    text = "Hallo, die Nike Air Max Essential White Black sind in Größe 42 leider nicht mehr da."
    assert differs(text, "de-DE") is None


def test_a_text_that_says_it_in_the_buyers_language_too_is_fine() -> None:
    english = f"{SENTENCES['en']} Please let us know by Friday, so that your parcel can leave before the holidays."
    text = f"{english}\n\nIhre Bestellung ist unterwegs. Guten Tag!"
    assert language_of(text) == Language("en")
    assert differs(text, "de-DE") is None
    assert differs(text, "ja-JP") is not None


def test_nothing_is_said_to_a_buyer_whose_language_the_detector_does_not_know() -> None:
    assert differs(SENTENCES["en"], "eu-ES") is None
    assert differs(SENTENCES["en"], "") is None


@pytest.mark.parametrize(
    ("locale", "code"), [("de-DE", "de"), ("pt_BR", "pt"), ("EN-us", "en"), ("nb-NO", "no"), ("zh-Hant-TW", "zh")]
)
def test_a_locale_has_the_language_that_stands_first_in_it(locale: str, code: str) -> None:
    assert Language.of_locale(locale) == Language(code)
