"""Queueing what a program wrote: at once, or after a second person has approved it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import sqlalchemy as sa

from buyerline.amazon.errors import DraftRefused, Problem
from buyerline.amazon.marketplaces import Marketplace
from buyerline.app.account_rows import AccountState
from buyerline.app.accounts import DISCONNECTED, Account, NotUsable
from buyerline.app.asking_approval import ask, find_asked, waiting_id_of
from buyerline.app.audit import Audit, What
from buyerline.app.digests import digest_of_draft
from buyerline.app.draft_rows import Draft
from buyerline.app.errors import Changed, Invalid, NotHere
from buyerline.app.settings_store import ApprovalNeeded
from buyerline.app.taking_turns import hold, hold_order
from buyerline.app.viewer import Viewer
from buyerline.app.words import Words
from buyerline.messages import drafts
from buyerline.messages.drafts import Attachment
from buyerline.outbox.beforehand import check_beforehand
from buyerline.outbox.clock import now
from buyerline.outbox.errors import KeyTaken
from buyerline.outbox.messages import Outgoing, in_utc
from buyerline.outbox.outbox import Outbox
from buyerline.outbox.scheduling import check_scheduling, check_storable
from buyerline.outbox.schema import message

if TYPE_CHECKING:
    from buyerline.app.orders import Orders

_NOT_HERE_YET = Words(
    "The order has not been synchronised yet, so that no second person could look at it. Try again when it has."
)


@dataclass(frozen=True, slots=True)
class Written:
    """What a program wrote for an account's order.

    Attributes:
        outgoing: the message; its marketplace is the order's, and `Outgoing.attachments` has `Attachment` only.
        synchronised: whether the order is among those that the app holds.
    """

    outgoing: Outgoing
    synchronised: bool


@dataclass(frozen=True, slots=True)
class Posted:
    """What stands in the outbox; ``repeated`` when it did before and nothing was queued."""

    message_id: str
    repeated: bool


class Posting:
    """Queues what programs write. However often the same comes, it is queued, or waits, once.

    Args:
        outbox: where messages go; its database is the app's.
        orders: the app's, which know where an order was placed.
        audit: where it is written down.
        approval_needed: whether messages wait for a second person.
    """

    def __init__(self, outbox: Outbox, orders: "Orders", audit: Audit, approval_needed: ApprovalNeeded) -> None:
        self._outbox = outbox
        self._orders = orders
        self._audit = audit
        self._approval_needed = approval_needed

    def post(self, viewer: Viewer, account: Account, outgoing: Outgoing) -> Posted | Draft:
        """Queue a message, or have it wait for a second person.

        What can be checked without Amazon is checked now, the rest by the worker right before sending.

        Args:
            viewer: whose program it is.
            account: whose order it is.
            outgoing: the message, its attachments as `Attachment`. Its account is `account`'s; its marketplace may be
                left out where the order is known here, or the account has one only.

        Returns:
            The message, or the draft that waits.

        Raises:
            DraftRefused: the checks refuse it; `problems` has every reason.
            KeyTaken: its idempotency key stands for other content.
            NotUsable: the account is disconnected, and the message was not queued before.
            Invalid: the marketplace is missing or another one than the order's, or it cannot wait as it is.
            Changed: it cannot wait now, because the person has something else to decide about for the order.
            UnknownMarketplace: there is no such marketplace.
        """
        checked = _checked(outgoing)
        with self._outbox.database.read() as connection:
            queued = _queued(connection, account, outgoing, checked)
        if queued:
            return Posted(queued, repeated=True)
        if account.state is AccountState.DISCONNECTED:
            raise NotUsable(DISCONNECTED)
        written = self._placed(account, outgoing)
        digest = digest_of_draft(checked, written.outgoing.marketplace or "")
        waiting_id = waiting_id_of(account, outgoing.idempotency_key or digest)
        with self._outbox.acting(viewer.email).adding() as adding:
            approval_needed = self._approval_needed(adding.connection)
            hold(adding.connection, f"posting for account {account.id}")
            hold_order(adding.connection, account.id, outgoing.order_id)
            queued = _queued(adding.connection, account, written.outgoing, checked)
            if queued:
                return Posted(queued, repeated=True)
            asked = find_asked(adding.connection, written.outgoing, waiting_id, digest)
            if asked:
                return asked
            _check_not_over(written.outgoing)
            if approval_needed:
                return self._ask(adding.connection, viewer, account, written, waiting_id)
            (added,) = adding.add([written.outgoing])
            if not added.repeated:
                self._note(adding.connection, viewer, account, added.message_id, outgoing.order_id)
        return Posted(added.message_id, added.repeated)

    def _placed(self, account: Account, outgoing: Outgoing) -> Written:
        """The message with the account's name and the marketplace of its order."""
        try:
            order = self._orders.get(account.id, outgoing.order_id)
        except NotHere:
            order = None
        given = Marketplace.of(outgoing.marketplace) if outgoing.marketplace else None
        place = given or _only(account.marketplaces) if order is None else Marketplace.of(order.marketplace_id)
        if place is None:
            words = Words("The order has not been synchronised yet, so say in which marketplace it was placed.")
            raise Invalid(words, "marketplace")
        if given not in (None, place):
            words = Words("The order was placed in {place}. Leave the marketplace out.", place=place.name)
            raise Invalid(words, "marketplace")
        if place.region is not account.region:
            words = Words("This account sells in {region} only.", region=account.region.title)
            raise Invalid(words, "marketplace")
        return Written(replace(outgoing, account=account.name, marketplace=place.id), order is not None)

    def _ask(
        self, connection: sa.Connection, viewer: Viewer, account: Account, written: Written, waiting_id: str
    ) -> Draft:
        """Have a message wait for a second person, who has to be able to look at its order."""
        if not written.synchronised:
            raise Changed(_NOT_HERE_YET)
        asked = ask(connection, viewer, account, written.outgoing, waiting_id)
        self._audit.note(
            viewer, What.APPROVAL_ASKED, account_id=account.id, about=asked.order_id, connection=connection
        )
        return asked

    def _note(
        self, connection: sa.Connection, viewer: Viewer, account: Account, message_id: str, order_id: str
    ) -> None:
        noted = {"about": message_id, "note": order_id}
        self._audit.note(viewer, What.MESSAGE_SENT, account_id=account.id, connection=connection, **noted)


def _only(marketplaces: Sequence[Marketplace]) -> Marketplace | None:
    return marketplaces[0] if len(marketplaces) == 1 else None


def _checked(outgoing: Outgoing) -> drafts.Draft:
    """The message as the checks take it, which have found nothing wrong.

    Raises:
        DraftRefused: they have.
    """
    files = tuple(file for file in outgoing.attachments if isinstance(file, Attachment))
    days = (outgoing.coverage_start, outgoing.coverage_end)
    checked = drafts.Draft(outgoing.order_id, outgoing.type, outgoing.text, files, *days)
    found: list[Problem] = [*check_beforehand(checked), *check_scheduling(outgoing), *check_storable(outgoing)]
    if found:
        raise DraftRefused(found)
    return checked


def _check_not_over(outgoing: Outgoing) -> None:
    """Refuse what would never be sent. What was queued before its time was over is found without this.

    Raises:
        DraftRefused: its time is over.
    """
    if outgoing.expires_at and in_utc(outgoing.expires_at) <= now():
        raise DraftRefused([Problem("expires_too_early", "expires_at", "It is over already, so it would not be sent.")])


def _queued(connection: sa.Connection, account: Account, outgoing: Outgoing, checked: drafts.Draft) -> str | None:
    """The id of the message that was queued before: under the key, at once or by approval; without one, the same.

    Where the marketplace was left out, it is taken to be that of the message that was queued: once the account is
    disconnected, nothing else here knows it.

    Raises:
        KeyTaken: another content was queued under the key.
    """
    key = outgoing.idempotency_key
    asked_for = message.c.order_id == outgoing.order_id
    if key:
        asked_for = message.c.idempotency_key.in_([key, waiting_id_of(account, key)])
    query = sa.select(message.c.id, message.c.digest, message.c.marketplace_id)
    query = query.where(message.c.account_id == account.id, asked_for).order_by(message.c.id.desc())
    found = connection.execute(query).all()
    given = Marketplace.of(outgoing.marketplace).id if outgoing.marketplace else None
    for each in found:
        if each.digest == digest_of_draft(checked, given or each.marketplace_id):
            return str(each.id)
    if key and found:
        raise KeyTaken(key, found[0].id)
    return None
