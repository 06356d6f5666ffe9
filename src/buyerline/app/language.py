"""In which language a text is written, and whether the buyer reads it.

A wrong warning is worse than none: whoever has seen two ignores the third. So a language is only named when the
detector is all but certain, and the text is long enough for it to be.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from buyerline.app.formats import language_name
from buyerline.app.words import Words

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier  # type: ignore[import-untyped]  # it comes without types

CERTAIN = 0.9
"""How probable a language has to be. Names, product titles and addresses stay below 0.85, sentences come above."""

LETTERS = 20
"""Letters below which nothing is said: a thank-you, a name, a size."""

_SEARCHED = 4_000
"""Characters of a text that are looked at: twice what Amazon takes, and far more than it needs."""

_LANGUAGES = (
    "ar bg bn ca cs da de el en es et fi fr gu he hi hr hu id it ja kn ko lt lv ml mr ms nl no pa pl pt ro ru sk sl sr "
    "sv ta te th tl tr uk ur vi zh"
)
"""The languages that are told apart: those that buyers choose at Amazon, and those that sellers write.

The detector knows a hundred more, small ones next to these (Extremaduran, Egyptian Arabic), which only make it less
certain of a short text.
"""

_KNOWN = frozenset(_LANGUAGES.split())

_NO_LANGUAGE = "zxx"
"""What the detector calls a text without language, such as codes (ISO 639-2)."""

_OTHER_CODES = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "fil": "tl", "cmn": "zh", "yue": "zh"}

_CODES = re.compile(r"[!-~]*(?:[0-9@_]|://)[!-~]*")
"""Order ids, numbers, links, keys: what is written alike in every language."""


@dataclass(frozen=True, slots=True)
class Language:
    """A language, to be named in the language of whoever reads about it (`buyerline.app.formats.language_name`).

    Attributes:
        code: its ISO 639-1 code, ``"de"``.
    """

    code: str

    @classmethod
    def of_locale(cls, locale: str) -> "Language":
        """The language of a locale: that of ``"de-DE"`` is ``"de"``."""
        code = locale.replace("_", "-").partition("-")[0].lower()
        return cls(_OTHER_CODES.get(code, code))

    def __str__(self) -> str:
        return language_name(self.code, "en")


def language_of(text: str) -> Language | None:
    """The language of a text; ``None`` where it is too short or not certain."""
    written = _CODES.sub(" ", text[:_SEARCHED])
    if sum(map(str.isalpha, written)) < LETTERS:
        return None
    code, probability = detector().classify(written)
    return Language(code) if probability >= CERTAIN and code != _NO_LANGUAGE else None


def differs(text: str, locale: str) -> Words | None:
    """The warning about a text that the buyer may not be able to read; ``None`` where there is nothing to warn of.

    A text that says the same in two languages is fine: one paragraph in the buyer's is enough.

    Args:
        text: what the seller wrote.
        locale: the buyer's language of preference as Amazon gives it, ``"de-DE"``.
    """
    buyers, texts = Language.of_locale(locale), language_of(text)
    if texts is None or texts == buyers or buyers.code not in _KNOWN:
        return None
    if any(language_of(paragraph) == buyers for paragraph in text.splitlines()):
        return None
    return Words("The buyer reads {buyers}. Your text looks {texts}.", buyers=buyers, texts=texts)


@cache
def detector() -> "LanguageIdentifier":
    """The detector. To load it takes most of a second, so a server does it when it starts. Threads may share it."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    loaded = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    loaded.set_languages([*_KNOWN, _NO_LANGUAGE])
    return loaded
