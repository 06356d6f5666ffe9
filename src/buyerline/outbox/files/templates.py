"""Texts with fields: ``{name}`` stands for what the line has in its column ``name``."""

import re
from collections.abc import Callable, Collection, Mapping
from difflib import get_close_matches

from buyerline.amazon.errors import Problem
from buyerline.outbox.files.problems import LineCode, shown

FIELD = "text"

_LISTED = 20
"""Names that a problem lists at most."""

_PLACES = re.compile(r"(?P<brace>\{\{|\}\})|\{\s*(?P<name>[^\W\d][\w-]*(?: +[\w-]+)*)\s*\}")


def fill(text: str, fields: Mapping[str, str]) -> tuple[str, list[Problem]]:
    """`text` with its fields replaced, and what is wrong with them.

    ``{name}`` is a field, whether there is such a one or not: words of letters, digits, hyphens and underscores, of
    which the first does not begin with a digit or hyphen. ``{{`` and ``}}`` are braces, every other brace stays as it
    is. Values are put in as they are and not looked through for fields again. A field without a value stays as it is
    written.

    Args:
        text: the text as written.
        fields: the values by name.
    """
    if "{" not in text and "}" not in text:
        return text, []
    unknown: dict[str, None] = {}
    empty: dict[str, None] = {}

    def replacement(place: re.Match[str]) -> str:
        name = place["name"]
        if name is None:
            return place["brace"][0]
        value = fields.get(name)
        if value is not None and value.strip():
            return value
        (unknown if value is None else empty)[name] = None
        return place[0]

    filled = _PLACES.sub(replacement, text)
    return filled, [*_unknown(unknown, fields), *_empty(empty)]


def _unknown(names: Collection[str], fields: Collection[str]) -> list[Problem]:
    if not names:
        return []

    def in_braces(name: str) -> str:
        near = get_close_matches(name, fields, n=1)
        return f"{{{shown(name)}}}" + (f" (did you mean {{{shown(near[0])}}}?)" if near else "")

    message = (
        f"No field of this line: {_listed(names, in_braces)}. There are: {_listed(fields)}. Write braces that are to "
        "stay twice, {{ and }}."
    )
    return [Problem(LineCode.FIELD_UNKNOWN, FIELD, message)]


def _empty(names: Collection[str]) -> list[Problem]:
    if not names:
        return []
    message = f"No value in this line for: {_listed(names)}. Fill it in, or leave the field out of the text."
    return [Problem(LineCode.FIELD_EMPTY, FIELD, message)]


def _listed(names: Collection[str], word: Callable[[str], str] = shown) -> str:
    first = [word(name) for name in list(names)[:_LISTED]]
    more = len(names) - len(first)
    return ", ".join(first) + (f" and {more} more" if more else "")
