"""A worker sends what is in the outbox: each message once, in its order, at its time."""

import asyncio
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from random import Random

import pytest
import sqlalchemy as sa

from buyerline.amazon.connect import ClientOptions
from buyerline.amazon.errors import ConfigurationError
from buyerline.outbox import Outbox, State, Worker
from buyerline.outbox.schema import content
from buyerline.outbox.schema import worker as worker_table
from tests.outbox.samples import TEXT, letter, letters
from tests.outbox.serving import options_for, send_all, serving, until
from tests.running import Amazon, running

GET, POST = "getMessagingActionsForOrder", "createConfirmOrderDetails"
KEY_FILE = ("key.txt", b"The key is in the box.")
INVOICE = ("invoice.txt", b"One lamp, 5 dollars.")


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers look after their house so often that no test waits for it."""
    monkeypatch.setattr("buyerline.outbox.worker.ROUND", 0.05)


@pytest.fixture
def options(amazon: Amazon) -> ClientOptions:
    return options_for(amazon)


@pytest.fixture
def outbox(sqlite_url: str, amazon: Amazon) -> Iterator[Outbox]:
    with Outbox(sqlite_url, who="ann", options={"endpoint": amazon.url}) as opened:
        yield opened


def texts(amazon: Amazon) -> list[str]:
    """What the buyers got, in order."""
    return [message["text"] for message in amazon.ledger()]


class TestSending:
    def test_sends_everything_once(self, database_url: str, amazon: Amazon) -> None:
        shop = amazon.account(orders=0)
        order = amazon.order(account=shop.id, types=["confirmOrderDetails"])
        options = options_for(amazon, shop=shop)
        with Outbox(database_url, who="ann", options=options) as outbox:
            ids = [
                each.message_id for each in outbox.add_many([*letters(3), *letters(2, account="shop", order_id=order)])
            ]
            for _ in range(2):
                send_all(database_url, options)
            sent = [outbox.get(message_id) for message_id in ids]
            history = outbox.history(ids[0])
        arrived = {message["request_id"]: message for message in amazon.ledger()}
        assert len(arrived) == 5
        for message in sent:
            assert (message.state, message.attempts, message.reason) == (State.SENT, 1, None)
            assert message.sent_at is not None
            assert message.request_id is not None
            there = arrived[message.request_id]
            assert (there["order_id"], there["type"], there["text"]) == (message.order_id, message.type, message.text)
        assert [event.what for event in history] == ["queued", "sending", "sent"]
        assert history[1].who == history[2].who
        assert history[1].who.startswith("worker ")
        assert history[2].request_id == sent[0].request_id

    def test_ends_when_nothing_is_due(self, outbox: Outbox, sqlite_url: str, options: ClientOptions) -> None:
        send_all(sqlite_url, options)
        assert outbox.counts() == {}

    def test_leaves_nothing_of_itself_behind(self, outbox: Outbox, database_url: str, options: ClientOptions) -> None:
        with Outbox(database_url, options=options) as outbox:
            outbox.add_many([letter()])
            send_all(database_url, options)
            with outbox.database.read() as connection:
                assert connection.execute(sa.select(worker_table.c.id)).all() == []

    def test_notices_a_new_message_by_itself(
        self, outbox: Outbox, sqlite_url: str, amazon: Amazon, options: ClientOptions
    ) -> None:
        async def work() -> None:
            async with serving(sqlite_url, options):
                for some in (letters(1), letters(2)):
                    outbox.add_many(some)
                    await until(lambda: outbox.counts() == {State.SENT: len(amazon.ledger())}, "all is sent")

        asyncio.run(work())

    def test_sends_to_every_marketplace_of_an_account(
        self, outbox: Outbox, sqlite_url: str, amazon: Amazon, options: ClientOptions
    ) -> None:
        order = amazon.order(marketplace="CA", types=["confirmOrderDetails"])
        outbox.add_many([letter(), letter(order_id=order, marketplace="CA")])
        send_all(sqlite_url, options)
        assert [message["marketplace_id"] for message in amazon.ledger()] == ["ATVPDKIKX0DER", "A2EUQ1WTGCTBG2"]

    def test_posts_a_type_of_which_nothing_is_known_at_the_callers_word(self, sqlite_url: str) -> None:
        """The sandbox offers one as Amazon does, and has no operation for it either."""
        with (
            running(offer_update_feedback=True) as amazon,
            Outbox(sqlite_url, options={"endpoint": amazon.url}) as outbox,
        ):
            order = amazon.order(types=["updateFeedback"])
            facts = {"type": "updateFeedback", "order_id": order, "allow_unlisted": True}
            [added] = outbox.add_many([letter(None, **facts)])
            send_all(sqlite_url, options_for(amazon))
            message = outbox.get(added.message_id)
        assert (message.state, message.attempts) == (State.REFUSED, 1)

    def test_never_sends_what_was_queued_for_another_endpoint(
        self, sqlite_url: str, amazon: Amazon, options: ClientOptions
    ) -> None:
        with (
            Outbox(sqlite_url, options={"endpoint": "https://amazon.example"}) as others,
            Outbox(sqlite_url, options=options) as ours,
        ):
            theirs, own = [outbox.add_many([letter()])[0].message_id for outbox in (others, ours)]
            send_all(sqlite_url, options)
            assert (ours.get(theirs).state, ours.get(own).state) == (State.QUEUED, State.SENT)
        assert len(amazon.ledger()) == 1


class TestOrder:
    def test_is_by_priority_and_then_by_age(
        self, outbox: Outbox, sqlite_url: str, amazon: Amazon, options: ClientOptions
    ) -> None:
        """In a burst too, where many messages are on their way at once."""
        amazon.lift_plans()
        chance = Random(5)
        queued = [letter(f"{TEXT} {number}", priority=chance.randint(-2, 2)) for number in range(40)]
        outbox.add_many(queued)
        send_all(sqlite_url, options)
        expected = sorted(queued, key=lambda each: -each.priority)
        assert texts(amazon) == [each.text for each in expected]

    def test_is_kept_when_an_earlier_message_takes_longer_to_get_ready(
        self, outbox: Outbox, sqlite_url: str, amazon: Amazon, options: ClientOptions
    ) -> None:
        outbox.add_many(letters(3))
        amazon.fault(GET, "delay", seconds=0.3)
        send_all(sqlite_url, options)
        assert texts(amazon) == [each.text for each in letters(3)]

    def test_of_one_account_is_nothing_to_another(
        self, outbox: Outbox, sqlite_url: str, amazon: Amazon, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A message that gets no answer holds up no other account."""
        monkeypatch.setattr("buyerline.outbox.worker.GRACE", 0.1)
        shop = amazon.account(orders=0)
        order = amazon.order(account=shop.id, types=["confirmOrderDetails"])
        stuck, last = outbox.add_many(
            [letter(type="unexpectedProblem", priority=1000), letter(account="shop", order_id=order, priority=-1000)]
        )
        amazon.fault("createUnexpectedProblem", "hang_after")

        async def work() -> None:
            async with serving(sqlite_url, options_for(amazon, shop=shop)):
                await until(lambda: outbox.get(last.message_id).state is State.SENT, "the other is sent")
                await until(lambda: outbox.get(stuck.message_id).state is State.SENDING, "the one waits")

        asyncio.run(work())


class TestUsagePlans:
    def test_are_kept(self, outbox: Outbox, sqlite_url: str, amazon: Amazon, options: ClientOptions) -> None:
        """One message a second and five at once: the sixth waits, and none is throttled."""
        outbox.add_many(letters(6))
        send_all(sqlite_url, options)
        assert amazon.counts(GET) == {"200": 6}
        assert amazon.counts(POST) == {"201": 6}

    def test_are_kept_from_one_worker_to_the_next(
        self, outbox: Outbox, sqlite_url: str, amazon: Amazon, options: ClientOptions
    ) -> None:
        async def work(number: int) -> None:
            outbox.add_many(letters(number))
            async with serving(sqlite_url, options):
                await until(lambda: outbox.counts() == {State.SENT: number}, "all is sent")

        for number in (5, 6):
            asyncio.run(work(number))
        assert amazon.counts(GET) == {"200": 6}
        assert amazon.counts(POST) == {"201": 6}


class TestTime:
    def test_a_message_waits_for_its_time(
        self, outbox: Outbox, sqlite_url: str, amazon: Amazon, options: ClientOptions
    ) -> None:
        soon = datetime.now(UTC) + timedelta(seconds=0.5)
        [added] = outbox.add_many([letter(not_before=soon)])

        async def work() -> None:
            async with serving(sqlite_url, options):
                await until(amazon.ledger, "it arrives")

        asyncio.run(work())
        sent_at = outbox.get(added.message_id).sent_at
        assert sent_at is not None
        assert sent_at >= soon

    def test_what_is_to_come_keeps_nobody_busy(
        self, outbox: Outbox, sqlite_url: str, amazon: Amazon, options: ClientOptions
    ) -> None:
        [added] = outbox.add_many([letter(not_before=datetime.now(UTC) + timedelta(hours=1))])
        send_all(sqlite_url, options)
        assert outbox.get(added.message_id).state is State.QUEUED
        assert amazon.ledger() == []

    def test_a_message_expires(self, outbox: Outbox, sqlite_url: str, amazon: Amazon, options: ClientOptions) -> None:
        over = datetime.now(UTC) - timedelta(seconds=1)
        late, waiting = outbox.add_many(
            [letter("Late.", expires_at=over), letter("Waiting.", not_before=over - timedelta(1), expires_at=over)]
        )
        send_all(sqlite_url, options)
        for added in (late, waiting):
            assert outbox.get(added.message_id).state is State.EXPIRED
            assert [event.what for event in outbox.history(added.message_id)] == ["queued", "expired"]
        assert amazon.ledger() == []

    def test_a_message_that_expires_while_it_waits_for_its_turn_is_not_sent(
        self, outbox: Outbox, sqlite_url: str, amazon: Amazon, options: ClientOptions
    ) -> None:
        """Five may go at once, and the sixth a second later."""
        soon = datetime.now(UTC) + timedelta(seconds=0.5)
        *_, last = outbox.add_many([*letters(5), letter("The last.", expires_at=soon)])
        send_all(sqlite_url, options)
        assert outbox.get(last.message_id).state is State.EXPIRED
        assert outbox.get(last.message_id).attempts == 0
        assert len(amazon.ledger()) == 5


class TestAttachments:
    def test_go_with_the_message_and_are_forgotten(
        self, database_url: str, amazon: Amazon, options: ClientOptions
    ) -> None:
        with Outbox(database_url, options=options) as outbox:
            key = letter(type="digitalAccessKey", attachments=[KEY_FILE, INVOICE])
            outbox.add_many([key, letter(None, type="sendInvoice", attachments=[INVOICE])])
            send_all(database_url, options)
            assert outbox.counts() == {State.SENT: 2}
            assert stored(outbox) == []
            facts = [[file.file_name for file in message.files] for message in outbox.list()]
        files = {message["type"]: message["attachments"] for message in amazon.ledger()}
        assert [file["file_name"] for file in files["digitalAccessKey"]] == ["key.txt", "invoice.txt"]
        assert [(file["file_name"], file["size"]) for file in files["invoice"]] == [("invoice.txt", 20)]
        assert facts == [["invoice.txt"], ["key.txt", "invoice.txt"]]

    def test_of_what_was_refused_are_kept_for_another_try(
        self, outbox: Outbox, sqlite_url: str, amazon: Amazon, options: ClientOptions
    ) -> None:
        [added] = outbox.add_many([letter(None, type="invoice", attachments=[INVOICE])])
        amazon.fault("sendInvoice", "status", status=400)
        send_all(sqlite_url, options)
        assert outbox.get(added.message_id).state is State.REFUSED
        assert stored(outbox) == [sha256(INVOICE[1]).hexdigest()]
        outbox.retry(added.message_id)
        send_all(sqlite_url, options)
        assert outbox.get(added.message_id).state is State.SENT
        assert stored(outbox) == []

    def test_are_kept_as_long_as_another_message_needs_them(
        self, outbox: Outbox, sqlite_url: str, options: ClientOptions
    ) -> None:
        later = datetime.now(UTC) + timedelta(hours=1)
        for facts in ({}, {"idempotency_key": "later", "not_before": later}):
            outbox.add_many([letter(None, type="invoice", attachments=[INVOICE], **facts)])
        send_all(sqlite_url, options)
        assert outbox.counts() == {State.SENT: 1, State.QUEUED: 1}
        assert stored(outbox) == [sha256(INVOICE[1]).hexdigest()]


def stored(outbox: Outbox) -> list[str]:
    """The SHA-256 of all bytes that are kept."""
    with outbox.database.read() as connection:
        return list(connection.execute(sa.select(content.c.sha256)).scalars())


def test_a_worker_that_cannot_begin_leaves_nothing_behind(
    outbox: Outbox, sqlite_url: str, options: ClientOptions
) -> None:
    with pytest.raises(ConfigurationError, match="proxy"):
        send_all(sqlite_url, options | {"proxy": "::::"})
    with outbox.database.read() as connection:
        assert connection.execute(sa.select(worker_table.c.id)).all() == []
    assert "buyerline-outbox" not in [thread.name for thread in threading.enumerate()]


class TestOneMessageAlone:
    def test_is_sent_and_the_others_are_left(self, database_url: str, amazon: Amazon, options: ClientOptions) -> None:
        steps: list[int] = []
        with Outbox(database_url, options=options) as outbox:
            added = outbox.add_many(letters(3))
            send_all(database_url, options, only=added[1].message_id, on_step=lambda step: steps.append(step.number))
            states = [outbox.get(each.message_id).state for each in added]
        assert states == [State.QUEUED, State.SENT, State.QUEUED]
        assert texts(amazon) == [letters(3)[1].text]
        assert steps[:4] == [2, 3, 4, 5]

    def test_that_is_not_to_be_sent_ends_the_worker(
        self, outbox: Outbox, sqlite_url: str, amazon: Amazon, options: ClientOptions
    ) -> None:
        [added] = outbox.add_many([letter()])
        outbox.cancel(added.message_id)
        send_all(sqlite_url, options, only=added.message_id)
        assert amazon.requests() == []


class TestStopping:
    def test_lets_what_has_left_be_answered(
        self, outbox: Outbox, sqlite_url: str, amazon: Amazon, options: ClientOptions
    ) -> None:
        [added] = outbox.add_many([letter()])
        amazon.fault(POST, "delay", seconds=0.5)

        async def work() -> None:
            async with serving(sqlite_url, options):
                await until(lambda: outbox.counts().get(State.SENDING), "it has left")

        asyncio.run(work())
        assert outbox.get(added.message_id).state is State.SENT

    def test_lets_what_has_not_left_be_sent_another_time(
        self, outbox: Outbox, sqlite_url: str, amazon: Amazon, options: ClientOptions
    ) -> None:
        added = outbox.add_many(letters(3))
        amazon.fault(GET, "delay", seconds=0.5, count=3)

        async def work() -> None:
            async with serving(sqlite_url, options) as serves:
                await until(lambda: serves.accounts.get("default"), "they are on their way")

        asyncio.run(work())
        assert outbox.counts() == {State.QUEUED: 3}
        send_all(sqlite_url, options)
        assert [outbox.get(each.message_id).attempts for each in added] == [1, 1, 1]
        assert len(amazon.ledger()) == 3

    def test_makes_unknown_what_gets_no_answer(
        self,
        outbox: Outbox,
        sqlite_url: str,
        amazon: Amazon,
        options: ClientOptions,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("buyerline.outbox.worker.GRACE", 0.1)
        [added] = outbox.add_many([letter()])
        amazon.fault(POST, "hang_after")

        async def work() -> None:
            async with serving(sqlite_url, options):
                await until(lambda: outbox.counts().get(State.SENDING), "it has left")

        asyncio.run(work())
        message = outbox.get(added.message_id)
        assert message.state is State.UNKNOWN
        assert "The worker was stopped while the message was on its way" in (message.reason or "")

    def test_before_it_has_begun_ends_it_at_once(
        self, outbox: Outbox, sqlite_url: str, amazon: Amazon, options: ClientOptions
    ) -> None:
        outbox.add_many([letter()])
        worker = Worker(sqlite_url, options=options)
        worker.stop()
        asyncio.run(worker.run())
        assert amazon.requests() == []


class TestCancelling:
    def test_holds_for_a_message_that_is_just_being_made_ready(
        self, outbox: Outbox, sqlite_url: str, amazon: Amazon, options: ClientOptions
    ) -> None:
        [added] = outbox.add_many([letter()])
        amazon.fault(GET, "delay", seconds=0.5)

        async def work() -> None:
            async with serving(sqlite_url, options) as serves:
                await until(lambda: serves.accounts.get("default"), "it is being made ready")
                outbox.cancel(added.message_id)
                await until(lambda: amazon.counts(GET), "the answer is here")
                await until(lambda: serves.accounts.get("default") == 0, "it was given up")

        asyncio.run(work())
        assert outbox.get(added.message_id).state is State.CANCELLED
        assert amazon.ledger() == []
