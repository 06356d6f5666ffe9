"""From the outbox's tables, and the app's beside, to messages as people follow them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from buyerline.app.errors import NotHere
from buyerline.app.finding import is_id
from buyerline.app.followed import APPROVED, ASKED, Followed, FollowedAccount
from buyerline.app.offers import decoded
from buyerline.app.schema import connected, offer, person
from buyerline.app.viewer import Viewer
from buyerline.outbox import reading
from buyerline.outbox.clock import now
from buyerline.outbox.messages import Event, State
from buyerline.outbox.schema import account, event, message

ACCOUNTS = sa.select(
    account.c.id.label("account_id"),
    account.c.name,
    account.c.stopped,
    connected.c.title,
    (connected.c.account_id.is_not(None) & connected.c.disconnected_at.is_(None)).label("connected"),
    connected.c.disconnected_at.is_not(None).label("disconnected"),
).outerjoin(connected, connected.c.account_id == account.c.id)

_APPROVED_OR_NOT = (
    sa.select(event.c.what)
    .where(event.c.message_id == message.c.id, event.c.what.in_([APPROVED, State.CANCELLED, State.EXPIRED]))
    .order_by(event.c.id.desc())
    .limit(1)
    .correlate(message)
    .scalar_subquery()
)
_BESIDE = (
    ACCOUNTS.add_columns(
        message.c.id,
        message.c.kept,
        sa.func.coalesce(person.c.name, message.c.queued_by).label("by"),
        offer.c.actions,
        _APPROVED_OR_NOT.label("approved_or_not"),
    )
    .join(message, message.c.account_id == account.c.id)
    .outerjoin(person, person.c.email == message.c.queued_by)
    .outerjoin(offer, (offer.c.account_id == message.c.account_id) & (offer.c.order_id == message.c.order_id))
)


def read_followed(connection: sa.Connection, ids: Sequence[str]) -> tuple[Followed, ...]:
    """The messages of these ids, newest first."""
    if not ids:
        return ()
    at = now()
    beside = {line.id: line for line in connection.execute(_BESIDE.where(message.c.id.in_(ids)))}
    messages = reading.messages(connection, message.c.id.in_(ids), limit=len(ids))
    return tuple(
        Followed(
            each,
            account_of(line),
            line.by,
            line.kept,
            line.approved_or_not == APPROVED,
            at,
            offered_as=offered_as(each.order_id, each.type, line.actions),
        )
        for each in messages
        if (line := beside.get(each.id))
    )


def read_one(connection: sa.Connection, viewer: Viewer, endpoint: str, message_id: str) -> Followed:
    """A message with its history.

    Raises:
        NotHere: there is none of that id, or it is not the viewer's to see where messages go to `endpoint`.
    """
    found = read_followed(connection, [message_id]) if is_id(message_id) else ()
    if not found or not found[0].seen_by(viewer, endpoint):
        raise NotHere
    return with_histories(connection, found)[0]


def offered_as(order_id: str, type_name: str | None, actions: str | None) -> str:
    """Amazon's title of a message type, where it is remembered for the order; ``""`` where not."""
    action = decoded(order_id, actions).find(type_name) if actions and type_name else None
    return action.title if action else ""


def account_of(line: sa.Row[Any]) -> FollowedAccount:
    """The account of a line of `ACCOUNTS`."""
    return FollowedAccount(
        id=line.account_id,
        name=line.name,
        title=line.title or line.name,
        connected=bool(line.connected),
        disconnected=bool(line.disconnected),
        stopped=line.stopped,
    )


def with_histories(connection: sa.Connection, messages: Sequence[Followed]) -> tuple[Followed, ...]:
    """The same messages, with what happened to them and who did it."""
    histories: dict[str, list[Event]] = defaultdict(list)
    columns = event.c
    query = sa.select(columns.message_id, columns.at, columns.who, columns.what, columns.request_id, columns.note)
    these = columns.message_id.in_([each.message.id for each in messages])
    for message_id, *line in connection.execute(query.where(these).order_by(columns.id)):
        histories[message_id].append(Event(*line))
    for history in histories.values():
        history.sort(key=lambda event: event.what != ASKED)  # it was written when the message was queued, later
    emails = {event.who for history in histories.values() for event in history}
    named = connection.execute(sa.select(person.c.email, person.c.name).where(person.c.email.in_(sorted(emails))))
    names = {line.email: line.name for line in named}
    return tuple(replace(each, history=tuple(histories[each.message.id]), names=names) for each in messages)
