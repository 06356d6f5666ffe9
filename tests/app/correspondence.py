"""An outbox with messages to follow: nothing is sent, they are brought to where a test needs them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from buyerline.app.account_rows import Account, read_accounts
from buyerline.app.audit import Audit
from buyerline.app.database import open_database
from buyerline.app.followed import APPROVED, Followed
from buyerline.app.following import Following
from buyerline.app.schema import connected, draft, person
from buyerline.app.viewer import Role, Viewer
from buyerline.outbox import Outbox, State
from buyerline.outbox.clock import now
from buyerline.outbox.database import Database
from buyerline.outbox.schema import account, event, message
from buyerline.outbox.stops import DISCONNECTED
from tests.outbox.samples import NOWHERE, ORDER, letter

WORKER = "worker host:1:abcd"


class Correspondence:
    """A database with messages, and what follows them.

    Attributes:
        outbox: where Ann queues messages.
        following: what is tested.
        needs_approval: whether a second person has to approve.
    """

    def __init__(self, database: Database, outbox: Outbox | None = None) -> None:
        self.database = database
        self.outbox = outbox or Outbox(database=database, who="ann@shop.example", options={"endpoint": NOWHERE})
        self.audit = Audit(database)
        self.needs_approval = False
        self.following = Following(database, self.outbox, self.audit, lambda _=None: self.needs_approval)
        self._texts = 0

    def queue(self, **facts: Any) -> str:
        """Queue a message, each with a text of its own; its id."""
        self._texts += 1
        told = {"account": "shop", "text": f"Part {self._texts} of it.", **facts}
        return self.outbox.add_many([letter(**told)])[0].message_id

    def retry(self, who: Viewer, message_id: str, **more: Any) -> Followed:
        """Let somebody send a message again who has just looked at it."""
        shown = self.following.get(who, message_id).message.state
        return self.following.retry(who, message_id, state=shown, **more)

    def resolve(self, who: Viewer, message_id: str, *, arrived: bool, **more: Any) -> Followed:
        """Let somebody say what became of a message who has just looked at it."""
        shown = self.following.get(who, message_id).message.attempts
        return self.following.resolve(who, message_id, arrived=arrived, attempts=shown, **more)

    def bring(self, message_id: str, state: State, note: str | None = None, **columns: Any) -> None:
        """Let a worker bring a message to a state, now."""
        at = now()
        ended = None if state in (State.QUEUED, State.SENDING) else at
        values = {"state": state, "ready": False, "attempts": 1, "reason": note, "ended_at": ended, **columns}
        with self.database.write() as connection:
            connection.execute(sa.update(message).where(message.c.id == message_id).values(values))
        self.note(message_id, state.value, note, columns.get("request_id"), at)

    def note(
        self,
        message_id: str,
        what: str,
        note: str | None = None,
        request: str | None = None,
        at: datetime | None = None,
    ) -> None:
        """Write a worker's line into a message's history."""
        line = {"message_id": message_id, "at": at or now(), "who": WORKER, "what": what, "note": note}
        with self.database.write() as connection:
            connection.execute(sa.insert(event), line | {"request_id": request})

    def brought_to(self, state: State, note: str | None = None, **facts: Any) -> str:
        """A message in this state; its id."""
        message_id = self.queue(**facts)
        if state is not State.QUEUED:
            self.bring(message_id, state, note)
        return message_id

    def number(self, name: str) -> int:
        """The number of an account, which is made where there is none."""
        named = {"name": name, "endpoint": self.outbox.endpoint}
        query = sa.select(account.c.id).where(account.c.name == name, account.c.endpoint == named["endpoint"])
        with self.database.write() as connection:
            if connection.execute(query).scalar() is None:
                connection.execute(sa.insert(account).values(named))
            number: int = connection.execute(query).scalar_one()
        return number

    def stop(self, name: str, why: str | None) -> None:
        """Let nothing be sent for an account; without a reason, let it go on."""
        number = self.number(name)
        with self.database.write() as connection:
            connection.execute(sa.update(account).where(account.c.id == number).values(stopped=why))

    def connect(self, name: str, title: str) -> None:
        """Let the app know an account."""
        line = {"account_id": self.number(name), "title": title, "region": "na", "marketplaces": "[]"}
        with self.database.write() as connection:
            connection.execute(sa.insert(connected).values(**line, connected_at=now(), sync_pages=0))

    def disconnect(self, name: str) -> None:
        """Let an owner have disconnected an account that the app knows."""
        these = connected.c.account_id == self.number(name)
        with self.database.write() as connection:
            connection.execute(sa.update(connected).where(these).values(disconnected_at=now()))
        self.stop(name, DISCONNECTED)

    def approve(self, message_id: str, who: str = "eve@shop.example") -> None:
        """Let a second person have approved a message."""
        with self.database.write() as connection:
            line = {"message_id": message_id, "at": now(), "who": who, "what": APPROVED}
            connection.execute(sa.insert(event).values(line))

    def account(self, name: str) -> Account:
        """An account that the app knows."""
        with self.database.read() as connection:
            [found] = read_accounts(connection, self.outbox.endpoint, account.c.name == name)
        return found

    def employ(self, email: str, name: str) -> None:
        """Let somebody work here."""
        line = {"email": email, "name": name, "role": "agent", "undo_seconds": 0, "created_at": now()}
        with self.database.write() as connection:
            connection.execute(sa.insert(person).values(line))

    def ask_for_approval(self, person_id: int, name: str = "shop") -> None:
        """Let somebody's draft wait for a second person."""
        line: dict[str, Any] = {
            "id": f"draft-{person_id}-{name}",
            "person_id": person_id,
            "account_id": self.number(name),
        }
        line |= {"order_id": ORDER, "saved_at": now(), "asked_at": now(), "version": 1, "worded": 1}
        with self.database.write() as connection:
            connection.execute(sa.insert(draft).values(line))

    def discard_drafts(self) -> None:
        """Let nobody be writing anything."""
        with self.database.write() as connection:
            connection.execute(sa.delete(draft))

    def owner(self) -> Viewer:
        """Somebody who may see everything."""
        return viewer(None)

    def agent(self, *names: str) -> Viewer:
        """Somebody who may see these accounts."""
        return viewer(frozenset(self.number(name) for name in names))


def viewer(accounts: frozenset[int] | None, person_id: int = 1, email: str = "bob@shop.example") -> Viewer:
    """Bob, who may see these accounts; ``None`` for all."""
    role = Role.OWNER if accounts is None else Role.AGENT
    return Viewer(person_id, email, "Bob", role, None, None, 8, accounts)


@contextmanager
def correspondence(url: str) -> Iterator[Correspondence]:
    """One with no messages yet, in a database of its own."""
    database = open_database(url)
    try:
        yield Correspondence(database)
    finally:
        database.close()
