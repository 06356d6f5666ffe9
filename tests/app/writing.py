"""What people need to write and send messages: an account, an order, drafts, an outbox. No web pages, and no Amazon.

What Amazon offers for the order stands in the database, made of the sandbox's forms, so that nobody has to be asked.
"""

import asyncio
import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from buyerline.amazon.messaging import Actions, parse_actions
from buyerline.amazon.orders_types import Order, SalesChannel
from buyerline.app.accounts import Account
from buyerline.app.approving import Approving, Waiting
from buyerline.app.composing import Composing
from buyerline.app.digests import digest_of_waiting
from buyerline.app.draft_rows import Draft
from buyerline.app.drafts import Drafts
from buyerline.app.looks import Look
from buyerline.app.offers import Offer, Offers, encoded
from buyerline.app.order_rows import OrderRow
from buyerline.app.order_storing import store
from buyerline.app.orders import Orders
from buyerline.app.queueing import Queueing
from buyerline.app.schema import access, connected, person
from buyerline.app.sending import Sending
from buyerline.app.viewer import Role, Viewer
from buyerline.outbox import Message, Outbox, Worker
from buyerline.outbox.clock import now
from buyerline.outbox.schema import account, milliseconds
from buyerline.sandbox.message_types import MESSAGE_TYPES
from buyerline.testing import SellerAccount
from tests.app.desk import Desk, desk_in
from tests.app.samples import PDF
from tests.outbox.serving import PATIENCE, options_for
from tests.running import Amazon

TYPE = "confirmOrderDetails"
TEXT = "The blue cup is out of stock. Would you like the green one instead?"
US = "ATVPDKIKX0DER"

_NOWHERE = "http://127.0.0.1:9"
_numbers = itertools.count(1)


class Room:
    """Where messages are written, for one account of its own.

    Attributes:
        ann: an agent who may see the account; so is ben; dora may see none; olga is an owner.
        order: an order that takes every type.
        needs_approval: whether a second person has to approve.
    """

    def __init__(self, desk: Desk, seller: Account) -> None:
        self.desk, self.database, self.account = desk, desk.database, seller
        self.needs_approval = False
        self.outbox = Outbox(database=desk.database, who="buyerline", options=desk.options)
        self.drafts = Drafts(desk.database)
        self.offers = Offers(desk.database, desk.clients)
        self.composing = Composing(self.drafts)
        self.orders = Orders(desk.database, self.outbox.endpoint)
        queueing = Queueing(self.outbox, self.drafts, desk.audit, lambda _=None: self.needs_approval)
        self.approving = Approving(
            desk.database,
            accounts=desk.accounts,
            drafts=self.drafts,
            offers=self.offers,
            composing=self.composing,
            orders=self.orders,
            audit=desk.audit,
            queueing=queueing,
        )
        self.sending = Sending(
            self.outbox,
            drafts=self.drafts,
            audit=desk.audit,
            queueing=queueing,
            approving=self.approving,
            approval_needed=lambda _=None: self.needs_approval,
        )
        here = frozenset({seller.id})
        self.ann, self.ben, self.dora, self.olga = self._people(
            ("Ann", Role.AGENT, here),
            ("Ben", Role.AGENT, here),
            ("Dora", Role.AGENT, frozenset()),
            ("Olga", Role.OWNER, None),
        )
        self.order = self.placed(f"902-{next(_numbers):07}-0000000")
        self.offered(self.order)

    def _people(self, *rights: tuple[str, Role, frozenset[int] | None]) -> list[Viewer]:
        found = []
        with self.database.write() as connection:
            for name, role, accounts in rights:
                email = f"{name.lower()}-{next(_numbers)}@shop.example"
                row = {"email": email, "name": name, "role": role, "undo_seconds": 0, "created_at": now()}
                number = connection.execute(sa.insert(person).values(row).returning(person.c.id)).scalar_one()
                for account_id in accounts or ():
                    connection.execute(sa.insert(access).values(person_id=number, account_id=account_id))
                found.append(Viewer(number, email, name, role, None, None, 0, accounts))
        return found

    def placed(self, order_id: str) -> OrderRow:
        """An order of the account."""
        moment = now()
        found = Order(
            order_id=order_id,
            created_time=moment,
            last_updated_time=moment,
            sales_channel=SalesChannel(marketplace_id=US),
        )
        with self.database.write() as connection:
            store(self.database, connection, self.account.id, [found])
        return self.orders.get(self.account.id, order_id)

    def offered(
        self, order: OrderRow, *, locale: str | None = "en-US", disabled: Mapping[str, str] = MappingProxyType({})
    ) -> Offer:
        """Let Amazon have said just now that an order takes every type, some of them switched off."""
        answer = every_type(order.order_id, disabled)
        return self.remember(order, Actions(order.order_id, tuple(parse_actions(answer))), locale=locale)

    def remember(self, order: OrderRow, actions: Actions, *, locale: str | None = "en-US") -> Offer:
        """Let Amazon have said just now what an order takes, and what language its buyer reads."""
        moment = milliseconds(now())
        values = {"actions": encoded(actions), "asked_at": moment, "locale": locale, "locale_asked_at": moment}
        self.offers._keep(self.account, order, values)
        return self.offers.known(self.account, order)

    def write(self, who: Viewer, **wording: Any) -> Draft:
        """Somebody's draft with a text that nothing is wrong with, or with other wording."""
        shown = self.drafts.open(who, self.account, self.order.order_id)
        version = shown.version if shown else 0
        values: dict[str, Any] = {"type": TYPE, "text": TEXT, "version": version} | wording
        return self.drafts.save(who, self.account, self.order.order_id, **values)

    def attach(self, who: Viewer, name: str, content: bytes = PDF) -> Draft:
        """Somebody's draft with one file more."""
        return self.drafts.add_file(who, self.account, self.order.order_id, name, content)

    def attached(self, who: Viewer) -> Draft:
        """Somebody's draft with a text and a file."""
        self.attach(who, "key.pdf")
        return self.write(who, type="digitalAccessKey")

    def look(self, draft: Draft | None, who: Viewer | None = None) -> Look:
        """How a draft stands."""
        offer = self.offers.known(self.account, self.order)
        return self.composing.look(who or self.ann, self.account, self.order, draft, offer)

    def send(self, who: Viewer, draft: Draft, **options: Any) -> Message:
        """Send a draft that nobody has to approve."""
        sent = self.sending.send(who, self.account, draft.id, draft.version, **options)
        assert isinstance(sent, Message)
        return sent

    def ask(self, who: Viewer, draft: Draft, **options: Any) -> Waiting:
        """Send a draft that a second person has to approve."""
        self.needs_approval = True
        asked = self.sending.send(who, self.account, draft.id, draft.version, **options)
        assert isinstance(asked, Waiting)
        return asked

    def approve(self, who: Viewer, shown: Draft) -> Message:
        """Approve a draft as it was shown."""
        return self.approving.approve(who, shown.id, digest_of_waiting(shown))

    def give_back(self, who: Viewer, shown: Draft, why: str) -> None:
        """Give a draft back as it was shown."""
        self.approving.give_back(who, shown.id, digest_of_waiting(shown), why)

    def deliver(self) -> None:
        """Let a worker send what may leave."""
        options = options_for(self.desk.amazon, **{self.account.name: self.desk.amazon.default_account})
        asyncio.run(asyncio.wait_for(Worker(database=self.database, options=options).run(once=True), PATIENCE))

    def later(self, time: timedelta, table: str, *columns: str) -> None:
        """Let time go by for the account's rows of a table: the moments in these columns become so much older."""
        changes = ", ".join(f"{name} = {name} - :time" for name in columns)
        told = {"time": round(time.total_seconds() * 1000), "account_id": self.account.id}
        with self.database.write() as connection:
            connection.execute(sa.text(f"UPDATE {table} SET {changes} WHERE account_id = :account_id"), told)

    def count(self, table: sa.Table, *conditions: sa.ColumnElement[bool]) -> int:
        """How many rows of a table fit."""
        with self.database.read() as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(table).where(*conditions)).scalar_one()


def every_type(order_id: str, disabled: Mapping[str, str]) -> dict[str, Any]:
    """What Amazon answers for an order that takes every type."""
    links = [
        {"name": kind.name, "href": f"/messaging/v1/orders/{order_id}/messages/{kind.name}"} for kind in MESSAGE_TYPES
    ]
    forms = [
        {
            "name": kind.name,
            "title": kind.title,
            "_embedded": {"schema": kind.form(order_id, disabled_reason=disabled.get(kind.name))},
        }
        for kind in MESSAGE_TYPES
    ]
    return {"_links": {"actions": links}, "_embedded": {"actions": forms}}


@contextmanager
def desk_without_amazon(url: str) -> Iterator[Desk]:
    """A desk where nobody answers for Amazon."""
    nobody = SellerAccount("nobody", "Nobody", "A1", "na", ("US",), (), "Atzr|nobody", "client", "secret")
    with desk_in(url, Amazon(_NOWHERE, nobody)) as desk:
        yield desk


def room_at_amazon(desk: Desk) -> Room:
    """A room whose account, and an order of it, are known to the sandbox."""
    made = Room(desk, desk.connect())
    made.order = made.placed(desk.amazon.guide_order)
    return made


def seller_of(desk: Desk) -> Account:
    """A new account that was connected without asking Amazon."""
    name = f"shop-{next(_numbers)}"
    with desk.database.write() as connection:
        row = {"name": name, "endpoint": desk.accounts.endpoint}
        number = connection.execute(sa.insert(account).values(row).returning(account.c.id)).scalar_one()
        facts = {"title": "Cups & Co", "region": "na", "marketplaces": f'["{US}"]', "connected_at": now()}
        connection.execute(sa.insert(connected).values(account_id=number, **facts))
    return desk.accounts.numbered(number)
