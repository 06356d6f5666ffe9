"""Links that work once and not for long: the first owner's, invitations, new passwords, a consent under way."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from buyerline.app.errors import NotHere
from buyerline.app.schema import one_time_link
from buyerline.app.secrets_kept import digest, new_secret
from buyerline.app.words import Words
from buyerline.outbox.clock import now
from buyerline.outbox.database import Database

_USED = Words("This link has been used or is too old. Ask whoever gave it to you for a new one.")


class Purpose(StrEnum):
    """What a link is for."""

    OWNER = "owner"
    INVITATION = "invitation"
    PASSWORD = "password"  # noqa: S105 - the word, not one
    CONSENT = "consent"
    ENTRY = "entry"


MINUTES = {
    Purpose.OWNER: 24 * 60,
    Purpose.INVITATION: 7 * 24 * 60,
    Purpose.PASSWORD: 24 * 60,
    Purpose.CONSENT: 30,
    Purpose.ENTRY: 24 * 60,
}
"""For how long a link works."""


@dataclass(frozen=True, slots=True)
class Link:
    """What a link stands for.

    Attributes:
        purpose: what it is for.
        person_id: whom it is for, or who began it.
        note: what its maker wanted to be reminded of.
        ends_at: until when it works.
    """

    purpose: Purpose
    person_id: int | None
    note: str | None
    ends_at: datetime


class OneTimeLinks:
    """Makes links and recognises them. Only a digest is kept: who reads the database learns no link."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def make(
        self,
        purpose: Purpose,
        person_id: int | None = None,
        note: str | None = None,
        *,
        connection: sa.Connection | None = None,
    ) -> str:
        """A new link's secret.

        Args:
            purpose: what it is for.
            person_id: whom it is for, or who begins what it will end.
            note: given back with the link when it is used.
            connection: the transaction that it belongs to.
        """
        secret = new_secret()
        ends_at = now() + timedelta(minutes=MINUTES[purpose])
        row = {"digest": digest(secret), "purpose": purpose, "person_id": person_id, "note": note, "ends_at": ends_at}
        with self._database.joined(connection) as transaction:
            transaction.execute(sa.delete(one_time_link).where(one_time_link.c.ends_at <= now()))
            transaction.execute(sa.insert(one_time_link).values(row))
        return secret

    def look(self, secret: str, purpose: Purpose) -> Link:
        """What a link stands for, without using it up.

        Raises:
            NotHere: there is none, or it was used, or it is too old.
        """
        with self._database.read() as connection:
            row = connection.execute(sa.select(one_time_link).where(_works(secret, purpose))).first()
        return _link(row)

    def take(self, secret: str, purpose: Purpose, *, connection: sa.Connection | None = None) -> Link:
        """Use a link up. Of two who try at the same moment, one succeeds.

        Args:
            secret: the link's.
            purpose: what it has to be for.
            connection: the transaction of what the link is good for: when that is undone, the link still works.

        Raises:
            NotHere: there is none, or it was used, or it is too old.
        """
        taking = sa.delete(one_time_link).where(_works(secret, purpose)).returning(one_time_link)
        with self._database.joined(connection) as transaction:
            return _link(transaction.execute(taking).first())

    def forget(
        self, connection: sa.Connection, *, purpose: Purpose | None = None, person_id: int | None = None
    ) -> None:
        """Let links work no more: those of a purpose, those of a person, or those of a person for a purpose."""
        wanted = {one_time_link.c.purpose: purpose, one_time_link.c.person_id: person_id}
        conditions = [column == value for column, value in wanted.items() if value is not None]
        connection.execute(sa.delete(one_time_link).where(*conditions))


def _works(secret: str, purpose: Purpose) -> sa.ColumnElement[bool]:
    return sa.and_(
        one_time_link.c.digest == digest(secret), one_time_link.c.purpose == purpose, one_time_link.c.ends_at > now()
    )


def _link(row: sa.Row[Any] | None) -> Link:
    if row is None:
        raise NotHere(_USED)
    return Link(Purpose(row.purpose), row.person_id, row.note, row.ends_at)
