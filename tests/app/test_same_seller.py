"""Whose an authorisation is: one account is one seller, however it is connected."""

from typing import Any

import pytest
import sqlalchemy as sa

from buyerline.app.accounts import Account, AccountState
from buyerline.app.authorisation import NotReached
from buyerline.app.errors import Invalid
from buyerline.app.order_storing import store
from buyerline.app.schema import connected
from buyerline.testing import SellerAccount
from tests.app.desk import OWNER, Desk
from tests.app.stock import told


def keep_order(desk: Desk, account: Account, order_id: str) -> None:
    """Let the app know an order, as its synchronisation would."""
    with desk.database.write() as connection:
        store(desk.database, connection, account.id, [told(1, order_id=order_id)])


def other_token(desk: Desk, seller: SellerAccount, **facts: Any) -> str:
    """Another authorisation of a seller's, who may have changed since."""
    same = {"id": seller.id, "name": seller.name, "region": seller.region, "marketplaces": list(seller.marketplaces)}
    return str(desk.amazon.control("POST", "accounts", same | facts | {"refresh_token": "Atzr|fresh"})["refresh_token"])


def again(desk: Desk, token: str) -> Account:
    """Connect the account ``shop`` again."""
    return desk.accounts.connect(OWNER, "", "na", token, again="shop")


class TestTheSameToken:
    def test_leads_to_the_same_account_after_it_was_disconnected(self, any_desk: Desk) -> None:
        made = any_desk.connect()
        any_desk.accounts.disconnect(OWNER, made.name)
        back = any_desk.connect("Another name")
        assert (back.id, back.title, back.state) == (made.id, made.title, AccountState.CONNECTED)
        assert len(any_desk.accounts.list(OWNER)) == 1

    def test_is_known_of_accounts_from_before_this_was_kept(self, desk: Desk) -> None:
        made = desk.connect()
        with desk.database.write() as connection:
            connection.execute(sa.update(connected).values(token_digest=None))
        desk.accounts.learn_tokens()
        desk.accounts.disconnect(OWNER, made.name)
        assert desk.connect("Another name").id == made.id

    def test_of_another_endpoint_is_of_another_account(self, desk: Desk) -> None:
        desk.connect()
        here = desk.accounts.endpoint
        desk.accounts.endpoint = "http://127.0.0.1:1"
        elsewhere = desk.connect()
        desk.accounts.endpoint = here
        assert [each.id for each in desk.accounts.list(OWNER)] != [elsewhere.id]


class TestConnectingAgain:
    def test_takes_what_can_read_the_accounts_newest_order(self, desk: Desk) -> None:
        """Even where the store has another name by now."""
        seller = desk.amazon.default_account
        made = desk.connect()
        keep_order(desk, made, desk.amazon.guide_order)
        renamed = again(desk, other_token(desk, seller, name="Quite another name"))
        assert (renamed.id, set(renamed.stores.values())) == (made.id, {"Quite another name"})

    def test_refuses_what_cannot(self, desk: Desk) -> None:
        """Even where the store is called alike."""
        made = desk.connect()
        keep_order(desk, made, desk.amazon.guide_order)
        stranger = desk.amazon.account(name=desk.amazon.default_account.name)
        with pytest.raises(Invalid, match=f"Amazon knows no order {desk.amazon.guide_order} of theirs") as refused:
            again(desk, stranger.refresh_token)
        assert refused.value.field == "refresh_token"
        assert desk.accounts.credentials(made.id).refresh_token == desk.amazon.default_account.refresh_token

    @pytest.mark.parametrize("facts", [{"name": "Another store"}, {"marketplaces": ["MX"]}], ids=["name", "place"])
    def test_looks_at_the_stores_where_there_is_no_order(self, desk: Desk, facts: dict[str, Any]) -> None:
        seller = desk.amazon.account(name="Blue Lamps", marketplaces=["US", "CA"])
        desk.connect("Shop", seller)
        desk.accounts.disconnect(OWNER, "shop")
        stranger = desk.amazon.account(**{"name": "Blue Lamps", "marketplaces": ["US", "CA"], **facts})
        with pytest.raises(Invalid, match=r"another seller \(.*\) than the account Shop \(Blue Lamps, US, CA\)"):
            again(desk, stranger.refresh_token)
        assert desk.accounts.of(OWNER, "shop").state is AccountState.DISCONNECTED
        assert again(desk, other_token(desk, seller)).state is AccountState.CONNECTED

    def test_looks_at_the_stores_where_orders_may_not_be_read(self, desk: Desk) -> None:
        made = desk.connect()
        keep_order(desk, made, desk.amazon.guide_order)
        stranger = desk.amazon.account(name="Another store", roles=["Product Listing"])
        with pytest.raises(Invalid, match="as it seems"):
            again(desk, stranger.refresh_token)

    def test_changes_nothing_where_amazon_cannot_be_asked(self, desk: Desk) -> None:
        made = desk.connect()
        keep_order(desk, made, desk.amazon.guide_order)
        token = other_token(desk, desk.amazon.default_account)
        with desk.amazon.faulty("getOrder", "status", status=503, count=9), pytest.raises(NotReached):
            again(desk, token)
        assert desk.accounts.credentials(made.id).refresh_token == desk.amazon.default_account.refresh_token
