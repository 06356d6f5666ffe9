"""The fixed words of the emails, one file a language in ``templates/words/``."""

import functools
from importlib import resources
from importlib.resources.abc import Traversable

import msgspec


class TypeWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The words of one message type; ``{order}`` and ``{seller}`` stand for the order's id and the seller's name."""

    subject: str
    opening: str


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All words of one language.

    ``date`` is a format of `str.format` for a day, ``types`` is by the path segment of the operation, and its
    ``"other"`` serves a type that has no words of its own.
    """

    greeting: str
    order: str
    item: str
    seller: str
    coverage_start: str
    coverage_end: str
    files: str
    date: str
    footer: str
    types: dict[str, TypeWords]

    def of_type(self, message_type: str) -> TypeWords:
        """The words of a message type."""
        return self.types.get(message_type, self.types["other"])


def language_of(locale: str) -> str:
    """The language of a buyer's locale that the emails can speak: ``"fr-FR"`` gives ``"fr"``, Swedish ``"en"``."""
    language = locale.replace("_", "-").partition("-")[0].lower()
    return language if language in languages() else "en"


@functools.cache
def languages() -> frozenset[str]:
    """The languages that there are words for, as ISO 639-1 codes."""
    return frozenset(file.name.removesuffix(".toml") for file in _folder().iterdir())


@functools.cache
def words_of(language: str) -> Words:
    """The words of one of `languages`."""
    return msgspec.toml.decode(_folder().joinpath(f"{language}.toml").read_bytes(), type=Words)


def _folder() -> Traversable:
    return resources.files("buyerline.sandbox") / "templates" / "words"
