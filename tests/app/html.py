"""Pages, taken apart."""

from html.parser import HTMLParser

import httpx


class Page(HTMLParser):
    """What a page holds, taken apart: every element with its attributes, and the text."""

    def __init__(self, answer: httpx.Response) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.feed(answer.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        """All words, with single spaces."""
        return " ".join(" ".join(self.words).split())

    def each(self, tag: str) -> list[dict[str, str]]:
        """The attributes of all elements of a kind."""
        return [attributes for name, attributes in self.elements if name == tag]

    def field(self, name: str) -> dict[str, str]:
        """The attributes of the input of that name."""
        return next(each for each in self.each("input") if each.get("name") == name)

    def chosen(self, field: str) -> list[str]:
        """The values of the options that are selected in the select of that name."""
        inside, found = False, []
        for tag, attributes in self.elements:
            if tag == "select":
                inside = attributes.get("name") == field
            elif tag == "option" and inside and "selected" in attributes:
                found.append(attributes.get("value", ""))
        return found
