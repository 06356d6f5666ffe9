"""Text made plain for searching, so that a disguise (fullwidth digits, invisible characters) hides nothing."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

Span: TypeAlias = tuple[int, int]
"""A stretch of text: the code-point offsets of its first character and of the one after its last."""

MASK = "\0"
"""Stands for a character that has been accounted for."""

_KEYCAP = "\u20e3"
_VARIATION_SELECTORS = range(0xFE00, 0xFE10)
_UNUSUAL = re.compile(
    r"[^\x00-\x9f\xa1-\xa9\xab\xac\xae-\xb1\xb6-\xb8\xbb-\u017e\u0180-\u024f"  # Latin
    r"\u2018-\u2023\u2025\u2026\u20ac"  # quotation marks, bullets, ellipsis, euro
    r"\u3001-\u301b\u303b-\u309f\u30a1-\u30ff\u4e00-\u9fff]"  # Japanese
)
"""The characters to ask `_plain` about: all but the everyday ones, which it gives back as they are."""


@dataclass(frozen=True, slots=True)
class Folded:
    """A text in which every digit, letter, dash and space of another width or style is the ASCII one.

    Attributes:
        text: the folded text; characters that nobody sees are gone.
        offsets: where each character of `text` stands in the original.
    """

    text: str
    offsets: Sequence[int]

    def original(self, span: Span) -> Span:
        """The same stretch in the text as it was written."""
        start, end = span
        return self.offsets[start], self.offsets[end - 1] + 1


def fold(text: str) -> Folded:
    """`text` made plain. Characters keep their order, and each is replaced by one or by none."""
    if text.isascii():
        return Folded(text, range(len(text)))
    folded = _UNUSUAL.sub(lambda match: _plain(match[0]), text)
    if len(folded) == len(text):
        return Folded(folded, range(len(text)))
    return Folded(folded, [offset for offset, character in enumerate(text) if _plain(character)])


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    if character == _KEYCAP or ord(character) in _VARIATION_SELECTORS:
        return ""
    compatible = unicodedata.normalize("NFKC", character)
    if len(compatible) != 1:
        return character
    match unicodedata.category(compatible):
        case "Cf":
            return ""
        case "Nd":
            return str(unicodedata.decimal(compatible))
        case "Pd":
            return "-"
        case "Zs":
            return " "
    return "-" if compatible == "\u2212" else compatible


def mask(text: str, spans: Iterable[Span]) -> str:
    """`text` with the given stretches, in order and apart, replaced by characters that nothing finds."""
    pieces, done = [], 0
    for start, end in spans:
        pieces += [text[done:start], MASK * (end - start)]
        done = end
    return "".join([*pieces, text[done:]])
