"""The buyers' mailboxes: what arrived, kept in SQLite."""

import asyncio
import json
import sqlite3
import time
import unicodedata
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any, Final

from buyerline.sandbox import mail
from buyerline.sandbox.ledger import AcceptedMessage

if TYPE_CHECKING:
    from buyerline.sandbox.smtp import Relay

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS emails (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    mailbox TEXT NOT NULL,
    order_id TEXT NOT NULL,
    type TEXT NOT NULL,
    marketplace_id TEXT NOT NULL,
    request_id TEXT NOT NULL,
    seller TEXT NOT NULL,
    locale TEXT NOT NULL,
    subject TEXT NOT NULL,
    preview TEXT NOT NULL,
    file_names TEXT NOT NULL,
    received_at REAL NOT NULL,
    searchable TEXT NOT NULL,
    raw BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS emails_of_mailbox ON emails (mailbox, id);
CREATE INDEX IF NOT EXISTS emails_of_order ON emails (order_id, id);
"""

_SUMMARY: Final = (
    "id, mailbox, order_id, type, marketplace_id, request_id, seller, locale, subject, preview, file_names, received_at"
)

_PREVIEW_LENGTH: Final = 160
_QUIET: Final = 0.5  # seconds without a message after which waiting emails are composed
_AT_A_TIME: Final = 20  # emails composed before the server's loop gets its turn again
_SEARCH_WORDS: Final = 20  # SQLite takes conditions to a limited depth


class NoSuchEmail(LookupError):
    """An email was asked for that is not in any mailbox."""

    def __init__(self, email_id: int) -> None:
        super().__init__(f"There is no email {email_id}. A reset of the sandbox empties the mailboxes.")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One buyer's mailbox, which is that of one order; ``emails`` counts them."""

    address: str
    order_id: str
    marketplace_id: str
    emails: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Email:
    """What a list shows of an email; ``preview`` is the start of what the seller wrote, on one line."""

    id: int
    mailbox: str
    order_id: str
    type: str
    marketplace_id: str
    request_id: str
    seller: str
    locale: str
    subject: str
    preview: str
    file_names: tuple[str, ...]
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which emails to list: each field that is set narrows the list.

    ``search`` is words (the first 20 count) that must all occur, in any case, in the subject, the text, the type or
    the names of the files; ``before`` is the id of an email that the listed ones are older than.
    """

    mailbox: str | None = None
    order_id: str | None = None
    type: str | None = None
    search: str = ""
    before: int | None = None


class Mailboxes:
    """The mailboxes of all buyers of one sandbox.

    Everything here runs on one thread, that of the server's event loop: the connection is the server's own and is
    used without a lock. It must be in autocommit mode (``isolation_level=None``).

    Attributes:
        relay: where delivered emails are also sent, if anywhere.
        revision: grows whenever there is something new to see, and differs from that of an earlier run.
    """

    def __init__(self, database: sqlite3.Connection) -> None:
        self.relay: Relay | None = None
        self.revision = time.time_ns() // 1_000_000
        self._waiting: deque[AcceptedMessage] = deque()
        self._last_delivery = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._database = database
        self._in_file = bool(database.execute("PRAGMA database_list").fetchone()[2])
        self._database.executescript(_TABLES)

    def deliver(self, message: AcceptedMessage) -> None:
        """Put the email of an accepted message into its buyer's mailbox; never waits for the relay.

        Composing takes far longer than accepting, so the email is composed when somebody looks or when no message
        has come for a moment; at once when there is a relay, or a file in which it has to outlive the process.
        """
        self._waiting.append(message)
        self._last_delivery = time.monotonic()
        self._tell_pages()
        if self.relay is not None or self._in_file:
            self._compose_waiting()
        elif self._timer is None:
            self._compose_when_quiet()

    def _compose_when_quiet(self) -> None:
        self._timer = None
        quiet_for = time.monotonic() - self._last_delivery
        if quiet_for >= _QUIET:
            self._compose_waiting(at_most=_AT_A_TIME)
        if not self._waiting:
            return
        with suppress(RuntimeError):  # no event loop: those who look are served all the same
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(max(0.0, _QUIET - quiet_for), self._compose_when_quiet)

    def _compose_waiting(self, at_most: int | None = None) -> None:
        for _ in range(len(self._waiting) if at_most is None else min(at_most, len(self._waiting))):
            self._compose(self._waiting.popleft())

    def _compose(self, message: AcceptedMessage) -> None:
        composed = mail.compose(message)
        raw = composed.as_bytes()
        cursor = self._database.execute(
            f"INSERT INTO emails ({_SUMMARY}, searchable, raw) VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - constants
            (*_row(message, composed), raw),
        )
        if self.relay is not None and cursor.lastrowid is not None:
            self.relay.send(cursor.lastrowid, composed, self._tell_pages)

    def clear(self) -> None:
        """Empty all mailboxes."""
        self._waiting.clear()
        self._database.execute("DELETE FROM emails")
        if self.relay is not None:
            self.relay.forget()
        self._tell_pages()

    async def aclose(self) -> None:
        """Compose what waits and end the relay, if there is one. The database stays open: it is the server's."""
        if self._timer is not None:
            self._timer.cancel()
        self._compose_waiting()
        if self.relay is not None:
            await self.relay.aclose()

    def count(self) -> int:
        """How many emails there are in all mailboxes."""
        self._compose_waiting()
        (number,) = self._database.execute("SELECT count(*) FROM emails").fetchone()
        return int(number)

    def mailboxes(self, limit: int = 200) -> list[Mailbox]:
        """The mailboxes that got mail last, newest first."""
        self._compose_waiting()
        rows = self._database.execute(
            "SELECT mailbox, order_id, marketplace_id, count(*), max(received_at), max(id) AS last FROM emails "
            "GROUP BY mailbox ORDER BY last DESC LIMIT ?",
            (limit,),
        )
        return [
            Mailbox(address, order_id, marketplace_id, emails, _moment(last_at))
            for address, order_id, marketplace_id, emails, last_at, _ in rows
        ]

    def emails(self, wanted: Wanted | None = None, limit: int = 50) -> list[Email]:
        """The newest emails of those wanted, newest first."""
        self._compose_waiting()
        conditions, values = _conditions(wanted or Wanted())
        rows = self._database.execute(
            f"SELECT {_SUMMARY} FROM emails WHERE {' AND '.join(conditions)} ORDER BY id DESC LIMIT ?",  # noqa: S608 - both are made of constants
            (*values, limit),
        )
        return [_email(row) for row in rows]

    def email(self, email_id: int) -> Email:
        """One email.

        Raises:
            NoSuchEmail: It is not there.
        """
        self._compose_waiting()
        row = self._database.execute(
            f"SELECT {_SUMMARY} FROM emails WHERE id = ?",  # noqa: S608 - a constant
            (email_id,),
        ).fetchone()
        if row is None:
            raise NoSuchEmail(email_id)
        return _email(row)

    def raw(self, email_id: int) -> bytes:
        """The bytes of an email as it would travel.

        Raises:
            NoSuchEmail: It is not there.
        """
        self._compose_waiting()
        row = self._database.execute("SELECT raw FROM emails WHERE id = ?", (email_id,)).fetchone()
        if row is None:
            raise NoSuchEmail(email_id)
        return bytes(row[0])

    def attachments(self, email_id: int) -> list[mail.Attachment]:
        """The files of an email, in order.

        Raises:
            NoSuchEmail: It is not there.
        """
        return mail.attachments(mail.parse(self.raw(email_id)))

    def _tell_pages(self) -> None:
        self.revision += 1


def _row(message: AcceptedMessage, composed: EmailMessage) -> tuple[object, ...]:
    subject = str(composed["Subject"])
    file_names = [file.file_name for file in message.attachments]
    searchable = "\n".join([subject, mail.body(composed, "plain"), message.type, *file_names])
    return (
        mail.buyer_address(message.order_id),
        message.order_id,
        message.type,
        message.marketplace_id,
        message.request_id,
        message.seller,
        message.locale,
        subject,
        mail.preview(message)[:_PREVIEW_LENGTH],
        json.dumps(file_names),
        message.accepted_at.timestamp(),
        _folded(searchable),
    )


def _email(row: tuple[Any, ...]) -> Email:
    """An email from its columns, which are in the order of `Email`'s fields."""
    values = list(row)
    values[-2:] = tuple(json.loads(values[-2])), _moment(values[-1])
    return Email(*values)


def _conditions(wanted: Wanted) -> tuple[list[str], list[object]]:
    found = list(_each_condition(wanted))
    return [condition for condition, _ in found], [value for _, value in found]


def _each_condition(wanted: Wanted) -> Iterator[tuple[str, object]]:
    yield "id < ?", wanted.before if wanted.before is not None else 2**63 - 1
    if wanted.mailbox is not None:
        yield "mailbox = ?", wanted.mailbox
    if wanted.order_id is not None:
        yield "order_id = ?", wanted.order_id
    if wanted.type is not None:
        yield "type = ?", wanted.type
    for word in _folded(wanted.search).split()[:_SEARCH_WORDS]:
        yield "instr(searchable, ?) > 0", word


def _folded(text: str) -> str:
    """`text` so that letters match in any case and in any of Unicode's ways to write them."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
