"""Clients of the app's accounts, and the app as a place to look for credentials in."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from buyerline import SellingPartner
from buyerline.amazon.credentials import Credentials, find
from buyerline.amazon.errors import CredentialsMissing, NotNow
from buyerline.amazon.marketplaces import Marketplace
from buyerline.amazon.sellers import GET_ACCOUNT
from buyerline.amazon.usage_plans import UsagePlans
from buyerline.app import clients, known_accounts
from buyerline.app.accounts import NotUsable
from buyerline.app.clients import Clients, source
from buyerline.app.known_accounts import look_up
from buyerline.app.vault import VARIABLE, Vault
from buyerline.outbox.database import Database
from tests.app.desk import KEY, OWNER, Desk
from tests.running import Amazon

if TYPE_CHECKING:
    from buyerline.amazon.connect import ClientOptions


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whoever runs the tests may have an installation of their own."""
    for name in ("LWA_APP_ID", "LWA_CLIENT_SECRET", "SP_API_REFRESH_TOKEN", VARIABLE):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("BUYERLINE_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("BUYERLINE_DATABASE_URL", raising=False)


class TestClients:
    def test_a_client_acts_for_the_account_and_is_kept(self, desk: Desk) -> None:
        shop, other = desk.connect(), desk.connect("Other", desk.amazon.account(name="Other store"))
        client = desk.clients.of(shop)
        assert client.sellers.get_account().business is not None
        assert desk.clients.of(shop) is client
        assert desk.clients.of(shop, "US") is client
        assert desk.clients.of(shop, "CA") is not client
        assert desk.clients.of(other).sellers.get_participations()[0].store_name == "Other store"

    def test_an_account_that_is_connected_again_gets_another_client(self, desk: Desk) -> None:
        shop, seller = desk.connect(), desk.amazon.default_account
        before = desk.clients.of(shop)
        fresh = desk.amazon.control(
            "POST", "accounts", {"id": seller.id, "name": seller.name, "refresh_token": "Atzr|fresh"}
        )
        again = desk.accounts.connect(OWNER, "", "na", fresh["refresh_token"], again="shop")
        assert desk.clients.of(again) is not before
        assert desk.clients.of(again).session.login.credentials.refresh_token == "Atzr|fresh"

    def test_an_account_that_is_disconnected_has_none(self, desk: Desk) -> None:
        shop = desk.connect()
        desk.clients.of(shop)
        desk.accounts.disconnect(OWNER, "shop")
        with pytest.raises(NotUsable):
            desk.clients.of(shop)

    def test_the_plans_of_a_worker_in_this_process_are_kept(self, desk: Desk) -> None:
        """What a page asks and what the worker sends take from the same buckets."""
        shop = desk.connect()
        served: dict[str, UsagePlans] = {}
        with_worker = Clients(desk.accounts, desk.options, served.get)
        alone = with_worker.of(shop)
        served["shop"] = UsagePlans(time.monotonic)
        beside = with_worker.of(shop)
        assert beside is not alone
        assert beside.session.plans is served["shop"]
        with_worker.close()

    def test_nobody_waits_for_minutes_on_a_page(self, desk: Desk) -> None:
        client = desk.clients.of(desk.connect())
        for _ in range(GET_ACCOUNT.plan.burst):
            client.sellers.get_account()
        with pytest.raises(NotNow):
            client.sellers.get_account()

    def test_only_so_many_are_kept(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(clients, "AT_ONCE", 2)
        shop = desk.connect()
        first = desk.clients.of(shop, "US")
        others = [desk.clients.of(shop, place) for place in ("CA", "MX")]
        assert desk.clients.of(shop, "CA") is others[0]
        assert desk.clients.of(shop, "US") is not first
        assert first.sellers.get_participations(), "whoever still has it may go on using it"
        first.close()

    def test_it_is_asked_in_the_usual_marketplace_of_its_region(self, desk: Desk) -> None:
        assert desk.clients.of(desk.connect()).session.marketplace is Marketplace.US


class TestAPlaceToLookIn:
    def test_it_has_the_credentials_of_connected_accounts(self, desk: Desk) -> None:
        desk.connect()
        found = source(desk.database, desk.vault, desk.options)("shop")
        assert isinstance(found, Credentials)
        assert found == desk.amazon.credentials

    def test_it_says_what_lacks(self, desk: Desk) -> None:
        look = source(desk.database, desk.vault, desk.options)
        assert look("shop") == "the app's accounts: none is called 'shop'"
        desk.connect()
        with pytest.raises(CredentialsMissing, match="secret key"):
            source(desk.database, Vault([]), desk.options)("shop")
        desk.accounts.disconnect(OWNER, "shop")
        with pytest.raises(CredentialsMissing, match="disconnected"):
            look("shop")

    def test_of_an_account_that_it_knows_no_other_place_is_asked(self, desk: Desk) -> None:
        """What stands under the same name elsewhere is not what the owner connected."""
        desk.connect()
        desk.accounts.disconnect(OWNER, "shop")
        sources = [source(desk.database, desk.vault, desk.options), lambda _: desk.amazon.credentials]
        with pytest.raises(CredentialsMissing, match="disconnected"):
            find("shop", sources=sources)
        assert find("nobody", sources=sources) == desk.amazon.credentials

    def test_of_accounts_that_another_version_keeps_it_lets_none_be_guessed(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk.connect()
        monkeypatch.setattr(clients, "HEAD", "9999")
        look = source(desk.database, desk.vault, desk.options)
        with pytest.raises(CredentialsMissing, match="another version"):
            look("shop")
        assert "none is called" in str(look("nobody")), "what is not the app's is found elsewhere"

    def test_a_client_finds_them_there(self, desk: Desk) -> None:
        desk.connect()
        options: ClientOptions = {**desk.options, "sources": [source(desk.database, desk.vault, desk.options)]}
        with SellingPartner("US", "shop", **options) as amazon:
            assert amazon.sellers.get_participations()
        with pytest.raises(CredentialsMissing, match="the app's accounts"):
            SellingPartner("US", "nobody", **options)

    def test_an_outbox_without_the_app_has_none(self, tmp_path: Path, amazon: Amazon) -> None:
        database = Database.open(f"sqlite:///{tmp_path / 'without.db'}")
        look = source(database, Vault([KEY]), {"endpoint": amazon.url})
        assert look("shop") == "the app's accounts: none is called 'shop'"
        database.close()


class TestLookingUp:
    def test_it_finds_an_account_of_the_default_place(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        desk.connect()
        monkeypatch.setenv(VARIABLE, KEY)
        assert look_up("shop", desk.options) == desk.amazon.credentials

    def test_without_what_opens_them_none_is_looked_for_elsewhere(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """An installation of the outbox alone may serve a database that the app has used."""
        desk.connect()
        monkeypatch.setattr(known_accounts, "find_spec", lambda _: None)
        with pytest.raises(CredentialsMissing, match="pip install"):
            look_up("shop", desk.options)
        assert "none is called" in str(look_up("nobody", desk.options))

    def test_it_makes_neither_a_database_nor_a_key(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("BUYERLINE_DATA_DIR", str(tmp_path / "nothing"))
        assert "there is no database" in str(look_up("shop", {}))
        assert not list(tmp_path.iterdir())
