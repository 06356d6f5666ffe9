"""One office for all tests of a module: quick, where each test brings people of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from buyerline.app.viewer import Role
from tests.app.office import PASSWORD, Office, Visitor, application_of, opened
from tests.running import running

PROXY = frozenset({"127.0.0.1"})
"""The tests stand for a proxy, so that each visitor can have an address of their own."""

_numbers = count(1)


@contextmanager
def bureau(folder: Path, **settings: Any) -> Iterator[Office]:
    """An office with an owner and an account ``shop``, and nobody who sends messages."""
    with (
        running() as amazon,
        application_of(amazon),
        opened(folder, amazon, worker=False, trusted_proxies=PROXY, **settings) as office,
    ):
        yield office


def stranger(office: Office) -> Visitor:
    """A browser that nobody is signed in with, at an address that nobody else has."""
    number = next(_numbers)
    return office.visitor(None, **{"X-Forwarded-For": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"})


def somebody(office: Office, role: Role = Role.AGENT) -> tuple[str, int]:
    """Email and number of a new person, who sees the account ``shop``."""
    email = f"person{next(_numbers)}@shop.example"
    people = office.services.people
    shop = office.services.accounts.of(office.owner, "shop").id
    accepted = people.accept(people.invite(office.owner, email, "Somebody", role, [shop]), PASSWORD)
    return email, accepted.id


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
