"""What tests of the app share: databases, and what stands in them, from a few people to a whole office.

What lasts is for all tests of a module, where to make it takes longer than most tests. Fresh is for one test alone.

========================  ====================================================  ======  ========  =====================
Made by                   What is in it                                         Pages   Sandbox   Here as
========================  ====================================================  ======  ========  =====================
`folk.Folk`               people, their sessions, links and keys                -       -         folk, plain_folk
`stock.Stock`             orders, found and searched                            -       -         stock (lasts)
`correspondence`          messages in every state, and following them           -       -         shop, plain_shop
`desk.Desk`               an application; accounts to connect and to test       -       yes       desk, any_desk
`writing.Room`            an account, an order and four people who write        -       -         room (desk lasts)
`office.opened`           a running app: its owner, the account ``shop``        yes     yes       office
`lasting_office`          the same without a worker, for people of a test's     yes     yes       none: modules make it
`programs.House`          a lasting office, and programs that use the API       yes     yes       house (lasts)
`premises`                a lasting office with one thing at every address      yes     yes       place (lasts)
`scene`                   a shop in the middle of its day, for looking at       yes     yes       none: browser tests
========================  ====================================================  ======  ========  =====================

Those called ``plain_`` stand in SQLite, as do ``desk`` and whatever has pages; the others run once in each kind of
database. `office.Visitor` is a browser without scripts, `html.Page` takes apart what it gets, `samples` has files to
attach.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from buyerline.app.database import open_database
from tests.app.correspondence import Correspondence, correspondence
from tests.app.desk import Desk, desk_in
from tests.app.folk import Folk, costing, folk_in
from tests.app.office import Office, application_of, opened
from tests.app.premises import Premises, premises
from tests.app.programs import House, house_in
from tests.app.stock import Stock, stock_in
from tests.app.tables import lasting_database, sqlite_in
from tests.app.writing import Room, desk_without_amazon, seller_of
from tests.databases import Postgres
from tests.running import Amazon


@pytest.fixture(autouse=True, scope="session")
def cheap_passwords() -> Iterator[None]:
    """Hash passwords at no cost: what a hash costs in earnest has a test of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("buyerline.app.services.PASSWORD_COST", costing(1))
        yield


# Databases


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A SQLite database with the app's tables."""
    return sqlite_in(tmp_path)


@pytest.fixture(scope="session")
def tables_in_postgres(postgres: Postgres) -> str:
    """The URL of a database in PostgreSQL with the app's tables, to make copies of."""
    url = postgres.create_database()
    open_database(url).close()
    return url


@pytest.fixture
def postgres_url(postgres: Postgres, tables_in_postgres: str) -> Iterator[str]:
    """A database in PostgreSQL with the app's tables."""
    url = postgres.create_database(tables_in_postgres)
    yield url
    postgres.drop_database(url)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def lasting_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A database with the app's tables that lasts, once of each kind."""
    with lasting_database(request) as url:
        yield url


# Without web pages


@pytest.fixture
def folk(database_url: str) -> Iterator[Folk]:
    """An installation that is Olga's, in a database of each kind."""
    with folk_in(database_url) as made:
        yield made


@pytest.fixture
def plain_folk(sqlite_url: str) -> Iterator[Folk]:
    """One whose database does not matter."""
    with folk_in(sqlite_url) as made:
        yield made


@pytest.fixture
def no_application(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may have an application of their own."""
    for name in ("LWA_APP_ID", "LWA_CLIENT_SECRET", "BUYERLINE_APPLICATION_ID"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def desk(sqlite_url: str, amazon: Amazon, no_application: None) -> Iterator[Desk]:
    """A desk with a fresh world of the sandbox, whose database does not matter."""
    with desk_in(sqlite_url, amazon) as made:
        yield made


@pytest.fixture
def any_desk(database_url: str, amazon: Amazon, no_application: None) -> Iterator[Desk]:
    """The same in a database of each kind."""
    with desk_in(database_url, amazon) as made:
        yield made


@pytest.fixture(scope="module")
def lasting_desk(lasting_url: str) -> Iterator[Desk]:
    """A desk where nobody answers for Amazon."""
    with desk_without_amazon(lasting_url) as made:
        yield made


@pytest.fixture
def room(lasting_desk: Desk) -> Room:
    """Where messages are written, for an account that no other test has."""
    return Room(lasting_desk, seller_of(lasting_desk))


@pytest.fixture(scope="module")
def lasting_stock(lasting_url: str) -> Iterator[Stock]:
    """Orders of all tests of a module, one test after the other."""
    with stock_in(lasting_url) as made:
        yield made


@pytest.fixture
def stock(lasting_stock: Stock) -> Stock:
    """A shop without orders."""
    lasting_stock.clear()
    return lasting_stock


@pytest.fixture
def shop(database_url: str) -> Iterator[Correspondence]:
    """A shop's correspondence, in a database of each kind."""
    with correspondence(database_url) as made:
        yield made


@pytest.fixture
def plain_shop(sqlite_url: str) -> Iterator[Correspondence]:
    """One whose database does not matter."""
    with correspondence(sqlite_url) as made:
        yield made


# With web pages


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path, amazon: Amazon) -> Iterator[Office]:
    """A running app with an owner and a connected account, on a fresh world of the sandbox."""
    with application_of(amazon), opened(tmp_path, amazon, database=sqlite_url) as made:
        yield made


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """An office with programs."""
    with house_in(tmp_path_factory.mktemp("house")) as made:
        yield made


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Premises]:
    """Premises with every kind of thing that has an address."""
    with premises(tmp_path_factory.mktemp("premises")) as made:
        yield made
