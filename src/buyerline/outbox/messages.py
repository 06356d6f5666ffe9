"""What the outbox holds: a message, its states, its history."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from buyerline.messages.drafts import CoverageDate
from buyerline.messages.sending import Attachable

PRIORITY_AT_ONCE = 100
"""The priority of what a person waits for."""


class State(StrEnum):
    """Where a message stands.

    ``queued → sending → sent | refused | unknown``; ``cancelled``, ``expired`` and ``failed`` on the way. A message
    in ``unknown`` is never sent again by itself: nobody can say whether Amazon took it.
    """

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    FAILED = "failed"


UNDER_WAY = frozenset({State.QUEUED, State.SENDING})
"""States that a worker will change."""

NOT_SENT = frozenset({State.REFUSED, State.CANCELLED, State.EXPIRED, State.FAILED})
"""States in which Amazon certainly does not have the message, so that it may be tried again."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A draft with what the outbox has to know about it. `Outbox.add` takes the same, by keyword.

    Attributes:
        order_id: Amazon's order id, ``NNN-NNNNNNN-NNNNNNN``.
        type: the message type, by any name under which it goes.
        text: what the buyer reads. Not shown by `repr`.
        attachments: files, see `buyerline.Attachable`; stored with the message until it is sent.
        coverage_start, coverage_end: a warranty's first and last day, as `Messaging.send` takes them.
        account: the account's name.
        marketplace: where the order was placed; the outbox's marketplace by default.
        idempotency_key: the same key for the same account is queued once; made from the content by default.
        not_before: the moment before which it is not sent. Without a zone: UTC.
        expires_at: the moment after which it is not sent any more. Without a zone: UTC.
        priority: within its account the highest goes first, among equals the oldest; from -1000 to 1000.
        allow_unlisted: send a type of which no operation is known, to the link that Amazon gives with it.
    """

    order_id: str
    type: str
    text: str | None = field(default=None, repr=False)
    attachments: Sequence[Attachable] = ()
    coverage_start: CoverageDate | None = None
    coverage_end: CoverageDate | None = None
    account: str = "default"
    marketplace: str | None = None
    idempotency_key: str | None = None
    not_before: datetime | None = None
    expires_at: datetime | None = None
    priority: int = 0
    allow_unlisted: bool = False


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What is kept of an attachment as long as the text is; its bytes only until the message is sent."""

    file_name: str
    size: int
    content_md5: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Message:
    """A message in the outbox, as it stood when it was read.

    Attributes:
        id: its name here, 16 characters; later messages have higher ones.
        state: where it stands.
        account, marketplace_id, order_id, type: for whom and what it is; ``type`` is Amazon's path segment.
        endpoint: ``"amazon"``, ``"static-sandbox"``, or the URL of whatever stands in for Amazon.
        text: what the buyer reads; ``None`` for none, and after its retention time. Not shown by `repr`.
        files: its attachments.
        coverage_start, coverage_end: as given, ISO 8601.
        idempotency_key: as given; ``None`` where it was made from the content.
        priority, not_before, expires_at: when it may go.
        queued_at: when it was last queued, in UTC.
        attempts: how many calls tried to send it.
        sent_at: when Amazon had accepted it, in UTC; ``None`` when it has not, or nobody knows.
        request_id: Amazon's request id of the last attempt, where an answer carried one.
        reason: why it stands as it does, a sentence; ``None`` where there is nothing to say.
        queued_by: who queued it.
    """

    id: str
    state: State
    account: str
    endpoint: str
    marketplace_id: str
    order_id: str
    type: str
    text: str | None = field(repr=False)
    files: tuple[FileFacts, ...]
    coverage_start: str | None
    coverage_end: str | None
    idempotency_key: str | None
    priority: int
    not_before: datetime | None
    expires_at: datetime | None
    queued_at: datetime
    attempts: int
    sent_at: datetime | None
    request_id: str | None
    reason: str | None
    queued_by: str


@dataclass(frozen=True, slots=True)
class Added:
    """What became of adding a message: ``repeated`` when it had been queued before and nothing was added."""

    message_id: str
    repeated: bool


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a message's history.

    Attributes:
        at: when, in UTC.
        who: who did it: a person's login, or a worker.
        what: the state that it came to, or what was done (``"looked into"``).
        request_id: Amazon's request id, where there was one.
        note: why, a sentence, or ``None``.
    """

    at: datetime
    who: str
    what: str
    request_id: str | None
    note: str | None


def in_utc(moment: datetime) -> datetime:
    """`moment` in UTC; one without a zone is taken for UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
