"""API keys: with one, a program may do what its person may do."""

import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from buyerline.app.audit import Audit, What
from buyerline.app.errors import Invalid, NotHere
from buyerline.app.persons import read_persons
from buyerline.app.schema import api_key, person
from buyerline.app.secrets_kept import SECRET_BYTES, digest
from buyerline.app.viewer import Viewer
from buyerline.app.words import Words
from buyerline.outbox.clock import now
from buyerline.outbox.database import Database
from buyerline.outbox.errors import OutboxUnavailable

BEGINNING = "bl_"
"""Of every key, so that one is recognised where it does not belong."""

LONGEST_NAME = 60

_SHOWN = 4
_USED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What is known of a key, which is not the key.

    Attributes:
        id: its number.
        name: what its person calls it.
        ends_in: its last characters.
        created_at: when it was made.
        used_at: when it was last used, to the minute; ``None``: never.
    """

    id: int
    name: str
    ends_in: str
    created_at: datetime
    used_at: datetime | None


class ApiKeys:
    """Makes, recognises and revokes keys. Only a digest is kept: a key is shown once, when it is made."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._audit = Audit(database)

    def make(self, viewer: Viewer, name: str) -> str:
        """A new key of the viewer's.

        Raises:
            Invalid: it has no name, or too long a one.
        """
        name = " ".join(name.split())
        if not name or len(name) > LONGEST_NAME or not name.isprintable():
            words = Words("Name the key for what will use it, in at most {most} characters.", most=LONGEST_NAME)
            raise Invalid(words, "name")
        key = BEGINNING + secrets.token_hex(SECRET_BYTES)
        row = {"digest": digest(key), "person_id": viewer.person_id, "name": name, "ends_in": key[-_SHOWN:]}
        with self._database.write() as connection:
            connection.execute(sa.insert(api_key).values(created_at=now(), **row))
            self._audit.note(viewer, What.API_KEY_MADE, about=name, connection=connection)
        return key

    def list(self, viewer: Viewer) -> list[ApiKey]:
        """The viewer's keys that work, newest first."""
        query = sa.select(api_key).where(api_key.c.person_id == viewer.person_id, api_key.c.revoked_at.is_(None))
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(api_key.c.id.desc())).all()
        return [ApiKey(row.id, row.name, row.ends_in, row.created_at, row.used_at) for row in rows]

    def revoke(self, viewer: Viewer, key_id: int) -> None:
        """Make one of the viewer's keys work no more.

        Raises:
            NotHere: they have no such key, or it is revoked.
        """
        mine = (api_key.c.id == key_id, api_key.c.person_id == viewer.person_id, api_key.c.revoked_at.is_(None))
        revoking = sa.update(api_key).where(*mine).values(revoked_at=now()).returning(api_key.c.name)
        with self._database.write() as connection:
            name = connection.execute(revoking).scalar()
            if name is None:
                raise NotHere
            self._audit.note(viewer, What.API_KEY_REVOKED, about=name, connection=connection)

    def revoke_all(self, viewer: Viewer, person_id: int, connection: sa.Connection) -> None:
        """Make all keys of a person work no more, as the viewer does it, in a transaction that is under way."""
        of_person = (api_key.c.person_id == person_id, api_key.c.revoked_at.is_(None))
        revoking = sa.update(api_key).where(*of_person).values(revoked_at=now()).returning(api_key.c.name)
        for name in connection.execute(revoking).scalars().all():
            self._audit.note(viewer, What.API_KEY_REVOKED, about=name, connection=connection)

    def find(self, key: str) -> Viewer | None:
        """Whose key it is, with the rights they have at this moment; ``None`` where it is nobody's any more."""
        if not key.startswith(BEGINNING):
            return None
        at = now()
        query = sa.select(api_key).where(api_key.c.digest == digest(key), api_key.c.revoked_at.is_(None))
        with self._database.read() as connection:
            row = connection.execute(query).first()
            if row is None:
                return None
            found = read_persons(connection, person.c.id == row.person_id, person.c.left_at.is_(None))
        if found and (row.used_at is None or row.used_at < at - _USED_EVERY):
            used = sa.update(api_key).where(api_key.c.id == row.id).values(used_at=at)
            with suppress(OutboxUnavailable), self._database.write() as connection:  # it is let in nevertheless
                connection.execute(used)
        return found[0].viewer() if found else None
