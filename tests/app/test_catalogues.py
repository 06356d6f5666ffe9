"""Every sentence of the app is in the catalogues, and every catalogue is complete."""

import re
import string
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser

import pytest
from babel.messages.catalog import Catalog
from babel.messages.checkers import checkers

from buyerline.app.languages import LANGUAGES
from tests.app.catalogues import TEMPLATE_CATALOGUE, TEMPLATES, catalogue_of, extracted, read
from tests.app.visible_text import visible_text

TRANSLATED = LANGUAGES[1:]

IN_ENGLISH = {"api_docs.html"}
"""Templates around the OpenAPI document, which speaks English, and say so (``lang``)."""

_PERCENT = re.compile(r"%\(\w+\)[sd]")


def names(catalogue: Catalog) -> set[tuple[str | None, ...]]:
    """The sentences of a catalogue with their contexts."""
    return {(message.context, *texts(message.id)) for message in catalogue if message.id}


def texts(value: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    """One text, or all of its plural forms."""
    return (value,) if isinstance(value, str) else tuple(value or ())


def translated(language: str) -> Iterator[tuple[str, str]]:
    """Every sentence with its translation; the forms of a plural one by one, the first beside the singular."""
    for message in read(catalogue_of(language)):
        if message.id and all(texts(message.string)):
            for number, text in enumerate(texts(message.string)):
                yield texts(message.id)[min(number, 1) if message.pluralizable else 0], text


def values(text: str) -> set[str]:
    """The names of the values in a sentence, of both kinds: ``{name}`` and ``%(name)s``."""
    in_braces = {name for _, name, _, _ in string.Formatter().parse(_PERCENT.sub("", text)) if name is not None}
    return in_braces | set(_PERCENT.findall(text))


def tags(text: str) -> list[str]:
    """The HTML in a sentence, in its order."""
    found: list[str] = []

    class Tags(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append(f"<{tag} {attrs}>")

        def handle_endtag(self, tag: str) -> None:
            found.append(f"</{tag}>")

    Tags().feed(text)
    return found


def test_the_template_catalogue_has_every_sentence_of_the_sources() -> None:
    kept, found = names(read(TEMPLATE_CATALOGUE)), names(extracted())
    assert kept == found, "run `make catalogues`, then translate what is new"


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_has_every_sentence_and_none_that_is_gone(language: str) -> None:
    assert names(read(catalogue_of(language))) == names(extracted()), "run `make catalogues`"
    assert not read(catalogue_of(language)).obsolete


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_is_translated_for_certain(language: str) -> None:
    catalogue = read(catalogue_of(language))
    assert [message.id for message in catalogue if message.id and not all(texts(message.string))] == []
    assert [message.id for message in catalogue if message.id and message.fuzzy] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_values_and_the_html_of_its_sentence(language: str) -> None:
    for original, translation in translated(language):
        assert values(translation) == values(original), original
        assert tags(translation) == tags(original), original


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_breaks_no_rule_of_gettext(language: str) -> None:
    catalogue = read(catalogue_of(language))
    for message in catalogue:
        if message.id:
            for check in checkers:
                check(catalogue, message)


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_begins_and_ends_as_its_sentence_does(language: str) -> None:
    for original, translation in translated(language):
        assert translation == translation.strip(), original
        assert (original[-1] in ".,:?") == (translation[-1] in ".,:?"), original


def test_german_is_set_as_german_is() -> None:
    for original, translation in translated("de"):
        assert not re.search(r"[“”]\w|\w[„]|(?:^|[\s(])\"\w", translation), original
        assert translation.count("„") == translation.count("“"), original
        assert not re.search(r"\bz\.\s?B\.(?<!z\.\N{NO-BREAK SPACE}B\.)", translation), original
        assert not re.search(r"(?:\d|[})]s?) (?:MB|kB|Byte|min|s|Tage|Minuten|Sekunden)\b", translation), original
        assert not re.search(r"!|\b[Dd](?:u|ir|ich|ein[ers]?)\b(?! )", translation), original


@cache
def templates() -> list[str]:
    return sorted({path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html")} - IN_ENGLISH)


@pytest.mark.parametrize("template", templates())
def test_a_template_shows_nothing_that_is_not_translated(template: str) -> None:
    assert visible_text((TEMPLATES / template).read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("<p>Hello</p>", ["Hello"]),
        ("<p>{{ _('Hello') }}, {{ name }}: 12 %</p>", []),
        ("<p>{% trans %}Hello{% endtrans %}</p>", []),
        ("<img alt='A cat'><input type=submit value=Send><input value='x y'>", ["A cat", "Send"]),
        ("<p>{{ 'Sent' if sent else _('Queued') }}</p>", ["Sent"]),
        ("<p class=\"{{ 'good row' if sent }}\" {% if a %}hidden{% endif %}>{{ a|join('or so') }}</p>", []),
        ("<p data-over='It leaves now' data-live='list'></p>", ["It leaves now"]),
        ("<a>buyerline</a><script>let a;</script>{# a note #}", []),
    ],
)
def test_text_outside_of_gettext_is_found(template: str, found: list[str]) -> None:
    assert visible_text(template) == found
