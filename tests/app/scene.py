"""A shop in the middle of its day, for tests that look at every page and for screenshots.

Two accounts, four people, orders of all kinds, and messages in every state that somebody meets.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Unpack

import sqlalchemy as sa

from buyerline.app.accounts import Account
from buyerline.app.draft_rows import Draft
from buyerline.app.one_time_links import Purpose
from buyerline.app.persons import Person
from buyerline.app.schema import audit
from buyerline.app.schema import person as person_table
from buyerline.app.viewer import Role, Viewer
from buyerline.outbox import Message, State
from buyerline.outbox.clock import now
from buyerline.outbox.schema import event, message
from buyerline.testing import OrderFacts
from tests.app.browser.steps import is_here
from tests.app.office import OWNER, PASSWORD, Office, application_of, opened
from tests.running import Amazon
from tests.waiting import until

AGENT, OTHER_AGENT, INVITED = "anton@shop.example", "mei@shop.example", "rosa@shop.example"

MUG, KETTLE, LAMP = "114-3941689-8772232", "112-7708215-2046617", "111-5520146-9017803"
BLANKET, PUMP, NOTEBOOKS, HELD = (
    "113-8213377-4429058",
    "114-6402918-3315246",
    "112-1190274-7780611",
    "111-9047731-5562894",
)
"""Orders that something was or is written about."""

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n" + b"% a page of it\n" * 9_000

UNREADY = (
    "Hello, thank you for your order. The name that you gave us has 22 letters, and 18 fit on the mug. May we engrave "
    '"Maximilian-Alexander" on two lines? If not, please write to hello@hearth.example until Thursday.'
)

File = tuple[str, bytes]


@dataclass(frozen=True, slots=True)
class Scene:
    """What there is to look at.

    Attributes:
        office: the running app.
        names: what stands for it in paths: orders, ``unknown``, a message of which nobody knows whether Amazon took it,
            ``waiting``, a draft that waits for a second person, and the secrets of an ``invitation`` and of a link to a
            new ``password``.
    """

    office: Office
    names: dict[str, str]

    def url(self, path: str) -> str:
        """The address of a path with `names` in braces."""
        return self.office.url + path.format(**self.names)


@contextmanager
def scene(folder: Path, amazon: Amazon) -> Iterator[Scene]:
    """The shop, while the block lasts. Everything in it was done as people do it, and then made a little older."""
    with application_of(amazon), opened(folder, amazon, furnished=False) as office:
        yield _Making(office).made()


class _Making:
    """Makes the scene, step by step."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.services = office.services
        self.amazon = office.amazon

    def made(self) -> Scene:
        self.amazon.lift_plans()
        self._place_orders()
        invitation = self._employ()
        self._send_what_arrives()
        unknown = self._send_what_nobody_knows_of()
        self._send_what_is_refused()
        self._send_later()
        waiting = self._ask_for_approval()
        self._write()
        names = {"unknown": unknown, "waiting": waiting.id, "invitation": invitation}
        names |= {"mug": MUG, "kettle": KETTLE, "lamp": LAMP, "held": HELD}
        names["password"] = self.services.links.make(Purpose.PASSWORD, self._viewer(OTHER_AGENT).person_id)
        for person in self.services.people.list():
            self._settle(person, undo_seconds=8)
        return Scene(self.office, names)

    def _place_orders(self) -> None:
        mug, off = "Engraved Stoneware Mug, 350 ml, with Your Name", "This order has no delivery appointment any more."
        switched_off = {"confirmDeliveryDetails": off}
        self._place(mug, "24.99", 2, order_id=MUG, customized=True, disabled=switched_off, locale="es-US")
        self._place(mug, "24.99", 1, order_id=HELD, customized=True)
        self._place("Fennimore Desk Lamp with Oak Base, Dimmable", "63.99", 1, order_id=LAMP, scheduled=True)
        self._place("Harrow & Lake Wool Blanket, 150 x 200 cm, Slate", "44.99", 1, order_id=BLANKET)
        self._place("Quillon Dotted Notebook A5, 192 Pages, Forest", "13.99", 5, order_id=NOTEBOOKS)
        self._place("Cragside Mini Bicycle Pump with Gauge", "21.99", 1, order_id=PUMP, state="shipped")
        kettle = "Alderbrook Gooseneck Kettle, 1.0 L, Brushed Steel"
        self._place(kettle, "38.99", 1, order_id=KETTLE, state="shipped", business=True, warranty=True)

    def _place(self, title: str, price: str, quantity: int, **facts: Unpack[OrderFacts]) -> None:
        sku = "".join(word[:3] for word in title.split()[:2]).upper()
        facts.setdefault("locale", "en-US")
        facts["items"] = [{"title": title, "sku": sku, "price": price, "quantity": quantity}]
        self.amazon.order(**facts)

    def _employ(self) -> str:
        """The people, of whom one has not come yet; the secret of her invitation."""
        people, shop = self.services.people, self.office
        people.make_owner(OWNER, "Olga Lindqvist", PASSWORD)
        shop.connect("Hearth", self.amazon.default_account)
        europe = self.amazon.account(
            id="europe", name="Hearth Europe", region="eu", marketplaces=["DE", "FR"], orders=9
        )
        shop.connect("Hearth Europe", europe, "eu")
        both = [account.id for account in self.services.accounts.list(shop.owner)]
        for email, name, accounts in ((AGENT, "Anton Weber", both), (OTHER_AGENT, "Mei Tanaka", both[1:])):
            people.accept(people.invite(shop.owner, email, name, Role.AGENT, accounts), PASSWORD)
        invitation = people.invite(shop.owner, INVITED, "Rosa Duarte", Role.AGENT, both)
        for person in people.list():
            self._settle(person, undo_seconds=0)
        until(lambda: is_here(self.office, HELD, self._account.name), "all orders are here")
        self._let_days_go_by()
        return invitation

    def _settle(self, person: Person, undo_seconds: int) -> None:
        self.services.profiles.change(
            person.viewer(), name=person.name, language="en", zone="UTC", undo_seconds=undo_seconds
        )

    def _let_days_go_by(self) -> None:
        with self.services.database.write() as connection:
            for column in (person_table.c.created_at, audit.c.at):
                connection.execute(sa.update(column.table).values(_older(timedelta(days=12), column)))

    def _send_what_arrives(self) -> None:
        asked = "Your lamp is ready. Which day suits you for the delivery: Tuesday the 24th or Thursday the 26th?"
        wants = "Good morning, the slate blanket is sold out until May. Would you take the one in moss green instead?"
        sorry = "We are sorry: your parcel was damaged on its way, and a new pump leaves our house today."
        invoice = ("Invoice 2026-1187.pdf", PDF)
        self._deliver(AGENT, self._draft(AGENT, LAMP, "confirmDeliveryDetails", asked), hours=27)
        self._deliver(OWNER, self._draft(OWNER, KETTLE, "sendInvoice", "", [invoice]), hours=20)
        self._deliver(AGENT, self._draft(AGENT, BLANKET, "confirmOrderDetails", wants), hours=5)
        self._deliver(OWNER, self._draft(OWNER, PUMP, "unexpectedProblem", sorry), hours=2)

    def _send_what_nobody_knows_of(self) -> str:
        self.amazon.fault("createUnexpectedProblem", "reset_after")
        late = "Your kettle is held up by the carrier and will arrive on Friday. You need not do anything."
        return self._deliver(
            AGENT, self._draft(AGENT, KETTLE, "unexpectedProblem", late), hours=0.7, ends=State.UNKNOWN
        )

    def _send_what_is_refused(self) -> None:
        ruled = "Shall all five notebooks be dotted, or would you like some of them ruled?"
        draft = self._draft(OWNER, NOTEBOOKS, "confirmOrderDetails", ruled)
        self.amazon.order(order_id=NOTEBOOKS, types=["legalDisclosure"])  # what it takes has changed meanwhile
        self._deliver(OWNER, draft, hours=0.4, ends=State.REFUSED)

    def _send_later(self) -> None:
        draft = self._draft(OWNER, LAMP, "confirmDeliveryDetails", "Our driver comes tomorrow between 9 and 12.")
        at = now() + timedelta(hours=14)
        self.services.sending.send(self._viewer(OWNER), self._account, draft.id, draft.version, at=at)

    def _ask_for_approval(self) -> Draft:
        owner = self._viewer(OWNER)
        asks = "Here is how the engraving will look. May we make it so?"
        draft = self._draft(AGENT, HELD, "confirmCustomizationDetails", asks, [("Proof, front.pdf", PDF)])
        self.services.store.set_approval(owner, needed=True)
        self.services.sending.send(self._viewer(AGENT), self._account, draft.id, draft.version)
        self.services.store.set_approval(owner, needed=False)
        return draft

    def _write(self) -> None:
        kind = "Would you like the lamp with its linen shade or with the one of milk glass? Both are here."
        self._draft(OWNER, LAMP, "confirmOrderDetails", kind)
        self._draft(OWNER, MUG, "confirmCustomizationDetails", UNREADY, [("proof.pdf", PDF), ("table.xlsx", b"PK\3\4")])
        self.services.api_keys.make(self._viewer(OWNER), "nightly export")

    @property
    def _account(self) -> Account:
        return self.services.accounts.of(self.office.owner, "hearth")

    def _viewer(self, email: str) -> Viewer:
        return next(person for person in self.services.people.list() if person.email == email).viewer()

    def _draft(self, email: str, order_id: str, kind: str, text: str, files: Sequence[File] = ()) -> Draft:
        viewer, drafts = self._viewer(email), self.services.drafts
        made = drafts.save(viewer, self._account, order_id, type=kind, text=text)
        for name, content in files:
            made = drafts.add_file(viewer, self._account, order_id, name, content)
        self.services.offers.get(self._account, self.services.orders.get(self._account.id, order_id), language=True)
        return made

    def _deliver(self, email: str, draft: Draft, *, hours: float, ends: State = State.SENT) -> str:
        """Send a message, and let so many hours go by when it has come to its end; its id."""
        queued = self.services.sending.send(self._viewer(email), self._account, draft.id, draft.version)
        assert isinstance(queued, Message)
        until(lambda: self.services.outbox.get(queued.id).state is ends, f"the message is {ends}")
        self._make_older(queued.id, timedelta(hours=hours))
        return queued.id

    def _make_older(self, message_id: str, age: timedelta) -> None:
        whole = [message.c.queued_at, message.c.due_at, message.c.sent_at, message.c.ended_at]
        parts = ((message.c.id, whole), (event.c.message_id, [event.c.at]), (audit.c.about, [audit.c.at]))
        with self.services.database.write() as connection:
            for key, columns in parts:
                connection.execute(sa.update(key.table).where(key == message_id).values(_older(age, *columns)))


def _older(age: timedelta, *columns: sa.Column[datetime]) -> dict[str, sa.ColumnElement[int]]:
    """The changes that make these moments so much older."""
    milliseconds = round(age.total_seconds() * 1000)
    return {column.name: sa.literal_column(f"{column.name} - {milliseconds}", sa.BigInteger) for column in columns}
