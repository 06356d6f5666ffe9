"""Orders that come from Amazon by themselves: page by page, within the usage plan, whatever happens meanwhile."""

import asyncio
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from buyerline.amazon.errors import BuyerlineError
from buyerline.amazon.login import TokenStore
from buyerline.amazon.orders import SEARCH_ORDERS
from buyerline.amazon.orders_types import OrdersPage, Pagination
from buyerline.amazon.transport import AsyncDriver
from buyerline.amazon.usage_plans import UsagePlans
from buyerline.app import sync_rows, synchronising
from buyerline.app.authorisation import is_refused
from buyerline.app.schema import connected, orders
from buyerline.app.sync_rows import FIRST, INTERVAL, OVERLAP, SyncRows, SyncSearch, SyncStanding
from buyerline.app.sync_rows import _goes_on as goes_on
from buyerline.app.synchronising import DATASETS, Synchronising, ask_now
from buyerline.outbox import Worker
from buyerline.outbox.beside import Serving
from buyerline.outbox.clock import now
from buyerline.testing import AmazonSandbox
from tests.app.stock import NOON, Stock, stock_in, told
from tests.app.tables import lasting_database
from tests.waiting import PATIENCE, until

RESTRICTED = {"BUYER", "RECIPIENT"}


class Post:
    """A stock whose account is a seller's of the sandbox, and what synchronises it."""

    def __init__(self, stock: Stock, amazon: AmazonSandbox, count: int) -> None:
        self.stock = stock
        self.amazon = amazon
        self.seller = amazon.account(orders=count)
        self.options = amazon.options(self.seller, plans=plans(), tokens=TokenStore(), repeats=0)
        self.troubles: list[str] = []
        self.synchronising = Synchronising(stock.database, self._note_trouble)

    def set(self, **values: Any) -> None:
        """Change columns of the account's connection."""
        with self.stock.database.write() as connection:
            connection.execute(sa.update(connected).where(connected.c.account_id == self.stock.shop).values(values))

    def row(self) -> Any:
        """The account's connection."""
        with self.stock.database.read() as connection:
            return connection.execute(sa.select(connected).where(connected.c.account_id == self.stock.shop)).one()

    def kept(self) -> int:
        """How many orders are here."""
        with self.stock.database.read() as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(orders)).scalar_one()

    def asked(self) -> int:
        """How often Amazon was asked for orders."""
        return self.amazon.count("searchOrders")

    def until(self, happened: Callable[[Any], bool], times: int = 1) -> Any:
        """Synchronise, `times` at once, until the connection's row shows that something happened; the row."""
        return asyncio.run(self._until(happened, times))

    def synchronise(self) -> Any:
        """Synchronise until a search that begins now is complete; the connection's row."""
        begun = now()
        ask_now(self.stock.database, self.stock.shop)
        return self.until(lambda row: row.synced_at is not None and row.synced_at >= begun and row.sync_token is None)

    async def _until(self, happened: Callable[[Any], bool], times: int) -> Any:
        driver = AsyncDriver(timeout=10, proxy=None, verify=True)
        serving = Serving(self.stock.shop, "shop", self.options, driver)
        working = [asyncio.create_task(self.synchronising.keep_up(serving)) for _ in range(times)]
        deadline = time.monotonic() + PATIENCE
        try:
            while not happened(row := await asyncio.to_thread(self.row)):
                assert time.monotonic() < deadline, row
                for each in working:
                    assert not each.done(), each.exception()
                await asyncio.sleep(0.01)
        finally:
            for each in working:
                each.cancel()
            await asyncio.gather(*working, return_exceptions=True)
            await driver.close()
        return row

    def _note_trouble(self, account_id: int, failure: BuyerlineError) -> None:
        self.troubles.append(type(failure).__name__)
        if is_refused(failure):
            self.set(trouble="Amazon refuses it.")


ON_BOTH = pytest.mark.parametrize("lasting_url", ["sqlite", "postgresql"], indirect=True)
"""For what is written in SQL."""


def plans(tokens: float = 20) -> UsagePlans:
    """Usage plans whose buckets hold so many tokens."""
    return UsagePlans(time.monotonic, lambda _key, _plan: tokens)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look more often whether there is something to do."""
    monkeypatch.setattr(synchronising, "LOOK", 0.02)


@pytest.fixture(scope="module", params=["sqlite"])
def lasting_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """On SQLite alone, but for what asks for both."""
    with lasting_database(request) as url:
        yield url


@pytest.fixture
def post(stock: Stock, amazon_sandbox: AmazonSandbox) -> Post:
    return Post(stock, amazon_sandbox, 5)


@pytest.fixture
def large(stock: Stock, amazon_sandbox: AmazonSandbox) -> Post:
    """One with orders of three pages, all of the last days."""
    post = Post(stock, amazon_sandbox, 0)
    placed = now() - timedelta(days=2)
    for number in range(6):
        order_id = f"902-1000000-{number:07d}"
        amazon_sandbox.order(account=post.seller.id, order_id=order_id, purchased_at=placed + timedelta(hours=number))
    return post


@pytest.fixture
def by_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of two orders."""
    monkeypatch.setattr(synchronising, "PAGE_SIZE", 2)


def test_the_first_search_brings_the_orders_of_the_last_days(post: Post) -> None:
    row = post.synchronise()
    assert post.kept() > 0
    assert post.asked() == 1
    assert (row.sync_trouble, row.sync_began_at, row.sync_pages) == (None, None, 0)
    assert row.sync_next_at - row.synced_at > INTERVAL - timedelta(minutes=1)


def test_orders_of_all_marketplaces_come_in_one_search(post: Post) -> None:
    post.set(marketplaces='["ATVPDKIKX0DER","A2EUQ1WTGCTBG2"]')
    for marketplace in ("US", "CA"):
        post.amazon.order(account=post.seller.id, marketplace=marketplace)
    post.synchronise()
    with post.stock.database.read() as connection:
        found = set(connection.execute(sa.select(orders.c.marketplace_id)).scalars())
    assert {"ATVPDKIKX0DER", "A2EUQ1WTGCTBG2"} <= found
    assert post.asked() == 1


@ON_BOTH
def test_a_later_search_brings_what_is_new_and_what_has_changed(post: Post) -> None:
    post.synchronise()
    before = post.kept()
    new = post.amazon.order(account=post.seller.id, purchased_at=now(), items=[{"title": "Green kettle"}])
    post.amazon.advance(180)  # Amazon lists nothing that is younger than two minutes
    post.synchronise()
    assert post.kept() == before + 1
    assert post.stock.page(q="green kettle").rows[0].order_id == new


def test_nothing_of_the_buyer_is_asked_for() -> None:
    assert not RESTRICTED & set(DATASETS)


def test_the_first_search_goes_back_thirty_days_and_later_ones_overlap() -> None:
    first = SyncStanding(1, ("m",), None, None, None).search(NOON)
    assert (first.start, first.began_at) == (NOON - FIRST, NOON)
    assert timedelta(days=30) == FIRST
    later = SyncStanding(1, ("m",), None, NOON - timedelta(hours=1), None).search(NOON)
    assert later.start == NOON - timedelta(hours=1) - OVERLAP


def test_updates_count_as_here_only_up_to_when_amazon_searched(post: Post) -> None:
    """Amazon searches up to two minutes ago, by its own clock."""
    row = post.synchronise()
    assert row.synced_at - row.sync_from > timedelta(seconds=110)


@ON_BOTH
@pytest.mark.usefixtures("by_two")
def test_pages_are_kept_as_they_come(large: Post) -> None:
    row = large.synchronise()
    assert (large.kept(), large.asked(), row.sync_pages) == (6, 3, 0)


@pytest.mark.usefixtures("by_two")
def test_a_search_that_was_cut_off_goes_on_with_its_next_page(large: Post) -> None:
    large.options["plans"] = plans(tokens=1)
    row = large.until(lambda row: row.sync_pages == 1)
    assert (large.kept(), large.asked()) == (2, 1)
    started = row.sync_start
    large.options["plans"] = plans()
    large.set(sync_next_at=now())
    large.until(lambda row: row.sync_token is None and row.synced_at)
    assert (large.kept(), large.asked()) == (6, 3)
    assert started < now() - timedelta(days=29)


@pytest.mark.usefixtures("by_two")
def test_a_page_token_that_is_too_old_begins_the_search_again(large: Post) -> None:
    large.options["plans"] = plans(tokens=1)
    large.until(lambda row: row.sync_pages == 1)
    large.options["plans"] = plans()
    large.set(sync_next_at=now())
    large.amazon.advance(25 * 3600)
    row = large.until(lambda row: row.sync_token is None and row.synced_at)
    assert (large.kept(), row.sync_trouble) == (6, None)
    assert large.amazon.count("searchOrders", 400) == 1


@ON_BOTH
@pytest.mark.usefixtures("by_two")
def test_a_page_that_is_refused_again_and_again_is_told_and_tried_after_pauses_that_grow(
    large: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first refusal may be for the token's age. The pages before would otherwise be read for ever, in silence."""
    monkeypatch.setattr(sync_rows, "_goes_on", lambda search, _token: goes_on(search, "none of Amazon's"))
    pauses: list[int] = []

    def refused_three_times(row: Any) -> bool:
        if row.sync_trouble and row.sync_next_at > now():
            assert (row.sync_token, row.sync_pages, row.synced_at) == (None, 0, None)
            pauses.append(round((row.sync_next_at - now()) / timedelta(minutes=1)))
            large.set(sync_next_at=now())
        return len(pauses) == 3

    row = large.until(refused_three_times)
    assert row.sync_trouble == "Amazon did not take the question for orders. It is tried again by itself."
    assert pauses == [3, 6, 12]
    assert large.amazon.count("searchOrders", 400) == 4
    assert large.kept() == 2


@ON_BOTH
def test_a_search_of_before_a_marketplace_joined_does_not_count_as_complete(post: Post) -> None:
    rows = SyncRows(post.stock.database)
    standing = rows.read(post.stock.shop)
    assert standing is not None
    post.set(marketplaces='["ATVPDKIKX0DER","A2EUQ1WTGCTBG2"]')
    rows.keep(standing, SyncSearch(NOON, NOON), OrdersPage(orders=(told(1),)))
    assert (post.kept(), post.row().sync_from) == (0, None)


@ON_BOTH
@pytest.mark.usefixtures("by_two")
def test_two_that_synchronise_the_same_account_do_no_harm(large: Post) -> None:
    row = large.until(lambda row: row.synced_at and row.sync_token is None, times=2)
    assert (large.kept(), row.sync_trouble) == (6, None)


@ON_BOTH
@pytest.mark.usefixtures("by_two")
def test_a_page_that_somebody_else_has_kept_is_not_kept_again(large: Post) -> None:
    rows = SyncRows(large.stock.database)
    standing = rows.read(large.stock.shop)
    assert standing is not None
    search = SyncSearch(NOON, NOON)
    page = OrdersPage(orders=(told(1),), pagination=Pagination(next_token="second"))
    rows.keep(standing, search, page)
    rows.keep(standing, search, OrdersPage(orders=(told(2),), pagination=Pagination(next_token="another")))
    assert (large.kept(), large.row().sync_token) == (1, "second")


@ON_BOTH
@pytest.mark.parametrize("gone", ["disconnected", "deleted"])
def test_a_page_of_an_account_that_is_gone_by_now_is_not_kept(post: Post, gone: str) -> None:
    rows = SyncRows(post.stock.database)
    standing = rows.read(post.stock.shop)
    assert standing is not None
    if gone == "deleted":
        with post.stock.database.write() as connection:
            connection.execute(sa.delete(connected))
    else:
        post.set(refresh_token=None, disconnected_at=now())
    rows.keep(standing, SyncSearch(NOON, NOON), OrdersPage(orders=(told(1),)))
    rows.note_trouble(standing, NOON, "Something.", None)
    assert post.kept() == 0
    assert rows.read(post.stock.shop) is None


def test_disconnected_accounts_are_not_asked_for(post: Post) -> None:
    post.set(refresh_token=None, disconnected_at=now())
    assert SyncRows(post.stock.database).read(post.stock.shop) is None


def test_nothing_is_asked_before_it_is_time(post: Post) -> None:
    post.set(sync_next_at=now() + timedelta(minutes=5))
    standing = SyncRows(post.stock.database).read(post.stock.shop)
    assert standing is not None
    assert 290 < standing.wait(now()) <= 300


def test_a_person_who_asks_for_it_does_not_wait_until_it_is_time(post: Post) -> None:
    post.set(sync_next_at=now() + timedelta(minutes=5))
    row = post.synchronise()
    assert (post.asked(), row.sync_wanted_at) == (1, None)


def test_not_even_then_is_the_usage_plan_passed_over(post: Post) -> None:
    """Nothing is asked when its bucket is empty, and it is said when it will be."""
    post.options["plans"] = plans(tokens=0)
    ask_now(post.stock.database, post.stock.shop)
    row = post.until(lambda row: row.sync_next_at is not None)
    assert post.asked() == 0
    assert row.sync_wanted_at is not None
    assert abs((row.sync_next_at - now()).total_seconds() - 1 / SEARCH_ORDERS.plan.rate) < 5


def test_a_failure_is_told_and_tried_again_later(post: Post) -> None:
    with post.amazon.faulty("searchOrders", "status", status=503):
        row = post.until(lambda row: row.sync_trouble)
    assert row.sync_trouble == "Amazon could not be reached. It is tried again by itself."
    assert timedelta(minutes=2) < row.sync_next_at - now() < timedelta(minutes=4)
    assert (row.synced_at, row.trouble) == (None, None)
    row = post.synchronise()
    assert row.sync_trouble is None


def test_an_authorisation_that_is_refused_stops_it_until_it_is_mended(
    stock: Stock, amazon_sandbox: AmazonSandbox
) -> None:
    post = Post(stock, amazon_sandbox, 2)
    post.options["credentials"] = amazon_sandbox.account(revoked=True).credentials
    row = post.until(lambda row: row.trouble)
    assert "does not accept this authorisation" in row.sync_trouble
    rows = SyncRows(post.stock.database)
    assert rows.read(post.stock.shop) is None
    ask_now(post.stock.database, post.stock.shop)
    assert rows.read(post.stock.shop) is None
    post.options["credentials"] = post.seller.credentials
    post.set(trouble=None, connected_at=now())
    assert post.until(lambda row: row.synced_at).sync_trouble is None


def test_an_account_whose_orders_may_not_be_read_is_told_so(post: Post) -> None:
    post.options["credentials"] = post.amazon.account(roles=["Product Listing"]).credentials
    row = post.until(lambda row: row.sync_trouble)
    assert "role that reads orders" in row.sync_trouble
    assert row.sync_next_at is not None


def test_a_worker_synchronises_the_accounts_that_it_serves(sqlite_url: str, amazon_sandbox: AmazonSandbox) -> None:
    with stock_in(sqlite_url) as stock:
        seller = amazon_sandbox.account(orders=3)
        with stock.database.write() as connection:
            connection.execute(sa.text("UPDATE account SET endpoint = :url"), {"url": amazon_sandbox.url})
        options = amazon_sandbox.options(seller, tokens=TokenStore(), sources=[lambda _: seller.credentials])
        del options["credentials"]
        work = Synchronising(stock.database, lambda _id, _failure: None)
        worker = Worker(database=stock.database, options=options, beside=[work.keep_up])
        with ThreadPoolExecutor(1) as process:
            working = process.submit(asyncio.run, worker.run())
            try:
                until(lambda: _synced(stock), "the orders were here")
            finally:
                worker.stop()
            working.result()
        with stock.database.read() as connection:
            assert connection.execute(sa.select(orders.c.order_id)).all()


def _synced(stock: Stock) -> bool:
    with stock.database.read() as connection:
        return connection.execute(sa.select(connected.c.synced_at)).scalar() is not None
