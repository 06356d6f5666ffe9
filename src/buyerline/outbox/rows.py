"""From what a program wants to send to a row of the outbox."""

from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec

from buyerline.amazon.errors import DraftRefused
from buyerline.amazon.marketplaces import Marketplace
from buyerline.amazon.messaging import MESSAGE_TYPES
from buyerline.amazon.transport import run_here
from buyerline.messages.drafts import Attachment, Draft, coverage_date
from buyerline.messages.sending import read_files
from buyerline.outbox.beforehand import check_beforehand
from buyerline.outbox.ids import new_id
from buyerline.outbox.keys import digest_of
from buyerline.outbox.messages import Outgoing, in_utc
from buyerline.outbox.scheduling import check_scheduling, check_storable
from buyerline.outbox.schema import milliseconds

_DIGEST = "="
"""Before a key that was made from the content, to tell it from a given one."""


class Row(msgspec.Struct):
    """A message as it goes into the table, moments in milliseconds."""

    id: str
    account: str
    marketplace_id: str
    order_id: str
    type: str
    allow_unlisted: bool
    text: str | None
    coverage_start: str | None
    coverage_end: str | None
    files: int
    idempotency_key: str
    digest: str
    ready: bool
    priority: int
    not_before: int | None
    expires_at: int | None


class NewFile(NamedTuple):
    """An attachment, and the SHA-256 of its bytes in hex."""

    attachment: Attachment
    sha256: str


class NewMessage(NamedTuple):
    """A row, and the attachments that go with it."""

    row: Row
    files: list[NewFile]


def new_message(outgoing: Outgoing, marketplace: Marketplace, now: datetime) -> NewMessage:
    """The row of a message that is queued `now`, for an order in `marketplace` unless it names another.

    Raises:
        DraftRefused: a check refused it, or it cannot be scheduled so.
        UnknownMarketplace: Amazon has no such marketplace.
    """
    place = Marketplace.of(outgoing.marketplace) if outgoing.marketplace else marketplace
    draft = _draft(outgoing)
    not_before, expires_at = _moments(outgoing)
    kind = MESSAGE_TYPES.get(draft.type)
    name = kind.name if kind else draft.type
    start, end = _iso(draft.coverage_start), _iso(draft.coverage_end, end=True)
    files = [NewFile(each, sha256(each.content).hexdigest()) for each in draft.attachments]
    sums = [(file.attachment.name, file.sha256) for file in files]
    digest = digest_of(place.id, draft.order_id, name, draft.text, sums, start, end)
    row = Row(
        id=new_id(),
        account=outgoing.account,
        marketplace_id=place.id,
        order_id=draft.order_id,
        type=name,
        allow_unlisted=outgoing.allow_unlisted,
        text=draft.text or None,
        coverage_start=start,
        coverage_end=end,
        files=len(files),
        idempotency_key=outgoing.idempotency_key or _DIGEST + digest,
        digest=digest,
        ready=not_before is None or not_before <= now,
        priority=outgoing.priority,
        not_before=None if not_before is None else milliseconds(not_before),
        expires_at=None if expires_at is None else milliseconds(expires_at),
    )
    return NewMessage(row, files)


def _draft(outgoing: Outgoing) -> Draft:
    """What the seller wrote, its files read and everything checked that can be known beforehand.

    Raises:
        DraftRefused: a check refused it, or it cannot be scheduled so.
    """
    files, problems = run_here(read_files(outgoing.attachments)) if outgoing.attachments else ([], [])
    draft = Draft(
        outgoing.order_id,
        outgoing.type,
        outgoing.text,
        tuple(files),
        outgoing.coverage_start,
        outgoing.coverage_end,
    )
    problems += check_beforehand(draft, allow_unlisted=outgoing.allow_unlisted)
    problems += check_scheduling(outgoing)
    problems += check_storable(outgoing)
    if problems:
        raise DraftRefused(problems)
    return draft


def _moments(outgoing: Outgoing) -> tuple[datetime | None, datetime | None]:
    return (
        in_utc(outgoing.not_before) if outgoing.not_before else None,
        in_utc(outgoing.expires_at) if outgoing.expires_at else None,
    )


def _iso(value: Any, *, end: bool = False) -> str | None:
    return None if value is None else coverage_date(value, end=end).isoformat()
