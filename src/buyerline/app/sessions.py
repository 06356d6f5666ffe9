"""Sessions: what a browser's cookie stands for after its person has signed in."""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from buyerline.app.persons import read_persons
from buyerline.app.schema import person, session
from buyerline.app.secrets_kept import digest, new_secret
from buyerline.app.viewer import Viewer
from buyerline.outbox.clock import now
from buyerline.outbox.database import Database
from buyerline.outbox.errors import OutboxUnavailable

IDLE = timedelta(hours=12)
"""After so long in which nobody does anything a session ends: what is left open overnight is signed out by morning."""

LONGEST = timedelta(days=30)
"""After so long it ends in any case, as NIST SP 800-63B (revision 3, section 4.1.3) asks."""

_SEEN_EVERY = timedelta(minutes=1)  # a write at every request would make reading pages wait for it

_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    *(("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS")),
    *(("CrOS", "ChromeOS"), ("Linux", "Linux")),
)


@dataclass(frozen=True, slots=True)
class Session:
    """A browser in which a person is signed in.

    Attributes:
        id: names it; good for nothing else.
        began_at, seen_at: when they signed in, and when it was last used, to the minute.
        browser: which browser it said it was.
        this: whether it is the one that asks.
    """

    id: str
    began_at: datetime
    seen_at: datetime
    browser: str
    this: bool


class Sessions:
    """Begins, recognises and ends sessions. Only a cookie's digest is kept: who reads the database cannot sign in."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, person_id: int, browser: str) -> str:
        """A new session.

        Args:
            person_id: who has signed in.
            browser: its User-Agent, of which a few words are kept.

        Returns:
            The cookie's value.
        """
        cookie = new_secret()
        at = now()
        row = {"person_id": person_id, "began_at": at, "seen_at": at, "browser": browser_of(browser)}
        with self._database.write() as connection:
            connection.execute(sa.delete(session).where(~_alive(at)))
            connection.execute(sa.insert(session).values(digest=digest(cookie), **row))
        return cookie

    def find(self, cookie: str, *, touch: bool = True) -> Viewer | None:
        """Who looks, with the rights that they have at this moment; ``None`` where the session has ended.

        Args:
            cookie: the browser's.
            touch: whether a person does something: a page that is open and asks for news by itself is no use of it.
        """
        at = now()
        of_cookie = session.c.digest == digest(cookie)
        with self._database.read() as connection:
            row = connection.execute(sa.select(session).where(of_cookie, _alive(at))).first()
            if row is None:
                return None
            found = read_persons(connection, person.c.id == row.person_id, person.c.left_at.is_(None))
        if found and touch and row.seen_at < at - _SEEN_EVERY:
            seen = sa.update(session).where(of_cookie, session.c.seen_at < at).values(seen_at=at)
            with suppress(OutboxUnavailable), self._database.write() as connection:  # a page is shown nevertheless
                connection.execute(seen)
        return found[0].viewer() if found else None

    def list(self, person_id: int, cookie: str = "") -> list[Session]:
        """A person's sessions, the last used first; `cookie` tells which of them asks."""
        query = sa.select(session).where(session.c.person_id == person_id, _alive(now()))
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(session.c.seen_at.desc(), session.c.digest)).all()
        mine = digest(cookie)
        return [Session(row.digest, row.began_at, row.seen_at, row.browser, row.digest == mine) for row in rows]

    def end(self, cookie: str) -> None:
        """End the session of a cookie, if there is one."""
        self._end(session.c.digest == digest(cookie))

    def end_one(self, person_id: int, session_id: str) -> None:
        """End one of a person's sessions, if there is one of that `Session.id`."""
        if session_id in {each.id for each in self.list(person_id)}:
            self._end(session.c.digest == session_id)

    def end_all(
        self, person_id: int, except_cookie: str | None = None, *, connection: sa.Connection | None = None
    ) -> None:
        """End all sessions of a person, or all but one.

        Args:
            person_id: the person.
            except_cookie: the cookie of the session that goes on.
            connection: the transaction in which they end.
        """
        others = [] if except_cookie is None else [session.c.digest != digest(except_cookie)]
        self._end(session.c.person_id == person_id, *others, connection=connection)

    def _end(self, *these: sa.ColumnElement[bool], connection: sa.Connection | None = None) -> None:
        with self._database.joined(connection) as transaction:
            transaction.execute(sa.delete(session).where(*these))


def browser_of(user_agent: str) -> str:
    """A browser's name and system in a few words, from what it says of itself (``"Firefox, Windows"``)."""
    browser = next((name for mark, name in _BROWSERS if re.search(rf"{mark}[A-Za-z]*/", user_agent)), None)
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), None)
    return ", ".join(filter(None, (browser, system)))


def _alive(at: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(session.c.seen_at > at - IDLE, session.c.began_at > at - LONGEST)
