"""Tells in the viewer's language what layers below the app say in English: problems, reasons, notes, errors.

Those layers know of no language. What they say is recognised here by the table of their sentences, taken apart into
sentences and values, and put together again from the catalogue. Words of others, Amazon's above all, stay as they are.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from buyerline.amazon.messaging import MESSAGE_TYPES
from buyerline.app.formats import language_name, number
from buyerline.app.language import Language
from buyerline.app.languages import translations
from buyerline.app.sentences import SENTENCES
from buyerline.app.type_titles import type_title
from buyerline.app.words import Words

_LONGEST = 1_200
"""Characters beyond which a line is not read: no sentence of ours comes near."""

_LONGEST_WORD = 40
"""Characters beyond which nothing is a word of ours."""

_VALUE = re.compile(r"\{(\w+)\}")
_SHAPES = {
    **dict.fromkeys(("count", "limit", "surplus", "more", "least", "most"), r"-?\d[\d,]*(?:\.\d+)?"),
    **dict.fromkeys(("code", "message", "operation", "order", "request", "extension"), r"[^\s:;]+?"),
    "host": r"\S+?",
    **dict.fromkeys(("index", "number"), r"\d+"),
    "market": r"[A-Z]{2}",
    "country": r"[A-Z]{2}",
    "status": r"\d{3}",
}
"""What a value looks like, by its name; others are anything. At the end of a sentence a value takes the rest."""

_NUMBERS = frozenset(name for name, shape in _SHAPES.items() if shape.startswith("-?"))
_TYPES = frozenset({"type", "types"})
_SENTENCES = frozenset({"sentence", "phrase", "found", "declared", "region", "home", "why", "said"})
"""Names of values that are words of the lower layers, or may be."""


class _Pattern(NamedTuple):
    """How a sentence is recognised at the beginning of a text, and its msgid."""

    expression: re.Pattern[str]
    msgid: str


class _Known(NamedTuple):
    """A sentence that was recognised."""

    msgid: str
    values: Mapping[str, str]


def told(said: Words | str, language: str) -> str:
    """What the app or a layer below it says, in a language of `LANGUAGES`. What is not known is left as it is.

    Args:
        said: one of the app's own sentences, or what a lower layer said: sentences in English on one or several lines.
        language: of the viewer.
    """
    if isinstance(said, str):
        return _told(said, language)
    values = {name: _own_value(name, value, language) for name, value in said.values.items()}
    return translations(language).gettext(said.msgid).format(**values)


def _own_value(name: str, value: object, language: str) -> object:
    match value:
        case Language(code=code):
            return language_name(code, language)
        case int() | float():
            return number(value, language)
        case Words():
            return told(value, language)
        case str() if name in _SENTENCES:
            return _told(value, language)
    return value


@lru_cache(maxsize=4096)
def _told(text: str, language: str) -> str:
    own = translations(language).gettext(text) if text else ""  # one of the app's, kept as its English sentence
    if own != text:
        return own
    return "\n".join(_line(line, language) for line in text.split("\n"))


def _line(line: str, language: str) -> str:
    inner = line.strip()
    if not inner or len(inner) > _LONGEST:
        return line
    indent = line[: len(line) - len(line.lstrip())]
    return indent + " ".join(part if isinstance(part, str) else _in(language, part) for part in _read(inner))


def _in(language: str, known: _Known) -> str:
    values = {name: _value(name, value, language) for name, value in known.values.items()}
    return translations(language).gettext(known.msgid).format(**values)


def _value(name: str, value: str, language: str) -> str:
    if name in _SENTENCES:
        return _told(value, language)
    if name in _NUMBERS:
        return number(Decimal(value.replace(",", "")), language)
    if name in _TYPES:
        kinds = value.split(", ")
        return ", ".join(told(type_title(kind), language) if kind in MESSAGE_TYPES else kind for kind in kinds)
    return value


def _read(text: str) -> list[_Known | str]:
    """The sentences of a line; what is not known among them is kept in one piece."""
    parts: list[_Known | str] = []
    at = 0
    while at < len(text):
        found = next(_beginnings(text, at), None)
        if found is None:
            return _read_around(text)
        sentence, at = found
        parts.append(sentence)
    return parts


def _read_around(text: str) -> list[_Known | str]:
    """The sentences of a line that others have written in, too.

    Theirs end where all that follows is known: a hint stands after Amazon's words.
    """
    starts = [0, *(space.end() for space in re.finditer(r"\s+", text)), len(text)]
    known: dict[int, tuple[_Known, int]] = {}
    all_known_from = {len(text)}
    for start in reversed(starts[:-1]):
        candidates = list(_beginnings(text, start))
        best = next((each for each in candidates if each[1] in all_known_from), None)
        if best is not None:
            all_known_from.add(start)
        if candidates:
            known[start] = best or candidates[0]
    parts: list[_Known | str] = []
    at = 0
    while at < len(text):
        if at in known:
            sentence, end = known[at]
            parts.append(sentence)
        else:
            end = next(start for start in starts if start > at and start in all_known_from)
            parts.append(text[at:end].rstrip())
        at = end
    return parts


def _beginnings(text: str, start: int) -> Iterator[tuple[_Known, int]]:
    """Each sentence that may begin at a place, the longest first, and where the next one begins."""
    word = text[start : start + _LONGEST_WORD].partition(" ")[0]
    for pattern in _BY_FIRST_WORD.get(word, _BY_FIRST_WORD[""]):
        match = pattern.expression.match(text, start)
        if match:
            yield _Known(pattern.msgid, match.groupdict()), match.end()


def _pattern(sentence: str, msgid: str) -> _Pattern:
    pieces = _VALUE.split(sentence)
    expression = ""
    for place, piece in enumerate(pieces):
        if place % 2 == 0:
            expression += re.escape(piece).replace("'", "['\"]")  # repr quotes either way
        elif f"(?P<{piece}>" in expression:
            expression += f"(?P={piece})"
        else:
            at_the_end = place == len(pieces) - 2 and not pieces[-1]
            expression += f"(?P<{piece}>{'.+' if at_the_end else _SHAPES.get(piece, '.+?')})"
    return _Pattern(re.compile(expression + r"(?:\s+|$)"), msgid)


def _first_word(sentence: str) -> str:
    """The word that a sentence begins with; ``""`` where it begins with a value."""
    word = sentence.partition(" ")[0]
    return "" if "{" in word else word


def _by_first_word() -> dict[str, list[_Pattern]]:
    """The patterns that may stand where a word does: those that begin with it, and those that begin with any value."""
    found: dict[str, list[tuple[int, _Pattern]]] = {"": []}
    for sentence, msgid in SENTENCES.items():
        literal = len(_VALUE.sub("", sentence))
        found.setdefault(_first_word(sentence), []).append((literal, _pattern(sentence, msgid)))
    of_any = found[""]
    ordered = {
        word: sorted(patterns if word == "" else patterns + of_any, key=lambda each: -each[0])
        for word, patterns in found.items()
    }
    return {word: [pattern for _, pattern in patterns] for word, patterns in ordered.items()}


_BY_FIRST_WORD = _by_first_word()
