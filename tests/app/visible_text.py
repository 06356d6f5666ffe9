"""Finds in templates what people read and no catalogue knows: text outside of gettext."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from jinja2 import nodes

from buyerline.app.languages import LANGUAGES
from buyerline.app.web.rendering import environment

NAMES = {"buyerline", "[Important]"}
"""What is the same in every language: our name, and what Amazon puts before the subject of critical messages."""

SECTION = "section"
"""The block in which a page says, to the frame and not to people, where it belongs."""

_READ_ATTRIBUTES = {"title", "alt", "placeholder", "aria-label", "aria-description", "label"}
_BUTTONS = {"submit", "button", "reset"}
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_ATTRIBUTES = re.compile(r"(?:[\w-]+=\"[^\"]*\"(?:\s+(?:autofocus|checked|disabled|hidden|required|selected)\b)*\s*)+")
"""Attributes by themselves: what a macro writes that is used within a tag."""


def visible_text(template: str) -> list[str]:
    """The texts of a template that a person would read and that are not translated."""
    tree = environment(LANGUAGES[0]).parse(template)
    reader = _Reader()
    reader.feed("".join(_written(tree)))
    reader.close()
    return [text for text in reader.texts if _LETTERS.search(_without_names(text))]


def _without_names(text: str) -> str:
    return re.sub("|".join([*map(re.escape, NAMES), _ATTRIBUTES.pattern]), "", text)


def _written(node: nodes.Node) -> Iterator[str]:
    """What a template writes itself: its HTML, all branches one after another, and the texts in its expressions."""
    if isinstance(node, nodes.TemplateData):
        yield node.data
    elif isinstance(node, nodes.Output):
        for each in node.nodes:
            yield from _written(each) if isinstance(each, nodes.TemplateData) else _texts(each)
    elif not (isinstance(node, nodes.Block) and node.name == SECTION):
        for child in node.iter_child_nodes():
            yield from _written(child)


def _texts(expression: nodes.Node) -> Iterator[str]:
    """The texts that an expression may come to, by its own; what functions and filters are given is theirs."""
    match expression:
        case nodes.Const(value=str() as text):
            yield text
        case nodes.CondExpr() | nodes.Concat() | nodes.BinExpr() | nodes.MarkSafe():
            for child in expression.iter_child_nodes():
                yield from _texts(child) if child is not getattr(expression, "test", None) else ()


class _Reader(HTMLParser):
    """Gathers the texts of a page and of those attributes that are read to people."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._unread += tag in {"script", "style"}
        self.texts += [value for name, value in given.items() if name in _READ_ATTRIBUTES]
        if tag == "input" and given.get("type") in _BUTTONS:
            self.texts.append(given.get("value", ""))
        # what scripts show stands in attributes of ours: a sentence there has words with spaces between them
        self.texts += [value for name, value in given.items() if name.startswith("data-") and " " in value.strip()]

    def handle_endtag(self, tag: str) -> None:
        self._unread -= tag in {"script", "style"}

    def handle_data(self, data: str) -> None:
        if not self._unread and data.strip():
            self.texts.append(data.strip())
