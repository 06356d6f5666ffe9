"""A person as the database has them, and what may stand in the fields of one."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from buyerline.app.errors import Invalid
from buyerline.app.formats import is_zone
from buyerline.app.schema import access, person
from buyerline.app.viewer import Role, Viewer
from buyerline.app.words import Words

LONGEST_EMAIL = 254
"""Characters, RFC 5321, section 4.5.3.1.3: a path has 256, two of which are brackets."""

LONGEST_NAME = 100
MOST_UNDO_SECONDS = 30

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may sign in, was invited to, or was shut out.

    Attributes:
        id: their number.
        email: in small letters; they sign in with it.
        name: as others see it.
        role: what they may do.
        language, zone, undo_seconds: as in `Viewer`.
        accounts: numbers of the accounts they may see; ``None`` for all of them.
        created_at: since when they are known.
        left_at: when they were shut out; ``None``: they were not.
        invited: they have chosen no password yet.
    """

    id: int
    email: str
    name: str
    role: Role
    language: str | None
    zone: str | None
    undo_seconds: int
    accounts: frozenset[int] | None
    created_at: datetime
    left_at: datetime | None
    invited: bool

    def viewer(self) -> Viewer:
        """The person, looking."""
        return Viewer(
            person_id=self.id,
            email=self.email,
            name=self.name,
            role=self.role,
            language=self.language,
            zone=self.zone,
            undo_seconds=self.undo_seconds,
            accounts=self.accounts,
        )


def read_persons(connection: sa.Connection, *wanted: sa.ColumnElement[bool]) -> list[Person]:
    """The people that fit, by name."""
    rows = connection.execute(
        sa.select(person).where(*wanted).order_by(sa.func.lower(person.c.name), person.c.id)
    ).all()
    accounts: dict[int, set[int]] = {row.id: set() for row in rows if row.role == Role.AGENT}
    if accounts:
        theirs = access.c.person_id.in_(sa.select(person.c.id).where(*wanted, person.c.role == Role.AGENT))
        for person_id, account_id in connection.execute(sa.select(access).where(theirs)):
            accounts[person_id].add(account_id)
    return [_person(row, accounts.get(row.id)) for row in rows]


def email_of(text: str) -> str:
    """An email address as it is kept.

    Raises:
        Invalid: it is none.
    """
    email = text.strip().lower()
    if len(email) > LONGEST_EMAIL or not _EMAIL.fullmatch(email) or not email.isprintable():
        raise Invalid(Words("This is no email address. One looks like ann@example.com."), "email")
    return email


def name_of(text: str) -> str:
    """A person's name as it is kept.

    Raises:
        Invalid: there is none, or it is no name.
    """
    name = " ".join(text.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Invalid(
            Words("Give a name of at most {most} characters, as others should see it.", most=LONGEST_NAME), "name"
        )
    return name


def checked_zone(text: str) -> str:
    """The name of a time zone.

    Raises:
        Invalid: there is no such zone.
    """
    if not is_zone(text):
        raise Invalid(Words("There is no such time zone. Choose one from the list, e.g. Europe/Berlin."), "zone")
    return text


def undo_seconds_of(seconds: int) -> int:
    """How long a message waits before it leaves.

    Raises:
        Invalid: it is less than none or more than can be waited.
    """
    if not 0 <= seconds <= MOST_UNDO_SECONDS:
        raise Invalid(Words("Choose from 0 to {most} seconds.", most=MOST_UNDO_SECONDS), "undo_seconds")
    return seconds


def _person(row: sa.Row[Any], accounts: set[int] | None) -> Person:
    return Person(
        id=row.id,
        email=row.email,
        name=row.name,
        role=Role(row.role),
        language=row.language,
        zone=row.zone,
        undo_seconds=row.undo_seconds,
        accounts=None if accounts is None else frozenset(accounts),
        created_at=row.created_at,
        left_at=row.left_at,
        invited=row.password is None,
    )
