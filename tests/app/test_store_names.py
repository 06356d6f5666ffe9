"""What a seller's store is called at Amazon: learned where an authorisation is asked about, shown in the preview."""

import pytest
import sqlalchemy as sa

from buyerline.amazon.marketplaces import Marketplace
from buyerline.amazon.messaging import MESSAGE_TYPES
from buyerline.app.authorisation import Seller
from buyerline.app.composing import Composing
from buyerline.app.draft_rows import blank
from buyerline.app.preview import SELLER, SENDER, preview_of
from buyerline.app.schema import connected
from buyerline.app.told import told
from tests.app.desk import OWNER, Desk
from tests.app.office import Office
from tests.app.writing import US, Room

MX = Marketplace.MX.id


def keep(desk: Desk, account_id: int, stores: str | None) -> None:
    """Let other names be known, or none."""
    with desk.database.write() as connection:
        connection.execute(sa.update(connected).where(connected.c.account_id == account_id).values(stores=stores))


def test_it_is_kept_when_an_account_is_connected_for_each_of_its_marketplaces(any_desk: Desk) -> None:
    seller = any_desk.amazon.account(name="Blue Lamps", marketplaces=["US", "MX"])
    made = any_desk.connect("Our shop", seller)
    assert made.stores == {US: "Blue Lamps", MX: "Blue Lamps"}
    assert any_desk.accounts.of(OWNER, made.name).stores == made.stores


@pytest.mark.parametrize("known", [None, f'{{"{US}": "An old name"}}'])
def test_it_is_learned_anew_by_a_test(desk: Desk, known: str | None) -> None:
    made = desk.connect("Our shop", desk.amazon.account(name="Blue Lamps"))
    keep(desk, made.id, known)
    assert desk.accounts.of(OWNER, made.name).stores == ({} if known is None else {US: "An old name"})
    assert set(desk.accounts.test(OWNER, made.name).stores.values()) == {"Blue Lamps"}


def test_a_refused_test_leaves_it_as_it_was(desk: Desk) -> None:
    made = desk.connect("Our shop", desk.amazon.account(id="gone", name="Blue Lamps"))
    desk.applications.set(OWNER, client_id="amzn1.application-oa2-client.other", client_secret="x", application_id="")
    tested = desk.accounts.test(OWNER, made.name)
    assert tested.trouble
    assert tested.stores == made.stores


def test_an_account_that_nobody_has_named_has_that_of_the_first_marketplace_where_there_is_one() -> None:
    marketplaces = (Marketplace.US, Marketplace.MX)
    assert Seller(marketplaces, {MX: "Lámparas"}).store == "Lámparas"
    assert Seller(marketplaces, {}).store is None


def test_the_preview_has_the_name_of_the_marketplace_where_the_order_was_placed(room: Room) -> None:
    draft = room.write(room.ann)
    keep(room.desk, room.account.id, f'{{"{US}": "Cups & Co Store", "{MX}": "Tazas"}}')
    account = room.desk.accounts.numbered(room.account.id)
    offer = room.offers.known(account, room.order)
    preview = Composing(room.drafts).look(room.ann, account, room.order, draft, offer).preview
    assert preview is not None
    assert str(preview.sender) == "Cups & Co Store"
    assert str(preview.opening).startswith("Cups & Co Store asks you")


def test_the_preview_says_what_stands_there_where_it_is_not_known(room: Room) -> None:
    preview = room.look(room.write(room.ann)).preview
    assert preview is not None
    assert preview.sender == SENDER
    assert str(SELLER) in str(preview.opening)


@pytest.mark.parametrize("store", ["Accounts", "{order}", "<b>Lamps</b>", "%(name)s"])
def test_a_name_is_shown_as_it_is_in_every_language(room: Room, store: str) -> None:
    """Though it may be a word of the app's, or look like a part of a sentence."""
    kind = MESSAGE_TYPES["confirmOrderDetails"]
    draft = blank(room.account.id, room.order.order_id)
    preview = preview_of(room.order, draft, kind, None, store)
    assert told(preview.sender, "de") == store
    assert told(preview.opening, "de").startswith(store)


def test_the_page_of_an_account_tells_it(office: Office) -> None:
    stores = office.services.accounts.of(office.owner, "shop").stores
    page = office.visitor().get("/accounts/shop").text
    assert f"<dt>Store at Amazon</dt><dd>{stores[US]}</dd>" in page
