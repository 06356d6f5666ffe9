from gettext import NullTranslations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buyerline.app.languages import LANGUAGES, negotiate, own_name, translations


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("de", "de"),
        ("de-AT", "de"),
        ("DE-de-1996", "de"),
        ("fr-FR, de;q=0.8, en;q=0.5", "de"),
        ("de;q=0.3, en;q=0.7", "en"),
        ("de;q=0.5, *;q=0.1", "de"),
        ("fr, *;q=0.5, de;q=0.4", "en"),
        ("de;q=0, en", "en"),
        ("de;q=0", "en"),
        ("de ; q = 0.9 , en ; q = 0.8", "de"),
        ("es, fr", "en"),
        ("*", "en"),
        ("", "en"),
        (None, "en"),
    ],
)
def test_the_browsers_best_language_that_there_is_is_taken(header: str | None, language: str) -> None:
    assert negotiate(None, header) == language


def test_what_a_person_chose_goes_before_what_their_browser_asks_for() -> None:
    assert negotiate("en", "de") == "en"
    assert negotiate("de", "en") == "de"


@pytest.mark.parametrize("wanted", ["", "fr", "de-AT", "../de"])
def test_a_choice_that_is_none_leaves_it_to_the_browser(wanted: str) -> None:
    assert negotiate(wanted, "de") == "de"


@pytest.mark.parametrize(
    "header",
    ["de;q=2", "de;q=-1", "de;q=nan", "de;q=1e9", "de;", ";q=1", "de_DE", "<de>", "d\u0435", "de;level=1", "-"],
)
def test_a_range_that_breaks_the_rules_of_http_is_passed_over(header: str) -> None:
    assert negotiate(None, header) == "en"
    assert negotiate(None, f"{header}, de;q=0.1") == "de"


@settings(max_examples=50)
@given(wanted=st.none() | st.text(), header=st.text() | st.text("de,;=*q0.19- "))
def test_whatever_is_asked_for_there_is_a_language(wanted: str | None, header: str) -> None:
    assert negotiate(wanted, header) in LANGUAGES


def test_a_header_of_any_length_is_read_no_further_than_a_browsers() -> None:
    assert negotiate(None, "fr," * 100_000 + "de") == "en"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_a_catalogue_that_is_read_once(language: str) -> None:
    assert isinstance(translations(language), NullTranslations)
    assert translations(language) is translations(language)


def test_english_is_what_the_sources_say() -> None:
    assert translations("en").gettext("Send") == "Send"
    assert translations("en").ngettext("one file", "many files", 2) == "many files"


def test_german_comes_from_its_catalogue() -> None:
    assert translations("de").gettext("just now") == "gerade eben"


def test_a_language_that_there_is_none_of_has_no_catalogue() -> None:
    with pytest.raises(KeyError):
        translations("../de")


def test_languages_are_listed_by_the_names_they_give_themselves() -> None:
    assert [own_name(language) for language in LANGUAGES] == ["English", "Deutsch"]
