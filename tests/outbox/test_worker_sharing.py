"""Several workers on one outbox: one after the other on SQLite, side by side on PostgreSQL."""

import asyncio
import logging
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from buyerline.amazon.connect import ClientOptions
from buyerline.outbox import Outbox, Outgoing, State, Worker
from buyerline.outbox.schema import account
from buyerline.testing import SellerAccount
from tests.outbox.samples import letter, letters
from tests.outbox.serving import options_for, serving, until
from tests.running import Amazon

GET, POST = "getMessagingActionsForOrder", "createConfirmOrderDetails"


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers look after their house so often that no test waits for it."""
    monkeypatch.setattr("buyerline.outbox.worker.ROUND", 0.05)


@pytest.fixture
def shops(amazon: Amazon) -> dict[str, SellerAccount]:
    """Four sellers."""
    return {f"shop{number}": amazon.account(orders=0) for number in range(1, 5)}


@pytest.fixture
def options(amazon: Amazon, shops: dict[str, SellerAccount]) -> ClientOptions:
    return options_for(amazon, **shops)


@pytest.fixture
def many(amazon: Amazon, shops: dict[str, SellerAccount]) -> list[Outgoing]:
    """Three messages of each seller."""
    orders = {name: amazon.order(account=shop.id, endless=True) for name, shop in shops.items()}
    return [each for name, order in orders.items() for each in letters(3, account=name, order_id=order)]


class TestOnSqlite:
    @pytest.fixture
    def outbox(self, sqlite_url: str, options: ClientOptions) -> Iterator[Outbox]:
        with Outbox(sqlite_url, who="ann", options=options) as opened:
            yield opened

    def test_a_second_worker_waits_and_takes_over(
        self, outbox: Outbox, sqlite_url: str, options: ClientOptions, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.WARNING)

        async def work() -> None:
            async with serving(sqlite_url, options) as first:
                await until(lambda: first.serving, "the first serves")
                async with serving(sqlite_url, options) as second:
                    await until(lambda: "waiting for it to end" in caplog.text, "the second waits")
                    assert not second.serving
                    first.stop()
                    await until(lambda: second.serving, "the second serves")
                    assert not first.serving
                    outbox.add_many([letter()])
                    await until(lambda: outbox.counts() == {State.SENT: 1}, "it is sent")

        asyncio.run(work())
        assert caplog.text.count("waiting for it to end") == 1

    def test_a_worker_that_waits_can_be_stopped(self, outbox: Outbox, sqlite_url: str, options: ClientOptions) -> None:
        async def work() -> None:
            async with serving(sqlite_url, options) as first, serving(sqlite_url, options) as second:
                await until(lambda: first.serving, "the first serves")
                second.stop()

        asyncio.run(work())
        assert outbox.counts() == {}


class TestOnPostgresql:
    @pytest.fixture
    def outbox(self, postgres_url: str, options: ClientOptions) -> Iterator[Outbox]:
        with Outbox(postgres_url, who="ann", options=options) as opened:
            yield opened

    def test_two_workers_have_a_fair_share_of_the_accounts(
        self, outbox: Outbox, postgres_url: str, options: ClientOptions, many: list[Outgoing], amazon: Amazon
    ) -> None:
        outbox.add_many(many)

        async def work() -> None:
            async with serving(postgres_url, options) as first:
                await until(lambda: len(first.accounts) == 4, "the first has all")
                async with serving(postgres_url, options) as second:
                    await until(lambda: len(first.accounts) == len(second.accounts) == 2, "each has its share")
                    assert first.accounts.keys().isdisjoint(second.accounts)
                    await until(lambda: outbox.counts() == {State.SENT: 12}, "all is sent")
                await until(lambda: len(first.accounts) == 4, "the first has all again")

        asyncio.run(work())
        assert len(amazon.ledger()) == 12
        with outbox.database.read() as connection:
            assert set(connection.execute(sa.select(account.c.owner)).scalars()) == {None}

    def test_two_workers_keep_the_usage_plan_of_an_account_that_changes_hands(
        self, outbox: Outbox, postgres_url: str, options: ClientOptions, many: list[Outgoing], amazon: Amazon
    ) -> None:
        order = many[0].order_id
        outbox.add_many([*many, *[letter(f"More {n}", account="shop1", order_id=order) for n in range(3)]])

        async def work() -> None:
            async with serving(postgres_url, options) as first:
                await until(lambda: len(first.accounts) == 4, "the first has all")
                async with serving(postgres_url, options):
                    await until(lambda: outbox.counts() == {State.SENT: 15}, "all is sent")

        asyncio.run(work())
        assert amazon.counts(POST) == {"201": 15}
        assert amazon.counts(GET).keys() == {"200"}, "what was given up was asked about again, and nobody throttled"

    def test_two_workers_that_send_until_nothing_is_due_both_end(
        self, outbox: Outbox, postgres_url: str, options: ClientOptions, many: list[Outgoing], amazon: Amazon
    ) -> None:
        outbox.add_many(many)

        async def work() -> None:
            both = [Worker(postgres_url, options=options).run(once=True) for _ in range(2)]
            await asyncio.wait_for(asyncio.gather(*both), 30)

        asyncio.run(work())
        assert outbox.counts() == {State.SENT: 12}
        assert len(amazon.ledger()) == 12

    def test_an_account_that_another_worker_has_is_waited_for(
        self, outbox: Outbox, postgres_url: str, options: ClientOptions, many: list[Outgoing], amazon: Amazon
    ) -> None:
        """A worker for one message lets whoever has its account send it."""
        outbox.add_many(many[:1])

        async def work() -> None:
            async with serving(postgres_url, options) as serves:
                await until(lambda: serves.accounts, "it has the account")
                [added] = outbox.add_many(many[1:2])
                worker = Worker(postgres_url, options=options, only=added.message_id)
                await asyncio.wait_for(worker.run(once=True), 30)
                assert outbox.get(added.message_id).state is State.SENT
                assert outbox.history(added.message_id)[-1].who == f"worker {serves.name}"

        asyncio.run(work())
        assert len(amazon.ledger()) == 2
