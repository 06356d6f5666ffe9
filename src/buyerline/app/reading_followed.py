"""From the outbox's tables, and the app's beside, to messages as people follow them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from buyerline.app.followed import Followed, FollowedAccount
from buyerline.app.schema import connection as account_connection
from buyerline.app.schema import person
from buyerline.outbox import reading
from buyerline.outbox.clock import now
from buyerline.outbox.messages import Event
from buyerline.outbox.schema import account, event, message

ACCOUNTS = sa.select(
    account.c.id.label("account_id"),
    account.c.name,
    account.c.stopped,
    account_connection.c.title,
    (account_connection.c.account_id.is_not(None) & account_connection.c.disconnected_at.is_(None)).label("connected"),
).outerjoin(account_connection, account_connection.c.account_id == account.c.id)

_BESIDE = (
    ACCOUNTS.add_columns(message.c.id, message.c.kept, sa.func.coalesce(person.c.name, message.c.queued_by).label("by"))
    .join(message, message.c.account_id == account.c.id)
    .outerjoin(person, person.c.email == message.c.queued_by)
)


def read_followed(connection: sa.Connection, ids: Sequence[str]) -> tuple[Followed, ...]:
    """The messages of these ids, newest first."""
    if not ids:
        return ()
    at = now()
    beside = {line.id: line for line in connection.execute(_BESIDE.where(message.c.id.in_(ids)))}
    messages = reading.messages(connection, message.c.id.in_(ids), limit=len(ids))
    return tuple(
        Followed(each, account_of(line), line.by, line.kept, at) for each in messages if (line := beside.get(each.id))
    )


def account_of(line: sa.Row[Any]) -> FollowedAccount:
    """The account of a line of `ACCOUNTS`."""
    return FollowedAccount(line.account_id, line.name, line.title or line.name, bool(line.connected), line.stopped)


def with_histories(connection: sa.Connection, messages: Sequence[Followed]) -> tuple[Followed, ...]:
    """The same messages, with what happened to them and who did it."""
    histories: dict[str, list[Event]] = defaultdict(list)
    columns = event.c
    query = sa.select(columns.message_id, columns.at, columns.who, columns.what, columns.request_id, columns.note)
    these = columns.message_id.in_([each.message.id for each in messages])
    for message_id, *line in connection.execute(query.where(these).order_by(columns.id)):
        histories[message_id].append(Event(*line))
    emails = {event.who for history in histories.values() for event in history}
    named = connection.execute(sa.select(person.c.email, person.c.name).where(person.c.email.in_(sorted(emails))))
    names = {line.email: line.name for line in named}
    return tuple(replace(each, history=tuple(histories[each.message.id]), names=names) for each in messages)
