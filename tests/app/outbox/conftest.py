"""An office for the tests of a module, with messages for each of them."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from buyerline.outbox.schema import attachment, content, message
from tests.app.correspondence import Correspondence
from tests.app.lasting_office import lasting_office
from tests.app.office import OWNER, Office, Visitor


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with lasting_office(tmp_path_factory.mktemp("office")) as made:
        yield made


@pytest.fixture(scope="module")
def owner(office: Office) -> Visitor:
    """The owner's browser."""
    return office.visitor()


@pytest.fixture(scope="module")
def elsewhere(office: Office) -> Visitor:
    """The browser of somebody who works here, for another account than the messages are of."""
    office.connect("Store", office.amazon.account(id="store", name="Store"))
    return office.agent("sam@shop.example", ["store"])


@pytest.fixture
def shop(office: Office) -> Iterator[Correspondence]:
    """What the owner sends; nothing of it is left for the next test."""
    yield Correspondence(office.services.database, office.services.outbox.acting(OWNER))
    with office.services.database.write() as connection:
        for table in (message, attachment, content):
            connection.execute(sa.delete(table))
