"""Looking at messages, and deciding about them."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from buyerline.outbox import Event, MessageUnknown, Outbox, State, WrongState
from buyerline.outbox import reading as reading_module
from buyerline.outbox.schema import account, message
from buyerline.outbox.stops import DISCONNECTED
from tests.outbox.samples import NOWHERE, ORDER, letter, letters

SOON = datetime(2031, 1, 1, tzinfo=UTC)
DECISIONS: list[Callable[[Outbox, str], object]] = [
    Outbox.get,
    Outbox.history,
    Outbox.cancel,
    Outbox.retry,
    lambda outbox, message_id: outbox.resolve(message_id, arrived=True),
]


@pytest.fixture
def outbox(database_url: str) -> Iterator[Outbox]:
    with Outbox(database_url, who="ann", options={"endpoint": NOWHERE}) as opened:
        yield opened


@pytest.fixture
def plain(sqlite_url: str) -> Iterator[Outbox]:
    """One whose database does not matter."""
    with Outbox(sqlite_url, who="ann", options={"endpoint": NOWHERE}) as opened:
        yield opened


def queue(outbox: Outbox, **facts: Any) -> str:
    """Queue a message; its id."""
    return outbox.add_many([letter(**facts)])[0].message_id


def come_to(outbox: Outbox, message_id: str, state: State, **columns: Any) -> None:
    """Let a worker have brought a message to this state."""
    values = {"state": state, "ready": False, "attempts": 1, "reason": "a worker's words", **columns}
    with outbox.database.write() as connection:
        connection.execute(sa.update(message).where(message.c.id == message_id).values(values))


def brought_to(outbox: Outbox, state: State, **facts: Any) -> str:
    """A message in this state; its id."""
    message_id = queue(outbox, **facts)
    if state is not State.QUEUED:
        come_to(outbox, message_id, state)
    return message_id


class TestLooking:
    @pytest.mark.parametrize("decide", DECISIONS)
    def test_at_an_unknown_id_says_so(self, plain: Outbox, decide: Callable[[Outbox, str], object]) -> None:
        queue(plain)
        with pytest.raises(MessageUnknown, match="0000000000000000"):
            decide(plain, "0000000000000000")

    def test_at_an_account_that_nobody_ever_named_finds_nothing(self, plain: Outbox) -> None:
        queue(plain)
        assert plain.list(account="nobody") == []

    def test_shows_the_newest_first(self, outbox: Outbox) -> None:
        ids = [added.message_id for added in outbox.add_many(letters(5))]
        assert [message.id for message in outbox.list()] == ids[::-1]

    def test_goes_page_by_page(self, outbox: Outbox) -> None:
        ids = [added.message_id for added in outbox.add_many(letters(5))]
        first = outbox.list(limit=2)
        second = outbox.list(limit=2, before=first[-1].id)
        third = outbox.list(limit=2, before=second[-1].id)
        assert [each.id for page in (first, second, third) for each in page] == ids[::-1]

    @pytest.mark.parametrize(
        "wanted",
        [
            {"state": "queued"},
            {"state": State.QUEUED},
            {"account": "shop"},
            {"order_id": ORDER},
            {"batch": "monday"},
            {"state": "queued", "account": "shop", "order_id": ORDER, "batch": "monday"},
        ],
        ids="+".join,
    )
    def test_is_limited_to_what_was_asked_for(self, plain: Outbox, wanted: dict[str, Any]) -> None:
        [added] = plain.add_many([letter(account="shop")], batch="monday")
        other = queue(plain, account="default", order_id="902-6786204-8179806")
        come_to(plain, other, State.SENT)
        assert [message.id for message in plain.list(**wanted)] == [added.message_id]

    def test_for_a_state_that_does_not_exist_is_a_mistake(self, plain: Outbox) -> None:
        with pytest.raises(ValueError, match="sended"):
            plain.list(state="sended")

    def test_finds_an_accounts_messages_at_every_endpoint(self, sqlite_url: str) -> None:
        for endpoint in (NOWHERE, "https://amazon.example"):
            with Outbox(sqlite_url, options={"endpoint": endpoint}) as outbox:
                queue(outbox)
        with Outbox(sqlite_url) as outbox:
            assert [each.endpoint for each in outbox.list(account="default")] == ["https://amazon.example", NOWHERE]

    def test_finds_each_messages_own_attachments(self, outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
        """Also where they are looked up in several statements."""
        monkeypatch.setattr(reading_module, "AT_ONCE", 2)
        files = [[(f"{number}-{part}.txt", b"A key.") for part in range(number)] for number in (0, 1, 2, 3)]
        outbox.add_many([letter(f"Number {len(some)}", type="digitalAccessKey", attachments=some) for some in files])
        found = [[file.file_name for file in each.files] for each in outbox.list()]
        assert found == [["3-0.txt", "3-1.txt", "3-2.txt"], ["2-0.txt", "2-1.txt"], ["1-0.txt"], []]

    def test_counts_the_messages_in_each_state(self, outbox: Outbox) -> None:
        queue(outbox, text="One.")
        for number in range(2):
            brought_to(outbox, State.UNKNOWN, text=f"Unknown {number}")
        assert outbox.counts() == {State.QUEUED: 1, State.UNKNOWN: 2}


class TestCancelling:
    def test_takes_a_queued_message_back(self, outbox: Outbox) -> None:
        message_id = queue(outbox)
        cancelled = outbox.cancel(message_id)
        assert (cancelled.state, cancelled.reason) == (State.CANCELLED, "cancelled by ann")
        assert [event.what for event in outbox.history(message_id)] == ["queued", "cancelled"]

    @pytest.mark.parametrize("state", [state for state in State if state is not State.QUEUED])
    def test_comes_too_late_in_every_other_state(self, plain: Outbox, state: State) -> None:
        message_id = brought_to(plain, state)
        before = plain.get(message_id)
        with pytest.raises(WrongState) as wrong:
            plain.cancel(message_id)
        assert (wrong.value.message_id, wrong.value.state) == (message_id, state)
        assert plain.get(message_id) == before
        assert len(plain.history(message_id)) == 1

    def test_what_is_being_sent_says_that_it_cannot_be_called_back(self, plain: Outbox) -> None:
        message_id = brought_to(plain, State.SENDING)
        with pytest.raises(WrongState, match=r"being sent at this moment\. A message cannot be called back"):
            plain.cancel(message_id)


class TestRetrying:
    @pytest.mark.parametrize("state", [State.REFUSED, State.CANCELLED, State.EXPIRED, State.FAILED])
    def test_queues_what_was_certainly_not_sent(self, outbox: Outbox, state: State) -> None:
        message_id = brought_to(outbox, state)
        again = outbox.retry(message_id)
        assert (again.state, again.reason) == (State.QUEUED, None)
        assert [event.what for event in outbox.history(message_id)] == ["queued", "queued"]

    def test_lets_a_waiting_message_go_at_once(self, outbox: Outbox) -> None:
        message_id = queue(outbox, not_before=SOON)
        assert outbox.retry(message_id).not_before is None
        with outbox.database.read() as connection:
            assert connection.execute(sa.select(message.c.ready)).scalar_one() in (True, 1)

    def test_forgets_an_expiry_that_is_over_and_keeps_one_to_come(self, outbox: Outbox) -> None:
        past = datetime.now(UTC) - timedelta(hours=1)
        over = queue(outbox, text="Over.", expires_at=past)
        come_to(outbox, over, State.EXPIRED)
        to_come = queue(outbox, text="To come.", expires_at=SOON)
        assert outbox.retry(over).expires_at is None
        assert outbox.retry(to_come).expires_at == SOON

    @pytest.mark.parametrize("state", [State.SENDING, State.SENT, State.UNKNOWN])
    def test_never_sends_what_may_have_been_sent(self, plain: Outbox, state: State) -> None:
        message_id = brought_to(plain, state)
        with pytest.raises(WrongState):
            plain.retry(message_id)
        assert plain.get(message_id).state is state

    def test_of_an_unknown_message_names_the_way_out(self, plain: Outbox) -> None:
        message_id = brought_to(plain, State.UNKNOWN)
        with pytest.raises(WrongState, match="buyerline outbox resolve ID --arrived"):
            plain.retry(message_id)

    def test_is_too_late_once_the_text_is_gone(self, plain: Outbox) -> None:
        message_id = queue(plain)
        come_to(plain, message_id, State.REFUSED, kept=False, text=None)
        with pytest.raises(WrongState, match="its text was deleted"):
            plain.retry(message_id)

    def test_lets_a_stopped_account_go_on(self, outbox: Outbox) -> None:
        message_id = queue(outbox)
        with outbox.database.write() as connection:
            connection.execute(sa.update(account).values(stopped="The authorisation was revoked."))
        outbox.retry(message_id)
        with outbox.database.read() as connection:
            assert connection.execute(sa.select(account.c.stopped)).scalar_one() is None

    def test_leaves_a_disconnected_account_as_it_is(self, outbox: Outbox) -> None:
        """Nothing that is done with its messages connects it again."""
        message_id = queue(outbox)
        with outbox.database.write() as connection:
            connection.execute(sa.update(account).values(stopped=DISCONNECTED))
        outbox.retry(message_id)
        outbox.resume("default")
        come_to(outbox, message_id, State.UNKNOWN)
        outbox.resolve(message_id, arrived=False)
        assert outbox.stopped() == {"default": DISCONNECTED}


class TestDecidingInATransaction:
    """What else is written in it is kept with the decision, or neither is."""

    def test_is_undone_with_it(self, outbox: Outbox) -> None:
        message_id, unknown = queue(outbox), brought_to(outbox, State.UNKNOWN, text="Another.")
        with suppress(RuntimeError), outbox.database.write() as connection:
            assert outbox.cancel(message_id, connection=connection).state is State.CANCELLED
            assert outbox.retry(message_id, connection=connection).state is State.QUEUED
            assert outbox.resolve(unknown, arrived=True, connection=connection).state is State.SENT
            raise RuntimeError
        assert outbox.get(unknown).state is State.UNKNOWN
        assert [event.what for event in outbox.history(message_id)] == ["queued"]


class TestResolving:
    def test_that_it_arrived_makes_it_sent(self, outbox: Outbox) -> None:
        message_id = brought_to(outbox, State.UNKNOWN)
        resolved = outbox.resolve(message_id, arrived=True)
        assert (resolved.state, resolved.reason) == (State.SENT, "ann found that it was sent")
        assert resolved.sent_at is None, "nobody knows when"

    def test_that_it_did_not_arrive_queues_it_again(self, outbox: Outbox) -> None:
        message_id = brought_to(outbox, State.UNKNOWN)
        assert outbox.resolve(message_id, arrived=False).state is State.QUEUED

    def test_is_told_in_the_history(self, plain: Outbox) -> None:
        message_id = brought_to(plain, State.UNKNOWN)
        before = datetime.now(UTC) - timedelta(seconds=1)
        plain.resolve(message_id, arrived=False)
        last = plain.history(message_id)[-1]
        assert last == Event(last.at, "ann", "queued", None, "ann found that it was not sent")
        assert before <= last.at <= datetime.now(UTC)

    @pytest.mark.parametrize("arrived", [True, False])
    @pytest.mark.parametrize("state", [state for state in State if state is not State.UNKNOWN])
    def test_is_for_unknown_messages_alone(self, plain: Outbox, state: State, *, arrived: bool) -> None:
        message_id = brought_to(plain, state)
        with pytest.raises(WrongState, match=f"it is {state}; there is nothing to resolve"):
            plain.resolve(message_id, arrived=arrived)
        assert plain.get(message_id).state is state
