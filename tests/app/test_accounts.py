"""Accounts: connected, tested, renamed, disconnected, connected again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from buyerline.amazon.connect import AMAZON
from buyerline.amazon.errors import AccessDenied, GrantInvalid, NotNow
from buyerline.amazon.marketplaces import Marketplace, Region
from buyerline.app import account_rows
from buyerline.app.account_names import names_for
from buyerline.app.accounts import AccountState, NotUsable
from buyerline.app.authorisation import NotReached, refusal
from buyerline.app.clients import source
from buyerline.app.errors import Invalid, NotAllowed, NotHere
from buyerline.app.schema import orders
from buyerline.app.vault import Vault
from buyerline.app.viewer import Role
from buyerline.outbox import Outbox
from buyerline.outbox.schema import account
from tests.app.desk import OWNER, Desk, viewer
from tests.outbox.serving import send_all

if TYPE_CHECKING:
    from buyerline.amazon.connect import ClientOptions

AGENT = viewer(2, Role.AGENT, frozenset())


def store_order(desk: Desk, account_id: int, order_id: str, place: int = 1) -> None:
    """An order as the synchronisation would have brought it."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    row = {"place": place, "account_id": account_id, "order_id": order_id, "marketplace_id": Marketplace.US.id}
    row |= {"bought_at": at, "updated_at": at, "status": "UNSHIPPED", "fulfilled_by": "MERCHANT"}
    with desk.database.write() as connection:
        connection.execute(sa.insert(orders).values(row | {"items": "[]", "words": "", "messaged": False}))


class TestConnecting:
    def test_a_good_token_makes_an_account_that_knows_where_the_seller_sells(self, any_desk: Desk) -> None:
        made = any_desk.connect("My Shop")
        assert (made.name, made.title, made.region, made.state) == (
            "my-shop",
            "My Shop",
            Region.NA,
            AccountState.CONNECTED,
        )
        assert Marketplace.US in made.marketplaces
        assert made.tested_at is not None
        assert made.can_attach is None
        assert any_desk.accounts.list(OWNER) == [made]
        assert any_desk.done()[-1] == ("account-connected", made.id, None)

    def test_the_database_does_not_hold_the_token(self, desk: Desk, tmp_path: Path) -> None:
        made = desk.connect()
        token = desk.amazon.default_account.refresh_token
        assert desk.accounts.credentials(made.id).refresh_token == token
        desk.database.close()
        kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
        assert desk.vault.seal("", "").encode()[:2] in kept
        assert token.encode() not in kept
        assert token.removeprefix("Atzr|").encode() not in kept
        assert desk.applications.get().client_secret.encode() + b"\x00" not in kept

    def test_a_sealed_token_is_worth_nothing_in_another_account(self, desk: Desk) -> None:
        one, other = desk.connect(), desk.connect("Other", desk.amazon.account())
        with desk.database.write() as connection:
            connection.execute(
                sa.text("UPDATE connection SET refresh_token = :stolen WHERE account_id = :id"),
                {"stolen": desk.kept(one.id), "id": other.id},
            )
        with pytest.raises(NotUsable, match="key with which this account's authorisation was sealed"):
            desk.accounts.credentials(other.id)

    def test_it_is_called_as_the_store_is_where_nobody_names_it(self, desk: Desk) -> None:
        seller = desk.amazon.account(name="Blue Lamps")
        assert desk.connect(" ", seller).title == "Blue Lamps"

    def test_names_are_made_from_titles_and_differ(self, desk: Desk) -> None:
        titles = ["Shop", "shop!", "Café Größe", "ショップ", "Connect", "x" * 60]
        names = [desk.connect(title, desk.amazon.account()).name for title in titles]
        assert names == ["shop", "shop-2", "cafe-grosse", "account", "connect-2", "x" * 40]

    def test_an_account_that_the_outbox_knows_already_is_the_one_of_its_name(self, desk: Desk, sqlite_url: str) -> None:
        """Somebody has queued messages for it at a shell."""
        with Outbox(sqlite_url, options=desk.options) as outbox:
            outbox.add(desk.amazon.guide_order, "confirmOrderDetails", text="It ships today.", account="shop")
        made = desk.connect("Shop")
        with Outbox(sqlite_url, options=desk.options) as outbox:
            assert [each.account for each in outbox.list(account=made.name)] == ["shop"]
        with desk.database.read() as connection:
            assert connection.execute(sa.select(account.c.id)).scalars().all() == [made.id]

    def test_the_same_authorisation_again_makes_no_second_account(self, any_desk: Desk) -> None:
        first = any_desk.connect("Shop")
        again = any_desk.connect("Another name")
        assert (again.id, again.title) == (first.id, "Shop")
        assert any_desk.done()[-1] == ("account-connected", first.id, "again")

    def test_two_who_connect_the_same_seller_at_once_make_one_account(self, any_desk: Desk) -> None:
        with ThreadPoolExecutor(2) as pool:
            made = list(pool.map(any_desk.connect, ["Shop", "Store"]))
        assert made[0].id == made[1].id
        assert len(any_desk.accounts.list(OWNER)) == 1

    def test_only_owners_connect(self, desk: Desk) -> None:
        with pytest.raises(NotAllowed):
            desk.accounts.connect(AGENT, "Shop", "na", desk.amazon.default_account.refresh_token)
        assert desk.amazon.count("lwa") == 0

    def test_accounts_of_another_endpoint_are_not_shown(self, desk: Desk) -> None:
        """A sandbox's account must not be taken for one of Amazon's."""
        made = desk.connect()
        desk.accounts.endpoint = AMAZON
        assert desk.accounts.list(OWNER) == []
        with pytest.raises(NotHere):
            desk.accounts.of(OWNER, made.name)


class TestRefusing:
    def test_a_token_that_amazon_does_not_know(self, desk: Desk) -> None:
        with pytest.raises(Invalid, match="does not accept this authorisation") as refused:
            desk.accounts.connect(OWNER, "Shop", "na", "Atzr|nobody's")
        assert refused.value.field == "refresh_token"
        assert "nobody" not in str(refused.value)
        assert desk.accounts.list(OWNER) == []

    def test_a_token_of_another_application(self, desk: Desk) -> None:
        seller = desk.amazon.account(client_id="amzn1.application-oa2-client.other", client_secret="other")
        with pytest.raises(Invalid, match="given to another application") as refused:
            desk.connect(seller=seller)
        assert refused.value.field == "refresh_token"

    def test_a_region_in_which_the_seller_does_not_sell(self, desk: Desk) -> None:
        with pytest.raises(Invalid, match=r"This seller sells in North America \(.*US.*\)") as refused:
            desk.connect(region="eu")
        assert refused.value.field == "region"

    def test_a_region_in_which_amazon_does_not_let_the_token_be_used(self) -> None:
        refused = refusal(AccessDenied(operation="getMarketplaceParticipations", status=403))
        assert isinstance(refused, Invalid)
        assert "valid in one region" in str(refused)
        assert refused.field == "region"

    def test_a_wrong_application_secret(self, desk: Desk) -> None:
        desk.applications.set(OWNER, client_id="amzn1.x", client_secret="wrong", application_id="")
        with pytest.raises(Invalid, match="does not accept the application's client id and secret") as refused:
            desk.connect()
        assert refused.value.field == "client_secret"

    def test_amazon_that_cannot_be_reached(self, desk: Desk) -> None:
        with desk.amazon.faulty("lwa", "status", status=503), pytest.raises(NotReached, match="could not be reached"):
            desk.connect()

    @pytest.mark.parametrize("token", ["", "  ", "Atzr|two\nlines", "Atzr|ümlaut", "A" * 5000])
    def test_what_is_no_token(self, token: str, desk: Desk) -> None:
        with pytest.raises(Invalid, match="Paste the refresh token") as refused:
            desk.accounts.connect(OWNER, "Shop", "na", token)
        assert refused.value.field == "refresh_token"

    @pytest.mark.parametrize("title", ["x" * 61, "line\x00", "a\u200bb"])
    def test_what_is_no_title(self, title: str, desk: Desk) -> None:
        with pytest.raises(Invalid) as refused:
            desk.connect(title)
        assert refused.value.field == "title"

    def test_an_unknown_region(self, desk: Desk) -> None:
        with pytest.raises(Invalid, match="Choose the region") as refused:
            desk.connect(region="moon")
        assert refused.value.field == "region"


class TestRights:
    def test_an_agent_sees_the_accounts_given_to_them_and_no_others(self, desk: Desk) -> None:
        mine, other = desk.connect(), desk.connect("Other", desk.amazon.account())
        agent = viewer(2, Role.AGENT, frozenset({mine.id}))
        assert [each.name for each in desk.accounts.list(agent)] == ["shop"]
        assert desk.accounts.of(agent, "shop") == mine
        with pytest.raises(NotHere) as hidden:
            desk.accounts.of(agent, other.name)
        with pytest.raises(NotHere) as missing:
            desk.accounts.of(agent, "no-such-account")
        assert str(hidden.value) == str(missing.value)

    def test_an_agent_neither_renames_nor_disconnects(self, desk: Desk) -> None:
        mine = desk.connect()
        agent = viewer(2, Role.AGENT, frozenset({mine.id}))
        with pytest.raises(NotAllowed):
            desk.accounts.rename(agent, "shop", "Mine")
        with pytest.raises(NotAllowed):
            desk.accounts.disconnect(agent, "shop")
        assert desk.accounts.of(OWNER, "shop") == mine

    def test_another_title_leaves_the_name(self, desk: Desk) -> None:
        desk.connect()
        renamed = desk.accounts.rename(OWNER, "shop", " Lamps  and more ")
        assert (renamed.name, renamed.title) == ("shop", "Lamps and more")
        with pytest.raises(Invalid):
            desk.accounts.rename(OWNER, "shop", " ")


class TestTesting:
    def test_a_revoked_authorisation_is_found_out_and_mended_by_connecting_again(self, desk: Desk) -> None:
        seller = desk.amazon.account()
        made = desk.connect("Shop", seller)
        facts = {"id": seller.id, "name": seller.name, "marketplaces": list(seller.marketplaces)}
        desk.amazon.control("POST", "accounts", {**facts, "refresh_token": seller.refresh_token, "revoked": True})
        tested = desk.accounts.test(OWNER, made.name)
        assert tested.state is AccountState.TROUBLE
        assert "withdrawn" in (tested.trouble or "")
        assert tested.tested_at is not None
        assert made.tested_at is not None
        assert tested.tested_at >= made.tested_at

        fresh = desk.amazon.control("POST", "accounts", {**facts, "refresh_token": "Atzr|fresh"})
        mended = desk.accounts.connect(OWNER, "", "na", fresh["refresh_token"], again=made.name)
        assert (mended.id, mended.state) == (made.id, AccountState.CONNECTED)
        assert desk.accounts.credentials(made.id).refresh_token == "Atzr|fresh"

    def test_a_good_one_lets_the_outbox_go_on(self, desk: Desk) -> None:
        made = desk.connect()
        with desk.database.write() as connection:
            connection.execute(sa.update(account).values(stopped="Amazon refused it."))
        assert desk.accounts.of(OWNER, made.name).trouble == "Amazon refused it."
        assert desk.accounts.test(OWNER, made.name).state is AccountState.CONNECTED

    def test_it_finds_out_whether_files_can_be_uploaded(self, desk: Desk) -> None:
        """The roles that the seller granted decide; an order is needed to ask."""
        able, unable = desk.connect(), desk.connect("Other", desk.amazon.account(roles=["Buyer Communication"]))
        assert desk.accounts.test(OWNER, able.name).can_attach is None
        store_order(desk, able.id, desk.amazon.guide_order, place=1)
        assert desk.accounts.test(OWNER, able.name).can_attach is True
        store_order(desk, unable.id, desk.amazon.order(), place=2)
        assert desk.accounts.test(OWNER, unable.name).can_attach is False

    def test_amazon_that_cannot_be_reached_says_nothing_about_the_account(self, desk: Desk) -> None:
        made = desk.connect()
        with desk.amazon.faulty("lwa", "status", status=503), pytest.raises(NotReached):
            desk.accounts.test(OWNER, made.name)
        assert desk.accounts.of(OWNER, made.name) == made

    def test_trouble_that_another_call_met_is_remembered_when_it_is_the_authorisations(self, desk: Desk) -> None:
        made = desk.connect()
        desk.accounts.note_trouble(made.id, NotNow("searchOrders", 9))
        assert desk.accounts.of(OWNER, made.name).state is AccountState.CONNECTED
        desk.accounts.note_trouble(made.id, GrantInvalid(operation="lwa", status=400))
        assert desk.accounts.of(OWNER, made.name).state is AccountState.TROUBLE


class TestDisconnecting:
    def test_the_token_and_the_orders_go_and_the_messages_stay(self, any_desk: Desk) -> None:
        made, other = any_desk.connect(), any_desk.connect("Other", any_desk.amazon.account())
        store_order(any_desk, made.id, "902-0000000-0000001", place=1)
        store_order(any_desk, other.id, "902-0000000-0000002", place=2)
        outbox = Outbox(database=any_desk.database, options=any_desk.options)
        queued = outbox.add(any_desk.amazon.guide_order, "confirmOrderDetails", text="It ships.", account="shop")

        ended = any_desk.accounts.disconnect(OWNER, "shop")

        assert ended.state is AccountState.DISCONNECTED
        assert any_desk.kept(made.id) is None
        with any_desk.database.read() as connection:
            assert connection.execute(sa.select(orders.c.account_id)).scalars().all() == [other.id]
        assert outbox.get(queued.id).state == "queued"
        assert "disconnected" in outbox.stopped()["shop"]
        with pytest.raises(NotUsable, match="disconnected"):
            any_desk.accounts.credentials(made.id)
        with pytest.raises(NotUsable):
            any_desk.accounts.test(OWNER, "shop")
        assert any_desk.done()[-1] == ("account-disconnected", made.id, None)

    def test_orders_that_a_synchronisation_still_brought_are_deleted_later(self, desk: Desk) -> None:
        made, other = desk.connect(), desk.connect("Other", desk.amazon.account())
        desk.accounts.disconnect(OWNER, "shop")
        store_order(desk, made.id, "902-0000000-0000001", place=1)
        store_order(desk, other.id, "902-0000000-0000002", place=2)
        desk.accounts.forget()
        with desk.database.read() as connection:
            assert connection.execute(sa.select(orders.c.account_id)).scalars().all() == [other.id]

    def test_orders_are_deleted_some_at_a_time_so_that_others_can_write_meanwhile(
        self, any_desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = any_desk.connect()
        for place in range(5):
            store_order(any_desk, made.id, f"902-0000000-{place:07}", place=place)
        left = []

        def breathe(_: float) -> None:
            with any_desk.database.write() as connection:
                left.append(connection.execute(sa.select(sa.func.count()).select_from(orders)).scalar_one())

        monkeypatch.setattr(account_rows, "AT_ONCE", 2)
        monkeypatch.setattr(account_rows, "sleep", breathe)
        any_desk.accounts.disconnect(OWNER, "shop")
        assert left == [3, 1]
        with any_desk.database.read() as connection:
            assert connection.execute(sa.select(orders.c.account_id)).all() == []

    def test_connecting_it_again_lets_the_outbox_go_on(self, any_desk: Desk) -> None:
        made = any_desk.connect()
        any_desk.accounts.disconnect(OWNER, "shop")
        again = any_desk.accounts.connect(OWNER, "", "na", any_desk.amazon.default_account.refresh_token, again="shop")
        assert (again.id, again.state, again.disconnected_at) == (made.id, AccountState.CONNECTED, None)
        assert Outbox(database=any_desk.database, options=any_desk.options).stopped() == {}

    def test_a_worker_sends_nothing_meanwhile_and_what_waited_afterwards(self, desk: Desk, sqlite_url: str) -> None:
        desk.connect()
        options: ClientOptions = {**desk.options, "sources": [source(desk.database, desk.vault, desk.options)]}
        outbox = Outbox(database=desk.database, options=desk.options)
        desk.accounts.disconnect(OWNER, "shop")
        queued = outbox.add(desk.amazon.guide_order, "confirmOrderDetails", text="It ships.", account="shop")
        send_all(sqlite_url, options)
        assert desk.amazon.ledger() == []
        assert outbox.get(queued.id).state == "queued"

        desk.accounts.connect(OWNER, "", "na", desk.amazon.default_account.refresh_token, again="shop")
        send_all(sqlite_url, options)
        assert [message["type"] for message in desk.amazon.ledger()] == ["confirmOrderDetails"]

    def test_what_was_asked_before_changes_nothing_afterwards(self, desk: Desk) -> None:
        made = desk.connect()
        desk.accounts.disconnect(OWNER, "shop")
        desk.accounts.note_trouble(made.id, GrantInvalid(operation="lwa", status=400))
        desk.accounts.note_attached("shop")
        ended = desk.accounts.of(OWNER, "shop")
        assert (ended.state, ended.can_attach) == (AccountState.DISCONNECTED, None)

    def test_another_accounts_authorisation_is_not_put_into_it(self, desk: Desk) -> None:
        desk.connect()
        other = desk.amazon.account()
        desk.connect("Other", other)
        with pytest.raises(Invalid, match="of the account Other, which is connected already"):
            desk.accounts.connect(OWNER, "", "na", other.refresh_token, again="shop")


def test_a_lost_key_is_told_with_what_to_do_and_mended_by_connecting_again(desk: Desk) -> None:
    made = desk.connect()
    accounts = desk.accounts_with(Vault(["another-key-another-key-another-key-another"]))
    with pytest.raises(NotUsable, match="Bring the key back, or connect the account again"):
        accounts.credentials(made.id)
    accounts.connect(OWNER, "", "na", desk.amazon.default_account.refresh_token, again="shop")
    assert accounts.test(OWNER, "shop").state is AccountState.CONNECTED


def test_there_is_always_another_name() -> None:
    names = names_for("Shop")
    assert [next(names) for _ in range(3)] == ["shop", "shop-2", "shop-3"]
