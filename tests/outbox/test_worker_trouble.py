"""What a worker does when Amazon says no, says nothing, or cannot be asked."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from buyerline.amazon.connect import ClientOptions
from buyerline.amazon.credentials import Credentials
from buyerline.amazon.flow import HttpRequest, HttpResponse
from buyerline.amazon.transport import AsyncDriver
from buyerline.outbox import Message, Outbox, State
from buyerline.outbox.schema import message
from buyerline.testing import SellerAccount
from tests.outbox.samples import letter, letters
from tests.outbox.serving import options_for, send_all, serving, until
from tests.running import Amazon

GET, POST, REMOVAL = "getMessagingActionsForOrder", "createConfirmOrderDetails", "createNegativeFeedbackRemoval"


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


@pytest.fixture
def send(sqlite_url: str, options: ClientOptions) -> Callable[..., None]:
    """A worker that sends until nothing is due; keywords are those of `Worker`."""
    return lambda **settings: send_all(sqlite_url, options, **settings)


Send = Callable[..., None]


def queue(outbox: Outbox, **facts: Any) -> str:
    """Queue a message; its id."""
    return outbox.add_many([letter(**facts)])[0].message_id


def become(outbox: Outbox, url: str, options: ClientOptions, message_id: str, state: State) -> Message:
    """Let a worker serve until a message has come to this state."""

    async def work() -> None:
        async with serving(url, options):
            await until(lambda: outbox.get(message_id).state is state, f"it is {state}")

    asyncio.run(work())
    return outbox.get(message_id)


class TestRefused:
    @pytest.mark.parametrize("status", [400, 404, 413, 415])
    def test_by_amazon_is_refused_with_its_words(self, outbox: Outbox, amazon: Amazon, send: Send, status: int) -> None:
        message_id = queue(outbox)
        amazon.fault(POST, "status", status=status)
        send()
        found = outbox.get(message_id)
        assert (found.state, found.attempts) == (State.REFUSED, 1)
        assert found.request_id is not None
        assert f"Amazon answered {status}" in (found.reason or "")
        assert found.request_id in (found.reason or "")
        [*_, last] = outbox.history(message_id)
        assert (last.what, last.request_id, last.note) == ("refused", found.request_id, found.reason)
        assert amazon.ledger() == []

    def test_before_it_was_posted_was_never_tried(self, outbox: Outbox, amazon: Amazon, send: Send) -> None:
        """Amazon does not offer the type for the order."""
        order = amazon.order(types=["legalDisclosure"])
        message_id = queue(outbox, order_id=order)
        send()
        found = outbox.get(message_id)
        assert (found.state, found.attempts, found.request_id) == (State.REFUSED, 0, None)
        assert "What can be sent: legalDisclosure" in (found.reason or "")

    def test_for_a_role_that_the_seller_did_not_grant(self, outbox: Outbox, sqlite_url: str, amazon: Amazon) -> None:
        shop = amazon.account(roles=["Product Listing"], orders=0)
        message_id = queue(outbox, account="shop", order_id=amazon.order(account=shop.id))
        send_all(sqlite_url, options_for(amazon, shop=shop))
        found = outbox.get(message_id)
        assert (found.state, found.attempts) == (State.REFUSED, 0)
        assert "Amazon answered 403" in (found.reason or "")

    def test_is_told_in_the_log_without_what_it_says(
        self, outbox: Outbox, amazon: Amazon, send: Send, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level("INFO", "buyerline.outbox"):
            sent = queue(outbox)
            send()
            refused = queue(outbox, text="Is the blue one for Ms Doe?")
            amazon.fault(POST, "status", status=400)
            send()
        assert f"message {refused} for order {amazon.guide_order} is refused" in caplog.messages
        assert sent not in caplog.text
        assert "Doe" not in caplog.text

    def test_may_be_tried_again(self, outbox: Outbox, amazon: Amazon, send: Send) -> None:
        message_id = queue(outbox)
        amazon.fault(POST, "status", status=400)
        send()
        outbox.retry(message_id)
        send()
        found = outbox.get(message_id)
        assert (found.state, found.attempts, found.reason) == (State.SENT, 2, None)
        assert len(amazon.ledger()) == 1


class TestNotNow:
    @pytest.mark.parametrize(("operation", "status"), [(GET, 429), (GET, 503), ("lwa", 503)])
    def test_is_tried_again_later(
        self, outbox: Outbox, sqlite_url: str, amazon: Amazon, operation: str, status: int
    ) -> None:
        message_id = queue(outbox)
        amazon.fault(operation, "status", status=status)
        found = become(outbox, sqlite_url, options_for(amazon) | {"repeats": 0}, message_id, State.SENT)
        assert (found.attempts, found.reason) == (1, None)
        again = [event for event in outbox.history(message_id) if event.note]
        assert [event.what for event in again] == ["queued"]
        assert f"Amazon answered {status}" in (again[0].note or "")
        assert len(amazon.ledger()) == 1

    def test_of_the_message_itself_queues_it_again_between_two_attempts(
        self, outbox: Outbox, sqlite_url: str, amazon: Amazon, options: ClientOptions
    ) -> None:
        """So that it does not count as being sent while it waits."""
        message_id = queue(outbox)
        amazon.fault(POST, "status", status=429)
        assert become(outbox, sqlite_url, options, message_id, State.SENT).attempts == 2
        whats = [event.what for event in outbox.history(message_id)]
        assert whats == ["queued", "sending", "queued", "sending", "sent"]
        assert len(amazon.ledger()) == 1

    def test_says_why_it_waits(self, outbox: Outbox, sqlite_url: str, amazon: Amazon) -> None:
        message_id = queue(outbox)
        with amazon.faulty(GET, "status", status=503):
            send_all(sqlite_url, options_for(amazon) | {"repeats": 0})
        found = outbox.get(message_id)
        assert found.state is State.QUEUED
        assert found.not_before is not None
        assert "Amazon answered 503" in (found.reason or "")


class TestAnAccountWithoutAuthorisation:
    @pytest.fixture
    def revoked(self, amazon: Amazon) -> SellerAccount:
        return amazon.account(revoked=True, orders=0)

    def test_is_stopped_with_its_reason_and_the_others_go_on(
        self, outbox: Outbox, sqlite_url: str, amazon: Amazon, revoked: SellerAccount
    ) -> None:
        outbox.add_many([*letters(3, account="shop"), letter()])
        send_all(sqlite_url, options_for(amazon, shop=revoked))
        assert outbox.counts() == {State.QUEUED: 3, State.SENT: 1}
        assert list(outbox.stopped()) == ["shop"]
        assert "invalid_grant" in outbox.stopped()["shop"]
        assert {found.attempts for found in outbox.list(state="queued")} == {0}

    def test_without_any_credentials_is_stopped_too(self, outbox: Outbox, send: Send) -> None:
        queue(outbox, account="nobody")
        send()
        assert "none found for account 'nobody'" in outbox.stopped()["nobody"]

    def test_is_tried_again_by_the_next_worker(
        self, outbox: Outbox, sqlite_url: str, amazon: Amazon, revoked: SellerAccount
    ) -> None:
        shop = amazon.account(orders=0)
        order = amazon.order(account=shop.id, types=["confirmOrderDetails"])
        message_id = queue(outbox, account="shop", order_id=order)
        for seller in (revoked, shop):
            send_all(sqlite_url, options_for(amazon, shop=seller))
        assert outbox.stopped() == {}
        assert outbox.get(message_id).state is State.SENT

    def test_goes_on_at_a_retry_with_the_credentials_that_are_there_by_then(
        self, outbox: Outbox, sqlite_url: str, amazon: Amazon, revoked: SellerAccount
    ) -> None:
        shop = amazon.account(orders=0)
        order = amazon.order(account=shop.id, types=["confirmOrderDetails"])
        message_id = queue(outbox, account="shop", order_id=order)
        stored = [revoked.credentials]

        def look(_: str) -> Credentials:
            return stored[0]

        async def work() -> None:
            async with serving(sqlite_url, options_for(amazon) | {"sources": [look]}):
                await until(outbox.stopped, "the account is stopped")
                stored[0] = shop.credentials
                outbox.retry(message_id)
                await until(lambda: outbox.get(message_id).state is State.SENT, "it is sent")

        asyncio.run(work())
        assert outbox.stopped() == {}


class TestUnknown:
    @pytest.mark.parametrize(("fault", "arrived"), [("reset_after", 1), ("half_answer", 1), ("reset_before", 0)])
    def test_is_never_sent_again_by_itself(
        self, outbox: Outbox, amazon: Amazon, send: Send, fault: Any, arrived: int
    ) -> None:
        message_id = queue(outbox)
        amazon.fault(POST, fault)
        for _ in range(2):
            send()
        found = outbox.get(message_id)
        assert (found.state, found.attempts, found.sent_at) == (State.UNKNOWN, 1, None)
        assert "Look in Seller Central" in (found.reason or "")
        assert len(amazon.ledger()) == arrived
        assert sum(amazon.counts(POST).values()) == 1

    def test_keeps_the_request_id_where_there_was_an_answer(self, outbox: Outbox, amazon: Amazon, send: Send) -> None:
        message_id = queue(outbox)
        amazon.fault(POST, "status", status=500)
        send()
        found = outbox.get(message_id)
        assert found.state is State.UNKNOWN
        assert found.request_id is not None

    def test_is_whatever_goes_wrong_on_this_side_after_it_has_left(
        self, outbox: Outbox, amazon: Amazon, send: Send, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A mistake that nobody foresaw, in the library that takes the answer in for example."""
        exchange = AsyncDriver._exchange

        async def mistaken(driver: AsyncDriver, request: HttpRequest) -> HttpResponse:
            answer = await exchange(driver, request)
            if request.operation == POST:
                raise RuntimeError("nobody foresaw this")
            return answer

        monkeypatch.setattr(AsyncDriver, "_exchange", mistaken)
        message_id = queue(outbox)
        send()
        assert len(amazon.ledger()) == 1
        assert outbox.get(message_id).state is State.UNKNOWN

    def test_is_sent_again_where_the_user_wants_that(self, outbox: Outbox, amazon: Amazon, send: Send) -> None:
        message_id = queue(outbox)
        amazon.fault(POST, "reset_after")
        send(resend=True)
        found = outbox.get(message_id)
        assert (found.state, found.attempts) == (State.SENT, 2)
        assert len(amazon.ledger()) == 2, "the buyer has it twice, as was to be feared"
        notes = [event.note for event in outbox.history(message_id) if event.what == "queued"]
        assert notes[1:] == ["sent again without anybody knowing whether it had arrived (--on-unknown resend)"]

    def test_is_sent_again_only_so_often(self, outbox: Outbox, amazon: Amazon, send: Send) -> None:
        message_id = queue(outbox)
        amazon.fault(POST, "reset_before", count=None)
        send(resend=True)
        found = outbox.get(message_id)
        assert (found.state, found.attempts) == (State.UNKNOWN, 3)

    def test_that_did_not_arrive_is_sent_once_somebody_says_so(
        self, outbox: Outbox, amazon: Amazon, send: Send
    ) -> None:
        message_id = queue(outbox)
        amazon.fault(POST, "reset_before")
        send()
        outbox.resolve(message_id, arrived=False)
        send()
        found = outbox.get(message_id)
        assert (found.state, found.attempts, found.reason) == (State.SENT, 2, None)
        whats = [event.what for event in outbox.history(message_id)]
        assert whats == ["queued", "sending", "unknown", "queued", "sending", "sent"]

    def test_that_arrived_is_never_sent_again(self, outbox: Outbox, amazon: Amazon, send: Send) -> None:
        message_id = queue(outbox)
        amazon.fault(POST, "reset_after")
        send()
        outbox.resolve(message_id, arrived=True)
        send()
        assert outbox.get(message_id).state is State.SENT
        assert len(amazon.ledger()) == 1


class TestLookingInto:
    """An order takes some types once: of these, what Amazon offers tells whether a message was sent."""

    @pytest.fixture
    def order(self, amazon: Amazon) -> str:
        return amazon.order(types=["negativeFeedbackRemoval", "confirmOrderDetails"])

    def ask(self, outbox: Outbox, order: str) -> str:
        return queue(outbox, text=None, type="negativeFeedbackRemoval", order_id=order)

    def test_finds_that_it_was_sent_when_it_is_not_offered_any_more(
        self, outbox: Outbox, sqlite_url: str, amazon: Amazon, options: ClientOptions, order: str
    ) -> None:
        message_id = self.ask(outbox, order)
        amazon.fault(REMOVAL, "reset_after")
        found = become(outbox, sqlite_url, options, message_id, State.SENT)
        assert found.reason == "Amazon has stopped offering this type, which an order takes once: it was sent."
        assert found.sent_at is None, "nobody knows when"
        assert [event.what for event in outbox.history(message_id)] == ["queued", "sending", "unknown", "sent"]
        assert len(amazon.ledger()) == 1

    def test_decides_nothing_while_it_is_offered(
        self, outbox: Outbox, sqlite_url: str, amazon: Amazon, options: ClientOptions, order: str
    ) -> None:
        message_id = self.ask(outbox, order)
        amazon.fault(REMOVAL, "reset_before")

        async def work() -> None:
            async with serving(sqlite_url, options):
                await until(lambda: len(outbox.history(message_id)) == 4, "it was looked into")

        asyncio.run(work())
        assert outbox.get(message_id).state is State.UNKNOWN
        last = outbox.history(message_id)[-1]
        assert (last.what, last.note) == ("looked into", "Amazon still offers negativeFeedbackRemoval.")
        assert amazon.ledger() == []

    def test_decides_nothing_where_the_order_takes_no_messages_at_all(
        self, outbox: Outbox, sqlite_url: str, amazon: Amazon, options: ClientOptions
    ) -> None:
        """A closed order offers nothing, whatever was sent."""
        message_id = self.ask(outbox, amazon.order(closed=True))
        values = {"state": State.UNKNOWN, "ready": False, "attempts": 1, "look_at": datetime.now(UTC)}
        with outbox.database.write() as connection:
            connection.execute(sa.update(message).values(values))

        async def work() -> None:
            async with serving(sqlite_url, options):
                await until(lambda: len(outbox.history(message_id)) == 2, "it was looked into")

        asyncio.run(work())
        assert outbox.get(message_id).state is State.UNKNOWN
        assert "takes no messages for this order now" in (outbox.history(message_id)[-1].note or "")


def test_a_file_store_that_is_out_of_order_only_delays(outbox: Outbox, sqlite_url: str, amazon: Amazon) -> None:
    message_id = queue(outbox, text=None, type="invoice", attachments=[("invoice.txt", b"One lamp, 5 dollars.")])
    amazon.fault("s3", "status", status=503)
    found = become(outbox, sqlite_url, options_for(amazon) | {"repeats": 0}, message_id, State.SENT)
    assert found.attempts == 1
