"""What a worker does for an account beside sending, and an account that somebody else stops."""

import asyncio
from collections.abc import Iterator
from typing import Any, cast

import pytest
import sqlalchemy as sa

from buyerline.amazon.connect import ClientOptions
from buyerline.amazon.credentials import Credentials
from buyerline.amazon.messaging import GET_ACTIONS
from buyerline.amazon.orders import GET_ORDER, OrdersFlows
from buyerline.outbox import Outbox, State, Worker
from buyerline.outbox.beside import Serving
from buyerline.outbox.schema import account
from buyerline.outbox.stops import DISCONNECTED
from tests.outbox.samples import ORDER, TEXT, TYPE
from tests.outbox.serving import options_for, send_all, serving, until
from tests.running import Amazon


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("buyerline.outbox.worker.ROUND", 0.05)
    monkeypatch.setattr("buyerline.outbox.beside.AGAIN", 0.01)


@pytest.fixture
def options(amazon: Amazon) -> ClientOptions:
    return options_for(amazon)


@pytest.fixture
def outbox(database_url: str, amazon: Amazon) -> Iterator[Outbox]:
    with Outbox(database_url, who="ann", options={"endpoint": amazon.url}) as opened:
        yield opened


@pytest.fixture
def queued(outbox: Outbox) -> str:
    """A message for tomorrow's worker: with it there is an account to serve."""
    return outbox.add(ORDER, TYPE, text=TEXT).id


def test_work_runs_for_each_account_until_the_worker_ends(
    queued: str, database_url: str, options: ClientOptions
) -> None:
    events: list[str] = []

    async def work(served: Serving) -> None:
        events.append(f"begun for {served.name}")
        try:
            await asyncio.Event().wait()
        finally:
            events.append("cancelled")

    async def main() -> None:
        async with serving(database_url, options, beside=[work]):
            await until(lambda: events, "the work began")

    asyncio.run(main())
    assert events == ["begun for default", "cancelled"]


def test_work_that_fails_is_begun_again(queued: str, database_url: str, options: ClientOptions) -> None:
    tries: list[str] = []

    async def work(served: Serving) -> None:
        tries.append(served.name)
        if len(tries) < 3:
            raise ValueError("no")

    async def main() -> None:
        async with serving(database_url, options, beside=[work]):
            await until(lambda: len(tries) == 3, "the work succeeded")

    asyncio.run(main())


def test_work_asks_amazon_by_the_usage_plans_of_sending(
    outbox: Outbox, queued: str, database_url: str, options: ClientOptions, amazon: Amazon
) -> None:
    asked: list[str] = []

    async def work(served: Serving) -> None:
        await served.run(OrdersFlows(served.session("US")).get(amazon.guide_order))
        asked.append(served.name)

    async def main() -> None:
        async with serving(database_url, options, beside=[work]) as worker:
            await until(lambda: asked and outbox.get(queued).state is State.SENT, "Amazon was asked")
            plans = worker.plans_of("default")
            assert plans is not None
            paths = {cast("tuple[Any, str]", key)[1] for key in plans.buckets()}
            assert {GET_ORDER.path, GET_ACTIONS.path} <= paths
            assert worker.plans_of("nobody") is None

    asyncio.run(main())


def test_an_account_that_somebody_stops_sends_nothing_until_it_is_resumed(
    outbox: Outbox, queued: str, database_url: str, options: ClientOptions, amazon: Amazon
) -> None:
    async def main() -> None:
        async with serving(database_url, options) as worker:
            await until(lambda: outbox.get(queued).state is State.SENT, "the first message was sent")
            stop(outbox, "somebody stopped it")
            second = outbox.add(ORDER, TYPE, text=f"{TEXT} Again.").id
            await some_rounds(worker)
            assert outbox.get(second).state is State.QUEUED
            outbox.resume("default")
            await until(lambda: outbox.get(second).state is State.SENT, "the second message was sent")

    asyncio.run(main())
    assert len(amazon.ledger()) == 2


def test_a_disconnected_account_sends_nothing_whatever_is_done_with_its_messages(
    outbox: Outbox, queued: str, database_url: str, options: ClientOptions, amazon: Amazon
) -> None:
    """Not a worker that takes it, not a message that is tried again, not a new one: connecting it again does."""
    stop(outbox, DISCONNECTED)

    async def main() -> None:
        async with serving(database_url, options) as worker:
            await until(lambda: worker.accounts, "the worker has the account")
            outbox.retry(queued)
            outbox.resume("default")
            outbox.add(ORDER, TYPE, text=f"{TEXT} Again.")
            await some_rounds(worker)
            assert (outbox.counts(), amazon.ledger()) == ({State.QUEUED: 2}, [])
            stop(outbox, None)
            await until(lambda: outbox.counts() == {State.SENT: 2}, "both were sent")

    asyncio.run(main())


def test_a_worker_for_one_message_leaves_a_disconnected_account_alone(
    outbox: Outbox, queued: str, database_url: str, options: ClientOptions, amazon: Amazon
) -> None:
    stop(outbox, DISCONNECTED)
    send_all(database_url, options, only=queued)
    assert outbox.get(queued).state is State.QUEUED
    assert outbox.stopped() == {"default": DISCONNECTED}
    assert amazon.counts(GET_ACTIONS.id) == {}


def test_a_refusal_that_comes_late_leaves_a_disconnected_account_disconnected(
    outbox: Outbox, queued: str, database_url: str, amazon: Amazon
) -> None:
    """Its worker may hear from Amazon just then that the authorisation is not good any more."""
    refused = amazon.account(revoked=True, orders=0)

    def look(_: str) -> Credentials:
        stop(outbox, DISCONNECTED)
        return refused.credentials

    send_all(database_url, {**options_for(amazon), "sources": [look]})
    assert outbox.stopped() == {"default": DISCONNECTED}


def test_an_account_that_was_stopped_goes_on_with_the_credentials_of_then(
    outbox: Outbox, queued: str, database_url: str, amazon: Amazon
) -> None:
    """It may have been disconnected and connected again: what it was served with before is used no more."""
    other = amazon.account(orders=0)
    sellers = [amazon.default_account, other]
    options: ClientOptions = {**options_for(amazon), "sources": [lambda _: sellers[0].credentials]}

    async def main() -> None:
        async with serving(database_url, options) as worker:
            await until(lambda: outbox.get(queued).state is State.SENT, "the first message was sent")
            stop(outbox, DISCONNECTED)
            await some_rounds(worker)
            del sellers[0]
            theirs = outbox.add(amazon.order(account=other.id, types=[TYPE]), TYPE, text=TEXT).id
            stop(outbox, None)
            await until(lambda: outbox.get(theirs).state is not State.QUEUED, "it was tried")
            await until(lambda: outbox.get(theirs).state is not State.SENDING, "it came to an end")
            assert outbox.get(theirs).state is State.SENT, "only the other seller has this order"

    asyncio.run(main())


def test_a_refusal_of_old_credentials_does_not_stop_an_account_that_has_new_ones_in_use(
    outbox: Outbox, queued: str, database_url: str, amazon: Amazon
) -> None:
    """The flows of one marketplace were made before the account was connected anew, those of another after."""
    refused = amazon.account(revoked=True, orders=0)
    place = amazon.order(marketplace="CA", types=[TYPE])
    outbox.add(place, TYPE, text=TEXT, marketplace="CA")
    asked: list[str] = []

    def look(account_name: str) -> Credentials:
        asked.append(account_name)
        return refused.credentials if len(asked) == 1 else amazon.credentials

    async def main() -> None:
        async with serving(database_url, {**options_for(amazon), "sources": [look]}):
            await until(lambda: outbox.counts() == {State.SENT: 2}, "both were sent")

    asyncio.run(main())
    assert outbox.stopped() == {}


def test_one_outbox_acts_for_several_people(outbox: Outbox) -> None:
    message = outbox.acting("bob").add(ORDER, TYPE, text=TEXT)
    outbox.acting("eve").cancel(message.id)
    assert [event.who for event in outbox.history(message.id)] == ["bob", "eve"]
    assert outbox.who == "ann"


def test_new_credentials_are_taken_up_where_the_old_ones_are_refused(
    outbox: Outbox, queued: str, database_url: str, amazon: Amazon
) -> None:
    sellers = [amazon.account(revoked=True, orders=0), amazon.default_account]
    options = options_for(amazon)
    options["sources"] = [lambda _: sellers[0].credentials if len(sellers) == 2 else sellers[-1].credentials]

    async def main() -> None:
        async with serving(database_url, options):
            await until(outbox.stopped, "the account was stopped")
            del sellers[0]
            outbox.resume("default")
            await until(lambda: outbox.get(queued).state is State.SENT, "the message was sent")

    asyncio.run(main())
    assert len(amazon.ledger()) == 1


def test_credentials_that_were_renewed_meanwhile_do_not_stop_an_account(
    outbox: Outbox, queued: str, database_url: str, amazon: Amazon
) -> None:
    refused = amazon.account(revoked=True, orders=0)
    asked: list[str] = []

    def look(account: str) -> Credentials:
        """The refused ones to whoever asks first."""
        asked.append(account)
        return refused.credentials if len(asked) == 1 else amazon.credentials

    options = options_for(amazon)
    options["sources"] = [look]

    async def main() -> None:
        async with serving(database_url, options):
            await until(lambda: outbox.get(queued).state is State.SENT, "the message was sent")

    asyncio.run(main())
    assert outbox.stopped() == {}


def stop(outbox: Outbox, why: str | None) -> None:
    """Let nothing be sent for the accounts; without a reason, let them go on, as connecting them does."""
    with outbox.database.write() as connection:
        connection.execute(sa.update(account).values(stopped=why))


async def some_rounds(worker: Worker) -> None:
    """Let a worker look a few times at how its accounts stand."""
    begun = worker.round_at
    await until(lambda: worker.round_at > begun + 0.2, "some rounds of housekeeping")
