"""The app that is measured: ``python -m bench.app_pages DATABASE FOLDER SANDBOX ORDERS TIMES``, its answer is JSON.

Requests are put to the application itself, without a server and a network: what is measured is everything between a
request that was read and an answer that can be written, session, rights, database, template and compression included.
"""

import asyncio
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec
import psycopg
from litestar import Litestar

from bench.app_stock import BRAND, SEED, SELLERS, SPAN, Catalogue, fill
from bench.process import Failed
from bench.results import AppPages, PageFigures
from buyerline.app.order_finding import Filters
from buyerline.app.order_rows import OrderRow
from buyerline.app.order_storing import SAME_SECOND
from buyerline.app.services import Services
from buyerline.app.settings import Settings
from buyerline.app.viewer import Viewer
from buyerline.app.web.application import make_app
from buyerline.app.web.middleware import session_cookie
from buyerline.testing.control import ControlPlane

LIST, FILTERS, SEARCH, ORDER = "list", "filters", "search", "order"


@dataclass(frozen=True, slots=True)
class Kind:
    """Requests that are alike: their group, what they are for, and the path of the next one."""

    group: str
    name: str
    path: Callable[[], str]


class Visitor:
    """A signed-in browser, without the network between it and the app."""

    def __init__(self, app: Litestar, cookie: str) -> None:
        self._app = app
        self._headers = [
            (b"host", b"127.0.0.1"),
            (b"cookie", cookie.encode()),
            (b"accept-encoding", b"gzip"),
            (b"accept-language", b"en"),
        ]

    async def ask(self, path: str) -> float:
        """Milliseconds until the app has answered.

        Raises:
            Failed: it answered with another status than 200.
        """
        answer: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            answer.append(message)

        start = time.perf_counter()
        await self._app(self._scope(path), receive, send)  # type: ignore[arg-type]  # Litestar's types name every key
        taken = (time.perf_counter() - start) * 1000
        if answer[0]["status"] not in (200, 303):  # a whole order id leads to the order
            raise Failed(f"{path} was answered with {answer[0]['status']}")
        return taken

    def _scope(self, path: str) -> dict[str, Any]:
        path, _, query = path.partition("?")
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": self._headers,
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
            "extensions": {},
        }


class Sampler:
    """What is asked for: parts of queries, drawn at random, the same every time."""

    def __init__(self, services: Services, viewer: Viewer, catalogue: Catalogue) -> None:
        self._chance = random.Random(SEED)
        self._services, self._viewer = services, viewer
        self._words, self._wares = catalogue.words, catalogue.wares
        self._newest = services.orders.page(viewer, Filters(), limit=1).rows[0].place

    def one(self, *of: str) -> str:
        """One of several."""
        return self._chance.choice(of)

    def digits(self, count: int) -> str:
        """So many digits."""
        return "".join(self._chance.choices("0123456789", k=count))

    def words(self, count: int, among: int) -> str:
        """So many words, of the so many most common ones."""
        return " ".join(self._chance.sample(self._words[:among], count))

    def ware(self, part: str) -> str:
        """An attribute of something that is sold."""
        return str(getattr(self._chance.choice(self._wares), part))

    def words_of_one(self) -> str:
        """Two words of one title."""
        return " ".join(self.ware("title").split()[1:3])

    def place(self) -> int:
        """Somewhere in the list."""
        return self._newest - self._chance.randrange(int(SPAN.total_seconds()) << SAME_SECOND)

    def order(self) -> OrderRow:
        """Any order."""
        return self._services.orders.page(self._viewer, Filters(), before=self.place(), limit=1).rows[0]

    def filters(self) -> dict[str, str]:
        """Several filters at once."""
        return {
            "account": self.one(*(seller.name for seller in SELLERS)),
            "status": self.one("UNSHIPPED", "SHIPPED", "CANCELLED"),
            "fulfilled": self.one("AMAZON", "MERCHANT"),
            "messaged": self.one("yes", "no"),
        }


def kinds(some: Sampler, order_paths: Sequence[str]) -> Iterator[Kind]:
    """Everything that is asked for, some of it the worst that can be."""
    countries = [place.name for seller in SELLERS for place in seller.marketplaces]

    def listing(group: str, name: str, query: Callable[[], dict[str, Any]]) -> Kind:
        return Kind(group, name, lambda: "/orders?" + urlencode(query()))

    yield listing(LIST, "the newest", dict)
    yield listing(LIST, "a page far back", lambda: {"before": some.place()})
    yield listing(LIST, "one account", lambda: {"account": some.one(*(seller.name for seller in SELLERS))})
    yield listing(FILTERS, "a status", lambda: {"status": some.one("UNSHIPPED", "SHIPPED", "CANCELLED")})
    yield listing(FILTERS, "a status of one order", lambda: {"status": "UNFULFILLABLE"})
    yield listing(FILTERS, "who ships", lambda: {"fulfilled": some.one("AMAZON", "MERCHANT")})
    yield listing(FILTERS, "a marketplace", lambda: {"marketplace": some.one(*countries)})
    yield listing(FILTERS, "messaged or not", lambda: {"messaged": some.one("yes", "no")})
    yield listing(FILTERS, "four at once", some.filters)
    yield listing(FILTERS, "that leave nothing", lambda: {"account": "west", "marketplace": "DE", "messaged": "yes"})
    yield listing(SEARCH, "an order id", lambda: {"q": some.order().order_id})
    yield listing(SEARCH, "the beginning of one", lambda: {"q": f"30{some.one(*'23456')}-{some.digits(2)}"})
    yield listing(SEARCH, "a SKU", lambda: {"q": some.ware("sku")})
    yield listing(SEARCH, "the beginning of every second SKU", lambda: {"q": f"{BRAND[:4]}-0"})
    yield listing(SEARCH, "an ASIN", lambda: {"q": some.ware("asin")})
    yield listing(SEARCH, "a word", lambda: {"q": some.words(1, 5000)})
    yield listing(SEARCH, "two words of one title", lambda: {"q": some.words_of_one()})
    yield listing(SEARCH, "a word of every second title", lambda: {"q": BRAND})
    yield listing(SEARCH, "the beginning of a common word", lambda: {"q": some.words(1, 20)[:4]})
    yield listing(SEARCH, "three very common words", lambda: {"q": some.words(3, 8)})
    yield listing(SEARCH, "eight very common words", lambda: {"q": some.words(8, 8)})
    yield listing(SEARCH, "a word that nothing has", lambda: {"q": f"q{some.digits(6)}"})
    yield listing(SEARCH, "a common word with four filters", lambda: some.filters() | {"q": some.words(1, 8)})
    yield listing(SEARCH, "a common word, messaged", lambda: {"q": some.words(1, 8), "messaged": "yes"})
    yield Kind(ORDER, "an order, with what may be sent for it", lambda: some.one(*order_paths))


def measured(services: Services, database: str, sandbox: str, count: int, times: int) -> AppPages:
    """Connect the sellers, make the orders in the database of this URL, and time requests of each kind."""
    owner = services.people.make_owner("bench@shop.example", "Bench", "seven green boats").viewer()
    accounts = _connect(services, owner, ControlPlane(sandbox))
    catalogue = Catalogue()
    start = time.perf_counter()
    fill(services.outbox, accounts, count, catalogue)
    filled = time.perf_counter() - start
    _settle(database)
    some = Sampler(services, owner, catalogue)
    cookie = services.sessions.begin(owner.person_id, "bench")
    visitor = Visitor(make_app(services), f"{session_cookie(services.settings)}={cookie}")
    figures = asyncio.run(_figures(visitor, some, _orders(some, ControlPlane(sandbox), times), times))
    return AppPages(services.outbox.database.kind, count, len(accounts), times, filled, figures)


def _settle(url: str) -> None:
    """Do what PostgreSQL does by itself within a minute, and what SQLite does not need."""
    if url.startswith("postgresql"):
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")


def _connect(services: Services, owner: Viewer, sandbox: ControlPlane) -> dict[str, int]:
    """The sellers' accounts by name, each connected with an authorisation of the sandbox."""
    accounts = {}
    for seller in SELLERS:
        places = [place.name for place in seller.marketplaces]
        made = sandbox.call(
            "POST", "accounts", {"id": seller.name, "region": seller.region.value, "marketplaces": places}
        )
        account = services.accounts.connect(owner, seller.name, seller.region, made["refresh_token"])
        accounts[account.name] = account.id
    return accounts


def _orders(some: Sampler, sandbox: ControlPlane, times: int) -> list[str]:
    """The paths of orders of which the sandbox knows what may be sent."""
    paths = []
    for _ in range(min(times, 10)):
        order = some.order()
        facts = {"account": order.account, "order_id": order.order_id, "marketplace": order.marketplace_id}
        sandbox.call("POST", "orders", facts)
        paths.append(f"/orders/{order.account}/{order.order_id}")
    return paths


async def _figures(visitor: Visitor, some: Sampler, order_paths: Sequence[str], times: int) -> list[PageFigures]:
    for path in order_paths:
        await visitor.ask(f"{path}/offer")  # so that it is known what may be sent, as after the first look
    found = []
    for kind in kinds(some, order_paths):
        await visitor.ask(kind.path())
        taken = [await visitor.ask(kind.path()) for _ in range(times)]
        found.append(PageFigures(kind.group, kind.name, taken))
    return found


def main() -> None:
    database, folder, sandbox, count, times = sys.argv[1:]
    settings = Settings(
        database=database,
        folder=Path(folder),
        options={"endpoint": sandbox, "lwa_endpoint": sandbox},
        worker=False,
    )
    services = Services(settings)
    try:
        print(msgspec.json.encode(measured(services, database, sandbox, int(count), int(times))).decode())
    finally:
        services.close()


if __name__ == "__main__":
    main()
