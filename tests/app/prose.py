"""What the layers below the app say, read from their sources: the pieces of sentences that stand in them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import buyerline

_SOURCE = Path(buyerline.__file__).parent

_SENTENCE_ENDS = re.compile(r"(?<=[.?!]) (?=[A-Z])|\n")
_ABOUT = re.compile(r"^(?:\w+(?:, \w+)?)?: ")
"""What a sentence is about, before it: ``outbox: the message is ...``; or a value has gone before."""
_WORDS = re.compile(r"(?:^|[ (])[A-Za-z'-]+,? [a-z'-]+,? [a-z'-]+")
_CODE = re.compile(r"\b(?:SELECT|UPDATE|INSERT|WHERE|DELETE)\b|\\[bdsw]|\(\?")
"""What stands in SQL and in regular expressions, and in no sentence."""


def pieces(module: str) -> set[str]:
    """The pieces of sentences in a module, of three words or more, as they stand between values.

    Args:
        module: its path below ``buyerline``.
    """
    tree = ast.parse((_SOURCE / module).read_text("utf-8"))
    unsaid = set(_unsaid(tree))
    return {
        piece.strip()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in unsaid
        for sentence in _SENTENCE_ENDS.split(node.value)
        if _WORDS.search(piece := _ABOUT.sub("", sentence)) and not _CODE.search(piece)
    }


def _unsaid(tree: ast.AST) -> Iterator[int]:
    """Strings that nobody is told: docstrings, what is logged, what says that a programmer passed a wrong type."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield id(node.value)
        if isinstance(node, ast.Call) and _called(node) in {"_LOGGER", "TypeError", "ValueError"}:
            yield from (id(each) for each in ast.walk(node))


def _called(call: ast.Call) -> str:
    function = call.func.value if isinstance(call.func, ast.Attribute) else call.func
    return function.id if isinstance(function, ast.Name) else ""
