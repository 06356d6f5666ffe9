"""The words that an order is found by: those of its items' titles, SKUs and ASINs.

Words are compared without case and accents. Japanese and Chinese are written without spaces: there, every character
is a word, and so are every two in a row, and a search is for the pairs.
"""

import re
import unicodedata
from collections.abc import Iterable

LONGEST = 64
"""Characters of a word; the rest of a longer one is not looked at."""

_WITHOUT_SPACES = "\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUNS = re.compile(rf"([{_WITHOUT_SPACES}]+)|[^\W_{_WITHOUT_SPACES}]+")
_ACCENTS = re.compile("[\u0300-\u036f]+")


def words_in(texts: Iterable[str]) -> set[str]:
    """All words under which an order with these texts is kept."""
    found: set[str] = set()
    for text in texts:
        for run, unspaced in _runs(text):
            found.update({*run, *_pairs(run)} if unspaced else {run})
    return found


def words_asked(text: str) -> list[str]:
    """The words that a search asks for, each once, in their order: an order has to have them all."""
    found: list[str] = []
    for run, unspaced in _runs(text):
        found += _pairs(run) if unspaced and len(run) > 1 else [run]
    return list(dict.fromkeys(found))


def _runs(text: str) -> Iterable[tuple[str, bool]]:
    """The runs of letters and digits in a text, each with whether it is of a script without spaces."""
    plain = unicodedata.normalize("NFKC", _ACCENTS.sub("", unicodedata.normalize("NFKD", text)))
    for match in _RUNS.finditer(plain.casefold()):
        yield match[0] if match[1] else match[0][:LONGEST], match[1] is not None


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)]
