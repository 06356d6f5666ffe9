"""Accounts on a sandbox, an outbox, the messages that were queued in it, and what became of them."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import count, product
from pathlib import Path
from string import ascii_lowercase
from typing import Any

import sqlalchemy as sa

from buyerline.outbox import Outbox
from buyerline.outbox.messages import Outgoing, State
from buyerline.outbox.schema import event, message
from buyerline.testing import SellerAccount
from tests.durability.checker import Evidence, Faults, Kept, Line, demand
from tests.durability.worker_process import Account, Settings
from tests.durability.workers import Workers
from tests.running import Amazon

OFFER = "getMessagingActionsForOrder"
UPLOAD = "createUploadDestinationForResource"
PLAIN = "createConfirmOrderDetails"
WITH_FILE = "createDigitalAccessKey"
POSTS = (PLAIN, WITH_FILE)
"""The operations that send the messages of these runs."""

PLAN = (1000.0, 100)
"""A usage plan of the messaging operations, calls a second and at once, that holds nobody up, even where buckets begin
empty."""

MANY = 90
"""More messages than a worker has under way at once for the accounts of these runs."""

SLOW = 0.05
"""Seconds by which Amazon's answers are late where something is to happen while messages are on their way."""

_WITHOUT_ANSWER = {"html", "reset_before", "reset_after", "hang_after", "half_answer"}
_STATES = frozenset(State)


class World:
    """A run's surroundings.

    Attributes:
        amazon: the sandbox.
        outbox: the outbox.
        settings: what workers are told.
        added: the messages that were queued, by id.
    """

    def __init__(self, amazon: Amazon, database_url: str, *, accounts: int = 3, plan: tuple[float, int] = PLAN) -> None:
        self.amazon = amazon
        for operation in (OFFER, *POSTS):
            amazon.set_usage_plan(operation, rate=plan[0], burst=plan[1])
        self._sellers = {f"seller-{number}": amazon.account(orders=0) for number in range(1, accounts + 1)}
        self._orders = {name: _order(amazon, seller) for name, seller in self._sellers.items()}
        self._marks = ("".join(letters) for letters in product(ascii_lowercase, repeat=4))
        self._numbers = count()
        self.outbox = Outbox(database_url, who="tester", options={"endpoint": amazon.url})
        self.added: dict[str, Outgoing] = {}
        self.settings = Settings(
            database=database_url,
            endpoint=amazon.url,
            accounts={name: _account(seller) for name, seller in self._sellers.items()},
            plan=plan,
        )

    def workers(self, folder: Path) -> Workers:
        """Workers for this outbox; their output goes into `folder`."""
        return Workers(self.outbox.database, self.settings, folder)

    def messages(self, number: int, *, with_file: bool = False) -> list[Outgoing]:
        """Messages that were never there before, for each account in turn."""
        accounts = list(self._sellers)
        return [self._message(accounts[index % len(accounts)], with_file=with_file) for index in range(number)]

    def queue(self, number: int, *, with_file: bool = False) -> list[str]:
        """Queue such messages; their ids."""
        return self.add(self.messages(number, with_file=with_file))

    def add(self, messages: Sequence[Outgoing]) -> list[str]:
        """Queue these messages; their ids."""
        ids = [added.message_id for added in self.outbox.add_many(messages)]
        self.added.update(zip(ids, messages, strict=True))
        return ids

    def number(self, *states: State) -> int:
        """How many messages are in one of these states."""
        counts = self.outbox.counts()
        return sum(counts.get(state, 0) for state in states)

    def settled(self) -> bool:
        """Whether no worker will change any message any more."""
        return self.number(State.QUEUED, State.SENDING) == 0

    def arrived(self) -> int:
        """How many messages Amazon has accepted."""
        return len(self.amazon.ledger())

    def demand(self, faults: Faults | None = None, *, working: bool = False) -> None:
        """Fail with everything that is wrong by now. Unanswered posts count as `faults` by themselves."""
        known = faults or Faults()
        demand(self.evidence(), Faults(known.cut_off, known.unanswered + self._unanswered()), working=working)

    def demand_all_sent(self, faults: Faults | None = None) -> None:
        """As `demand`, and every message must have been sent: the faults excuse no final unknown."""
        self.demand(faults)
        counts = {state: number for state, number in self.outbox.counts().items() if number}
        assert counts == {State.SENT: len(self.added)}, f"{len(self.added)} were to be sent: {counts}"

    def evidence(self) -> Evidence:
        """What there is in the outbox and at Amazon."""
        with self.outbox.database.read() as connection:
            kept = connection.execute(
                sa.select(message.c.id, message.c.state, message.c.attempts, message.c.request_id)
            ).all()
            lines = connection.execute(sa.select(event.c.message_id, event.c.who, event.c.what).order_by(event.c.id))
            histories: defaultdict[str, list[Line]] = defaultdict(list)
            for message_id, who, what in lines:
                if what in _STATES:
                    histories[message_id].append(Line(who, State(what)))
        outbox = {line.id: Kept(State(line.state), line.attempts, line.request_id, histories[line.id]) for line in kept}
        return Evidence(dict(self.added), outbox, self.amazon.messages())

    def close(self) -> None:
        """Close the outbox."""
        self.outbox.close()

    def _unanswered(self) -> int:
        """How many posts Amazon's side gave no usable answer to, by the faults that were played."""
        faults = self.amazon.control("GET", "faults")["faults"]
        return sum(fault["played"] for fault in faults if _leaves_unknown(fault))

    def _message(self, account: str, *, with_file: bool) -> Outgoing:
        number = next(self._numbers)
        order_id, text = self._orders[account], f"Your parcel is packed. Our mark: {next(self._marks)}"
        if not with_file:
            return Outgoing(order_id, "confirmOrderDetails", text, account=account)
        file = ("key.txt", f"The key of pair {number // 2}\n".encode())
        return Outgoing(order_id, "digitalAccessKey", text, [file], account=account)


def _leaves_unknown(fault: dict[str, Any]) -> bool:
    """Whether a fault leaves a post without a usable answer. 429 does not: Amazon has not taken the message."""
    if fault["operation"] not in POSTS:
        return False
    return fault["kind"] in _WITHOUT_ANSWER or (fault["kind"] == "status" and (fault["status"] or 500) >= 500)


def _order(amazon: Amazon, seller: SellerAccount) -> str:
    return amazon.order(account=seller.id, types=["confirmOrderDetails", "digitalAccessKey"], endless=True)


def _account(seller: SellerAccount) -> Account:
    return Account(seller.client_id, seller.client_secret, seller.refresh_token)
