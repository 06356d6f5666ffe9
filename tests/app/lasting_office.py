"""One office for all tests of a module: quick, where each test brings people of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from buyerline.app.viewer import Role
from tests.app.office import PASSWORD, Office, Visitor, application_of, opened
from tests.running import running

PROXY = frozenset({"127.0.0.1"})
"""The tests stand for a proxy, so that each visitor can have an address of their own."""

_numbers = count(1)


@contextmanager
def lasting_office(folder: Path, **settings: Any) -> Iterator[Office]:
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
