"""Messages as the API answers them."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from buyerline.amazon.messaging import TYPES
from buyerline.app.followed import Followed, Standing
from buyerline.outbox.messages import State

_NAMES = ", ".join(f"`{each.name}`" for each in TYPES)


class File(msgspec.Struct, frozen=True):
    """An attachment of a message."""

    file_name: Annotated[str, Meta(description="As the buyer sees it.", examples=["invoice.pdf"])]
    size: Annotated[int, Meta(description="Bytes.", examples=[48211])]
    content_md5: Annotated[str, Meta(description="Base64 of the 16 bytes.", examples=["1B2M2Y8AsgTpgAmY7PhCfg=="])]
    sha256: Annotated[str, Meta(description="Hexadecimal.")]


class Message(msgspec.Struct, frozen=True):
    """A message in the outbox."""

    id: Annotated[str, Meta(description="Later messages have higher ones.", examples=["06brtwmg4xk9vp2h"])]
    state: Annotated[State, Meta(description="Where it stands.")]
    standing: Annotated[Standing, Meta(description="The same more closely: why it is queued, how it is known as sent.")]
    account: Annotated[str, Meta(description="The account's name.", examples=["shop"])]
    marketplace_id: Annotated[str, Meta(examples=["ATVPDKIKX0DER"])]
    order_id: Annotated[str, Meta(examples=["902-6786204-8179805"])]
    type: Annotated[str, Meta(description=f"Amazon's path segment: {_NAMES}.", examples=["confirmOrderDetails"])]
    text: Annotated[
        str | None,
        Meta(description="Null: none, or its retention time is over.", examples=["Which colour would you like?"]),
    ]
    attachments: list[File]
    coverage_start: Annotated[str | None, Meta(description="ISO 8601.")]
    coverage_end: Annotated[str | None, Meta(description="ISO 8601.")]
    idempotency_key: Annotated[str | None, Meta(description="As given; null: its content.")]
    priority: Annotated[int, Meta(examples=[0])]
    not_before: Annotated[
        datetime | None,
        Meta(
            description="Not tried before this moment: as it was asked for, or, where it could not be sent yet, the "
            "next try; null: nothing holds it, or it has left."
        ),
    ]
    expires_at: Annotated[
        datetime | None,
        Meta(description="Not sent any more after this moment; `/retry` takes one away that is over."),
    ]
    queued_at: Annotated[datetime, Meta(description="When it was last queued.")]
    queued_by: Annotated[str, Meta(description="The email of who queued it.", examples=["olga@shop.example"])]
    attempts: Annotated[int, Meta(description="How many calls tried to send it.", examples=[1])]
    sent_at: Annotated[
        datetime | None, Meta(description="When Amazon had accepted it; null: it has not, as far as known.")
    ]
    request_id: Annotated[str | None, Meta(description="Amazon's, of the last attempt.")]
    reason: Annotated[str | None, Meta(description="Why it stands as it does.")]
    may_cancel: Annotated[bool, Meta(description="Whether it can be taken back.")]
    may_retry: Annotated[bool, Meta(description="Whether you can have it queued again, or sent as soon as it can be.")]
    may_resolve: Annotated[bool, Meta(description="Whether somebody has to say what became of it.")]


class MessagesAnswer(msgspec.Struct, frozen=True):
    """Some messages, newest first."""

    messages: list[Message]
    next: Annotated[str | None, Meta(description="`before` of the next page; null at the end.")]
    looked_back_to: Annotated[
        datetime | None,
        Meta(description="Until when a search looked that ended before all was looked at; `next` goes on from there."),
    ]


class Event(msgspec.Struct, frozen=True):
    """One line of a message's history."""

    at: datetime
    who: Annotated[str, Meta(description="The person's email, or a worker.", examples=["olga@shop.example"])]
    what: Annotated[str, Meta(description="The state it came to, or what was done.", examples=["queued"])]
    request_id: Annotated[str | None, Meta(description="Amazon's.")]
    note: Annotated[str | None, Meta(description="Why.")]


class History(msgspec.Struct, frozen=True):
    """What happened to a message, oldest first."""

    events: list[Event]


def message_answer(followed: Followed) -> Message:
    """A message as it is answered."""
    message = followed.message
    return Message(
        id=message.id,
        state=message.state,
        standing=followed.standing,
        account=message.account,
        marketplace_id=message.marketplace_id,
        order_id=message.order_id,
        type=message.type,
        text=message.text,
        attachments=[File(each.file_name, each.size, each.content_md5, each.sha256) for each in message.files],
        coverage_start=message.coverage_start,
        coverage_end=message.coverage_end,
        idempotency_key=message.idempotency_key,
        priority=message.priority,
        not_before=message.not_before,
        expires_at=message.expires_at,
        queued_at=message.queued_at,
        queued_by=message.queued_by,
        attempts=message.attempts,
        sent_at=message.sent_at,
        request_id=message.request_id,
        reason=message.reason,
        may_cancel=followed.may_cancel,
        may_retry=followed.retriable,
        may_resolve=followed.may_resolve,
    )


def history_answer(followed: Followed) -> History:
    """A message's history as it is answered."""
    return History([Event(each.at, each.who, each.what, each.request_id, each.note) for each in followed.history])
