"""A program's message while it waits for a second person: a draft, as a person's is, that is there once."""

from hashlib import sha256

import sqlalchemy as sa

from buyerline.app import draft_rows
from buyerline.app.accounts import Account
from buyerline.app.digests import digest_of_draft
from buyerline.app.draft_rows import Draft
from buyerline.app.draft_values import as_checked
from buyerline.app.errors import Changed, Invalid
from buyerline.app.schema import draft
from buyerline.app.viewer import Viewer
from buyerline.app.words import Words
from buyerline.messages.drafts import Attachment
from buyerline.outbox.clock import now
from buyerline.outbox.errors import KeyTaken
from buyerline.outbox.messages import Outgoing, in_utc

_ANOTHER_WAITS = Words(
    "Another message of yours for this order waits for a second person. Queue this one when that is decided."
)
_NO_END = Words("A message that waits for a second person cannot expire. Leave it out, and cancel it yourself in time.")


def _writing(own: Draft) -> Words:
    return Words(
        "You are writing a message for this order, or have taken one back. Send it on the order's page, or discard it "
        "there or by DELETE /api/v1/drafts/{draft}, then queue this one again.",
        draft=own.id,
    )


def waiting_id_of(account: Account, key: str) -> str:
    """The id of the draft that a program's message waits as, always the same for the same key or content."""
    return f"{draft_rows.OF_A_PROGRAM}{sha256(f'{account.id} {key}'.encode()).hexdigest()[:32]}"


def find_asked(connection: sa.Connection, outgoing: Outgoing, waiting_id: str, digest: str) -> Draft | None:
    """The draft that waits for a second person under the same key, or with the same content.

    Raises:
        KeyTaken: another content waits under the key.
        Changed: it waits no more, but is a draft on the order's page.
    """
    found = next(iter(draft_rows.read(connection, draft.c.id == waiting_id, lock=True)), None)
    if found is None:
        return None
    if found.returned:
        words = Words(
            "This message was given back: {why} Change it, and queue it with a key of its own.",
            why=found.returned.rstrip(".") + ".",
        )
        raise Changed(words)
    if not found.waits:
        raise Changed(_writing(found))
    waiting = as_checked(found, draft_rows.contents(connection, found.id))
    if digest_of_draft(waiting, outgoing.marketplace or "") == digest:
        return found
    if outgoing.idempotency_key:
        raise KeyTaken(outgoing.idempotency_key, waiting_id)
    raise Changed(_ANOTHER_WAITS)


def ask(connection: sa.Connection, viewer: Viewer, account: Account, outgoing: Outgoing, waiting_id: str) -> Draft:
    """Have a message wait for a second person: as a draft that is the writer's only one for the order.

    Raises:
        Invalid: it cannot wait as it is.
        Changed: the person writes another message for the order, or has one waiting.
    """
    if outgoing.expires_at:
        raise Invalid(_NO_END, "expires_at")
    for each in _mine(connection, viewer, account, outgoing.order_id):
        _make_room(connection, each)
    connection.execute(sa.insert(draft).values(_row(viewer, account, outgoing, waiting_id)))
    for file in outgoing.attachments:
        if isinstance(file, Attachment):
            draft_rows.attach(connection, waiting_id, file.name, file.content)
    return draft_rows.read(connection, draft.c.id == waiting_id)[0]


def _mine(connection: sa.Connection, viewer: Viewer, account: Account, order_id: str) -> list[Draft]:
    """What the person writes, or has waiting, for an order, locked."""
    this = (draft.c.person_id == viewer.person_id, draft.c.account_id == account.id, draft.c.order_id == order_id)
    return draft_rows.read(connection, *this, lock=True)


def _make_room(connection: sa.Connection, other: Draft) -> None:
    """Delete a draft in whose place a program's comes: an empty one, or a program's that was given back.

    Raises:
        Changed: it is neither; one that its person has touched is theirs.
    """
    if other.waits:
        raise Changed(_ANOTHER_WAITS)
    of_a_program = other.returned and other.id.startswith(draft_rows.OF_A_PROGRAM)
    if not (other.empty or of_a_program) or not draft_rows.remove(connection, other):
        raise Changed(_writing(other))


def _row(viewer: Viewer, account: Account, outgoing: Outgoing, waiting_id: str) -> dict[str, object]:
    at = now()
    start, end = outgoing.coverage_start, outgoing.coverage_end
    return {
        "id": waiting_id,
        "person_id": viewer.person_id,
        "account_id": account.id,
        "order_id": outgoing.order_id,
        "type": outgoing.type,
        "text": outgoing.text or None,
        "coverage_start": None if start is None else str(start),
        "coverage_end": None if end is None else str(end),
        "saved_at": at,
        "version": 1,
        "worded": 1,
        "asked_at": at,
        "send_at": in_utc(outgoing.not_before) if outgoing.not_before else None,
    }
