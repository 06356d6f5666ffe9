"""The outbox as programs use it: accept messages, look at them, decide about them."""

import getpass
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from datetime import datetime
from types import TracebackType
from typing import Self

import sqlalchemy as sa

from buyerline.amazon.connect import ClientOptions, default_marketplace, destination
from buyerline.amazon.marketplaces import Marketplace
from buyerline.messages.drafts import CoverageDate
from buyerline.messages.sending import Attachable
from buyerline.outbox import reading
from buyerline.outbox.adding import Adding
from buyerline.outbox.clock import now
from buyerline.outbox.database import Database
from buyerline.outbox.errors import MessageUnknown, WrongState
from buyerline.outbox.messages import NOT_SENT, Added, Event, Message, Outgoing, State
from buyerline.outbox.outlook import Outlook, outlook, stopped
from buyerline.outbox.schema import account, event, message
from buyerline.outbox.stops import LIFTED


class Outbox:
    """Messages that are to be sent, are being sent, and were sent. Threads may share one.

    It sends nothing itself: a `Worker` does, in this process or another. ::

        with Outbox() as outbox:
            message = outbox.add("902-6786204-8179805", "confirmOrderDetails", text="...")

    Args:
        url: ``sqlite:///...`` or ``postgresql://...``; ``BUYERLINE_DATABASE_URL`` by default, else a SQLite file in
            the data folder (``BUYERLINE_DATA_DIR``).
        who: who acts, for the history; the login name by default.
        marketplace: where orders are unless a message says otherwise; ``SP_API_DEFAULT_MARKETPLACE`` or US by default.
        options: those of the clients that will send. What answers for Amazon (``endpoint``, ``static_sandbox``) is
            remembered with every message, so that none that was meant for a sandbox ever goes to a buyer.
        database: the database, open, in place of `url`; `close` leaves it open.

    Raises:
        ConfigurationError: the database's URL or an option is wrong; `OutboxNewer`: a newer version made it.
        OutboxUnavailable: the database cannot be reached now.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        who: str | None = None,
        marketplace: Marketplace | str | None = None,
        options: ClientOptions | None = None,
        database: Database | None = None,
    ) -> None:
        self.endpoint = destination(options or {})
        self.marketplace = default_marketplace(marketplace)
        self.who = who or _login()
        self._owns_database = database is None
        self.database = database or Database.open(url)

    def acting(self, who: str) -> Self:
        """The same outbox for another person, who stands in the history of what is done with it."""
        other = copy(self)
        other.who, other._owns_database = who, False  # noqa: SLF001 - one of our own kind
        return other

    def add(
        self,
        order_id: str,
        type: str,  # noqa: A002 - the field's own word
        *,
        text: str | None = None,
        attachments: Sequence[Attachable] = (),
        coverage_start: CoverageDate | None = None,
        coverage_end: CoverageDate | None = None,
        account: str = "default",
        marketplace: str | None = None,
        idempotency_key: str | None = None,
        not_before: datetime | None = None,
        expires_at: datetime | None = None,
        priority: int = 0,
        allow_unlisted: bool = False,
    ) -> Message:
        """Queue a message. The same content for the same order and type is queued once: then what was is returned.

        Everything that can be checked without Amazon is checked now, the rest right before sending.
        For the arguments see `Outgoing`.

        Raises:
            DraftRefused: a check refused it; `problems` has every reason.
            UnknownMarketplace: Amazon has no such marketplace.
            KeyTaken: the idempotency key stands for other content.
            OutboxUnavailable: the database cannot be used now; nothing was queued.
        """
        outgoing = Outgoing(
            order_id=order_id,
            type=type,
            text=text,
            attachments=attachments,
            coverage_start=coverage_start,
            coverage_end=coverage_end,
            account=account,
            marketplace=marketplace,
            idempotency_key=idempotency_key,
            not_before=not_before,
            expires_at=expires_at,
            priority=priority,
            allow_unlisted=allow_unlisted,
        )
        return self.get(self.add_many([outgoing])[0].message_id)

    def add_many(self, outgoing: Iterable[Outgoing], *, batch: str | None = None) -> list[Added]:
        """Queue all of the messages, or none: the first that cannot be queued is raised and nothing was added.

        Args:
            outgoing: the messages.
            batch: a name under which `list` and `counts` find them together, those queued before included.

        Raises:
            DraftRefused, UnknownMarketplace, KeyTaken, OutboxUnavailable: as `add` does.
        """
        with self.adding(batch=batch) as adding:
            return list(adding.add(outgoing))

    @contextmanager
    def adding(self, *, batch: str | None = None) -> Iterator[Adding]:
        """Around queueing so many messages that they should not be in memory at once: all of them, or none.

        Raises:
            DraftRefused, UnknownMarketplace, KeyTaken, OutboxUnavailable: as `add` does.
        """
        with self.database.write() as connection:
            yield Adding(
                database=self.database,
                connection=connection,
                endpoint=self.endpoint,
                marketplace=self.marketplace,
                who=self.who,
                now=now(),
                batch=batch,
            )

    def get(self, message_id: str) -> Message:
        """A message as it stands now.

        Raises:
            MessageUnknown: there is none of that id.
        """
        with self.database.read() as connection:
            return _read(connection, message_id)

    def history(self, message_id: str) -> list[Event]:
        """What happened to a message, oldest first.

        Raises:
            MessageUnknown: there is none of that id.
        """
        with self.database.read() as connection:
            lines = connection.execute(
                sa.select(event.c.at, event.c.who, event.c.what, event.c.request_id, event.c.note)
                .where(event.c.message_id == message_id)
                .order_by(event.c.id)
            ).all()
        if not lines:
            raise MessageUnknown(message_id)
        return [Event(*line) for line in lines]

    def list(
        self,
        *,
        state: State | str | None = None,
        account: str | None = None,
        marketplace: Marketplace | str | None = None,
        order_id: str | None = None,
        batch: str | None = None,
        before: str | None = None,
        limit: int = 50,
    ) -> "list[Message]":
        """Messages, newest first.

        Args:
            state: only those in this state.
            account: only those of this account.
            marketplace: only those for orders placed there.
            order_id: only those of this order.
            batch: only those that were queued under this name.
            before: only those older than the message of this id: the last one of the page before.
            limit: how many at most.

        Raises:
            ValueError: there is no such state.
            UnknownMarketplace: there is no such marketplace.
        """
        conditions = [
            message.c.state == State(state) if state else None,
            message.c.marketplace_id == Marketplace.of(marketplace).id if marketplace else None,
            message.c.order_id == order_id if order_id else None,
            message.c.batch == batch if batch else None,
            message.c.id < before if before else None,
            message.c.account_id.in_(_numbers_of(account)) if account else None,
        ]
        wanted = sa.and_(sa.true(), *[each for each in conditions if each is not None])
        with self.database.read() as connection:
            return reading.messages(connection, wanted, limit=limit)

    def counts(self, *, batch: str | None = None) -> dict[State, int]:
        """How many messages are in each state, all of them or those queued under the name of a batch."""
        query = sa.select(message.c.state, sa.func.count()).group_by(message.c.state)
        with self.database.read() as connection:
            lines = connection.execute(query.where(message.c.batch == batch) if batch else query).all()
        return {State(state): count for state, count in lines}

    def outlook(self, batch: str) -> Outlook:
        """What is to be expected of the messages that were queued under the name of a batch."""
        with self.database.read() as connection:
            return outlook(connection, self.endpoint, batch)

    def stopped(self) -> dict[str, str]:
        """The accounts for which nothing is sent before somebody mends something, each with why."""
        with self.database.read() as connection:
            return stopped(connection, self.endpoint)

    def resume(self, account_name: str) -> None:
        """Let a stopped account be tried again, because what stopped it may be mended by now.

        One that is disconnected stays so.
        """
        stopped_one = sa.and_(account.c.name == account_name, account.c.endpoint == self.endpoint)
        with self.database.write() as connection:
            connection.execute(
                sa.update(account).where(stopped_one, account.c.stopped.is_not(None)).values(stopped=LIFTED)
            )

    def cancel(self, message_id: str, *, connection: sa.Connection | None = None) -> Message:
        """Take a queued message back.

        Args:
            message_id: the message.
            connection: the writing transaction to do it in; one of its own by default.

        Raises:
            MessageUnknown: there is none of that id.
            WrongState: it is not queued any more; a message that is being sent cannot be called back.
        """
        values = {"state": State.CANCELLED, "ready": False, "ended_at": now(), "reason": f"cancelled by {self.who}"}
        return self._decide(connection, message_id, {State.QUEUED}, values, note=None, cannot=_CANNOT_CANCEL)

    def retry(self, message_id: str, *, connection: sa.Connection | None = None) -> Message:
        """Queue a message again that was certainly not sent, or let a queued one go at once.

        What it was planned for is dropped. Its account is tried again too where it was stopped. For a disconnected one
        nothing is sent all the same.

        Args:
            message_id: the message.
            connection: the writing transaction to do it in; one of its own by default.

        Raises:
            MessageUnknown: there is none of that id.
            WrongState: it was sent, is being sent, or nobody knows whether it was (`resolve` decides that).
        """
        return self._decide(
            connection, message_id, {State.QUEUED, *NOT_SENT}, _again(), note=None, cannot=_CANNOT_RETRY
        )

    def resolve(self, message_id: str, *, arrived: bool, connection: sa.Connection | None = None) -> Message:
        """Decide about a message of which nobody knew whether Amazon had taken it.

        Args:
            message_id: the message.
            arrived: whether it was found to be sent (Seller Central, Messages, Sent shows it). If not, it is queued
                and sent again.
            connection: the writing transaction to do it in; one of its own by default.

        Raises:
            MessageUnknown: there is none of that id.
            WrongState: its outcome is not unknown.
        """
        if arrived:
            note = f"{self.who} found that it was sent"
            values = {"state": State.SENT, "ended_at": now(), "look_at": None, "reason": note}
        else:
            note = f"{self.who} found that it was not sent"
            values = _again()
        return self._decide(connection, message_id, {State.UNKNOWN}, values, note=note, cannot=_CANNOT_RESOLVE)

    def _decide(
        self,
        joining: sa.Connection | None,
        message_id: str,
        states: "set[State]",
        values: dict[str, object],
        *,
        note: str | None,
        cannot: dict[State, str],
    ) -> Message:
        """Change a message that is in one of `states`, and note who did.

        Raises:
            MessageUnknown: there is none of that id.
            WrongState: it is in another state, or its text is no longer here.
        """
        this = message.c.id == message_id
        again = values["state"] == State.QUEUED
        with self.database.joined(joining) as connection:
            columns = sa.select(message.c.state, message.c.kept, message.c.account_id)
            found = connection.execute(columns.where(this).with_for_update()).one_or_none()
            if found is None:
                raise MessageUnknown(message_id)
            if found.state not in states or (again and not found.kept):
                words = _GONE if found.state in states else cannot[found.state]
                raise WrongState(message_id, found.state, words, hint=_HINTS.get(found.state, ""))
            connection.execute(sa.update(message).where(this).values(values))
            line = {"message_id": message_id, "at": now(), "who": self.who, "what": values["state"], "note": note}
            connection.execute(sa.insert(event), line)
            if again:
                connection.execute(sa.update(account).where(account.c.id == found.account_id).values(stopped=LIFTED))
            return _read(connection, message_id)

    def close(self) -> None:
        """Close the connections to the database, unless it was given open."""
        if self._owns_database:
            self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # ImportError: on Windows, where no variable names the user
        return "unknown user"


def _read(connection: sa.Connection, message_id: str) -> Message:
    found = reading.messages(connection, message.c.id == message_id)
    if not found:
        raise MessageUnknown(message_id)
    return found[0]


def _numbers_of(name: str) -> sa.Select[tuple[int]]:
    return sa.select(account.c.id).where(account.c.name == name)


def _again() -> dict[str, object]:
    """The columns of a message that is to be sent as soon as its turn comes, as if it had just been queued."""
    return {
        "state": State.QUEUED,
        "ready": True,
        "queued_at": now(),
        "due_at": now(),
        "not_before": None,
        "expires_at": sa.case((message.c.expires_at > now(), message.c.expires_at)),
        "tries": 0,
        "look_at": None,
        "looks": 0,
        "ended_at": None,
        "sent_at": None,
        "reason": None,
    }


_SENDING = "it is being sent at this moment."
_GONE = "its text was deleted when its retention time was over. Queue it anew, with an idempotency key of its own."
_CANNOT_CANCEL = {
    State.SENDING: f"{_SENDING} A message cannot be called back.",
    State.SENT: "it was sent. A message cannot be called back.",
    State.UNKNOWN: "it may have been sent. A message cannot be called back.",
    **{state: f"it is {state} already." for state in NOT_SENT},
}
_CANNOT_RETRY = {
    State.SENDING: _SENDING,
    State.SENT: "it was sent; it is never sent twice.",
    State.UNKNOWN: "nobody knows whether it was sent.",
}
_CANNOT_RESOLVE = {state: f"it is {state}; there is nothing to resolve." for state in State}
_HINTS = {
    State.UNKNOWN: "Look in Seller Central, Messages, Sent; then `buyerline outbox resolve ID --arrived` or "
    "`--not-arrived`.",
}
