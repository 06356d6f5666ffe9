"""People to test with: whoever is needed, in a database of their own, with hashes that cost next to nothing."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import argon2
import pytest
import sqlalchemy as sa

from buyerline.app.api_keys import ApiKeys
from buyerline.app.audit import Audit, AuditFilters, What
from buyerline.app.database import open_database
from buyerline.app.errors import AppError, Invalid
from buyerline.app.one_time_links import OneTimeLinks
from buyerline.app.passwords import Passwords
from buyerline.app.people import People
from buyerline.app.persons import Person
from buyerline.app.profiles import Profiles
from buyerline.app.schema import api_key, attempt, one_time_link, session
from buyerline.app.sessions import Sessions
from buyerline.app.signing_in import SigningIn
from buyerline.app.viewer import Role, Viewer
from buyerline.outbox.database import Database
from buyerline.outbox.schema import account

OLGA = "olga@example.com"
PASSWORD = "seven green boats"
OTHER_PASSWORD = "nine yellow lamps"
ADDRESS = "192.0.2.7"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0"

_MOMENTS = {
    attempt: ("at",),
    session: ("began_at", "seen_at"),
    one_time_link: ("ends_at",),
    api_key: ("created_at", "used_at"),
}


class Folk:
    """An installation without its web pages."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.passwords = Passwords(costing(1))
        self.people = People(database, self.passwords)
        self.profiles = Profiles(database, self.passwords)
        self.sessions = Sessions(database)
        self.signing_in = SigningIn(database, self.passwords)
        self.links = OneTimeLinks(database)
        self.keys = ApiKeys(database)
        self.audit = Audit(database)

    @property
    def owner(self) -> Viewer:
        """Olga as she is now."""
        return next(person.viewer() for person in self.people.list() if person.email == OLGA)

    def join(self, name: str, role: Role = Role.AGENT, accounts: tuple[int, ...] = ()) -> Person:
        """Somebody whom Olga invited and who accepted."""
        secret = self.people.invite(self.owner, f"{name.lower()}@example.com", name, role, accounts)
        return self.people.accept(secret, PASSWORD)

    def account(self, name: str) -> int:
        """The number of a new account."""
        line = {"name": name, "endpoint": "amazon"}
        with self.database.write() as connection:
            number: int = connection.execute(sa.insert(account).values(line).returning(account.c.id)).scalar_one()
        return number

    def later(self, time: timedelta) -> None:
        """Let time go by: everything that is kept with a moment becomes so much older."""
        with self.database.write() as connection:
            for table, columns in _MOMENTS.items():
                for line in connection.execute(sa.select(table)).mappings().all():
                    key = next(iter(table.primary_key.columns))
                    older: dict[str, Any] = {name: line[name] and line[name] - time for name in columns}
                    connection.execute(sa.update(table).where(key == line[key.name]).values(older))

    def done(self, what: What | None = None) -> list[tuple[What, str, str | None]]:
        """What the audit says, oldest first: what, who, about."""
        page = self.audit.list(self.owner, limit=1000, filters=AuditFilters(what=what))
        return [(entry.what, entry.who, entry.about) for entry in reversed(page.entries)]


@contextmanager
def folk_in(url: str, *, owned: bool = True) -> Iterator[Folk]:
    """An installation with the database at `url`, and Olga as its owner."""
    database = open_database(url)
    try:
        folk = Folk(database)
        if owned:
            folk.people.make_owner(OLGA, "Olga", PASSWORD)
        yield folk
    finally:
        database.close()


def at_once(*actions: Callable[[], object]) -> list[object]:
    """What becomes of things done at the same moment: what each gave, or why it was refused."""
    gate = threading.Barrier(len(actions))

    def do(action: Callable[[], object]) -> object:
        gate.wait()
        try:
            return action()
        except AppError as error:
            return error

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(do, actions))


def refused_field(action: Callable[[], object]) -> str:
    """The field for which a form is refused."""
    with pytest.raises(Invalid) as refusal:
        action()
    return refusal.value.field


def costing(passes: int) -> argon2.Parameters:
    """Parameters of a hash that costs next to nothing."""
    return argon2.Parameters(argon2.Type.ID, 19, 16, 32, time_cost=passes, memory_cost=8, parallelism=1)
