"""What was sent for an order and what waits to be, as it is told beside the order to whoever may see the account."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from buyerline.app.followed import Followed
from buyerline.app.schema import draft, person
from buyerline.outbox.messages import UNDER_WAY, State

NEWEST = 3
"""Messages that are told of at once, whatever their state."""

_OPEN = UNDER_WAY | {State.UNKNOWN}
"""States in which something is still to come, by itself or by a person."""


@dataclass(frozen=True, slots=True)
class Awaited:
    """A message that waits for a second person. What it says is told where that person reads it.

    Attributes:
        draft_id: the draft that waits.
        type: its message type.
        writer: the name of who wrote it.
        asked_at: since when it waits.
    """

    draft_id: str
    type: str
    writer: str
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything ever sent for an order, newest first, and what waits for a second person.

    Attributes:
        account: the name of the order's account.
        order_id: the order.
        messages: the messages, each with its history.
        position: how far the history had come when they were read, see `Following.position`.
        awaited: what waits, longest waiting first.
    """

    account: str
    order_id: str
    messages: tuple[Followed, ...]
    position: int
    awaited: tuple[Awaited, ...]

    def __iter__(self) -> Iterator[Followed]:
        return iter(self.messages)

    def __len__(self) -> int:
        return len(self.messages)

    @property
    def at_once(self) -> tuple[Followed, ...]:
        """The messages that nobody has to unfold: the newest, and those of which something is still to come."""
        newest, older = self.messages[:NEWEST], self.messages[NEWEST:]
        return newest + tuple(each for each in older if each.message.state in _OPEN)

    @property
    def folded(self) -> tuple[Followed, ...]:
        """The other messages."""
        return tuple(each for each in self.messages[NEWEST:] if each.message.state not in _OPEN)


def read_awaited(connection: sa.Connection, account_id: int, order_id: str) -> tuple[Awaited, ...]:
    """What waits for a second person for an order. Drafts that wait for nobody are their writers' alone."""
    query = (
        sa.select(draft.c.id, draft.c.type, person.c.name, draft.c.asked_at)
        .join(person, person.c.id == draft.c.person_id)
        .where(draft.c.account_id == account_id, draft.c.order_id == order_id, draft.c.asked_at.is_not(None))
        .order_by(draft.c.asked_at, draft.c.id)
    )
    return tuple(Awaited(row.id, row.type or "", row.name, row.asked_at) for row in connection.execute(query))
