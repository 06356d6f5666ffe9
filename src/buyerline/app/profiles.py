"""What a signed-in person sets for themselves."""

from datetime import timedelta

import sqlalchemy as sa

from buyerline.app.api_keys import ApiKeys
from buyerline.app.attempts import Attempts, Limit
from buyerline.app.audit import Audit, What
from buyerline.app.errors import Invalid
from buyerline.app.languages import LANGUAGES
from buyerline.app.one_time_links import OneTimeLinks, Purpose
from buyerline.app.passwords import Passwords, check_new
from buyerline.app.persons import checked_zone, name_of, undo_seconds_of
from buyerline.app.schema import person
from buyerline.app.sessions import Sessions
from buyerline.app.viewer import Viewer
from buyerline.app.words import Words
from buyerline.outbox.database import Database

OF_PERSON = Limit("password change", 10, timedelta(minutes=15))
"""Wrong present passwords: whoever finds a browser signed in shall not find out the password with it."""


class Profiles:
    """Changes a person's own name, language, time zone, time to undo and password.

    Args:
        database: where they are kept.
        passwords: how theirs are.
    """

    def __init__(self, database: Database, passwords: Passwords) -> None:
        self._database = database
        self._passwords = passwords
        self._attempts = Attempts(database)
        self._links = OneTimeLinks(database)
        self._sessions = Sessions(database)
        self._keys = ApiKeys(database)
        self._audit = Audit(database)

    def change(self, viewer: Viewer, *, name: str, language: str | None, zone: str | None, undo_seconds: int) -> None:
        """Change how others see the viewer and how the viewer sees the app.

        Args:
            viewer: whose it is.
            name: as others see it.
            language: of the pages, one of `LANGUAGES`; ``None``: what the browser asks for.
            zone: IANA name of the time zone; ``None``: UTC.
            undo_seconds: how long a message waits before it leaves.

        Raises:
            Invalid: a field cannot be taken. Nothing was changed.
        """
        if language is not None and language not in LANGUAGES:
            raise Invalid(Words("Choose one of the languages in the list."), "language")
        values = {
            "name": name_of(name),
            "language": language,
            "zone": None if zone is None else checked_zone(zone),
            "undo_seconds": undo_seconds_of(undo_seconds),
        }
        with self._database.write() as connection:
            connection.execute(sa.update(person).where(person.c.id == viewer.person_id).values(values))

    def change_password(self, viewer: Viewer, old: str, new: str, *, revoke_keys: bool = False) -> None:
        """Take another password. All of the viewer's sessions end, and links to a new password too.

        Args:
            viewer: whose it is.
            old: the present password.
            new: the one to come.
            revoke_keys: whether the viewer's API keys shall work no more either.

        Raises:
            TooMany: the present password was wrong too often.
            Invalid: the present password is wrong, or the new one cannot be taken.
        """
        self._attempts.begin(OF_PERSON, str(viewer.person_id))
        mine = person.c.id == viewer.person_id
        with self._database.read() as connection:
            kept = connection.execute(sa.select(person.c.password).where(mine)).scalar()
        if not self._passwords.fits(kept, old):
            raise Invalid(Words("This is not your present password."), "old")
        self._attempts.forget(OF_PERSON, str(viewer.person_id))
        check_new(new, viewer.email, "new")
        hashed = self._passwords.hashed(new)
        with self._database.write() as connection:
            connection.execute(sa.update(person).where(mine).values(password=hashed))
            self._sessions.end_all(viewer.person_id, connection=connection)
            self._links.forget(connection, purpose=Purpose.PASSWORD, person_id=viewer.person_id)
            self._audit.note(viewer, What.PASSWORD_CHANGED, connection=connection)
            if revoke_keys:
                self._keys.revoke_all(viewer, viewer.person_id, connection)
