"""The languages of the pages: their catalogues, and which of them a visitor gets."""

import re
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = ("en", "de")
"""Language codes. The first is the one that the sources are written in, and everybody's who asks for none of them."""

_CATALOGUES = Path(__file__).parent / "locale"

_HEADER_LIMIT = 1_000
"""Characters of an ``Accept-Language`` that are read: browsers send less than a hundred."""
_RANGE = re.compile(
    r"\s*(?P<language>[a-z]{1,8}|\*)(?:-[a-z0-9]{1,8})*\s*(?:;\s*q\s*=\s*(?P<weight>0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?",
    re.IGNORECASE | re.ASCII,
)
"""One of the header's language ranges with its weight (RFC 9110, 12.4.2 and 12.5.4; RFC 4647, 2.1)."""


@cache
def translations(language: str) -> NullTranslations:
    """The catalogue of a language of `LANGUAGES`, read from its ``.po`` file when it is first asked for.

    Raises:
        KeyError: there is no such language.
    """
    if language not in LANGUAGES:
        raise KeyError(language)
    if language == LANGUAGES[0]:
        return NullTranslations()
    compiled = BytesIO()
    with (_CATALOGUES / language / "LC_MESSAGES" / "buyerline.po").open("rb") as source:
        write_mo(compiled, read_po(source, locale=language, abort_invalid=True))
    compiled.seek(0)
    return GNUTranslations(compiled)


def negotiate(wanted: str | None, accept_language: str | None) -> str:
    """The language of `LANGUAGES` that a visitor gets.

    Args:
        wanted: the one they chose, if they did.
        accept_language: the header that their browser sends. What is not written as RFC 9110 says is passed over.
    """
    if wanted in LANGUAGES:
        return str(wanted)
    asked: list[tuple[float, str]] = []
    for written in (accept_language or "")[:_HEADER_LIMIT].split(","):
        found = _RANGE.fullmatch(written)
        if found:
            asked.append((float(found["weight"] or 1), found["language"].lower()))
    for weight, language in sorted(asked, key=lambda each: -each[0]):
        if weight > 0 and language in (*LANGUAGES, "*"):
            return LANGUAGES[0] if language == "*" else language
    return LANGUAGES[0]


def own_name(language: str) -> str:
    """What a language calls itself, for a list to choose from: ``"Deutsch"``."""
    locale = Locale(language)
    return str(locale.get_language_name(locale)).capitalize()
