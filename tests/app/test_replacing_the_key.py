"""A secret key that is replaced: after a start with the new one in front, the old one is needed for nothing."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa

from buyerline.app.accounts import Accounts
from buyerline.app.schema import setting
from buyerline.app.sealing_anew import seal_anew
from buyerline.app.services import Services
from buyerline.app.settings import Settings
from buyerline.app.settings_store import Setting, SettingsStore
from buyerline.app.vault import KEY_FILE, VARIABLE, NotOpened, Vault
from tests.app.desk import KEY, OWNER, Desk

NEW = "new-key-new-key-new-key-new-key-new-key"


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may have a key of their own."""
    monkeypatch.delenv(VARIABLE, raising=False)


def accounts_of(desk: Desk, *keys: str) -> Accounts:
    """The accounts as an app with these keys has them."""
    return Accounts.in_database(desk.database, Vault(keys), desk.options)


def test_with_the_new_key_before_the_old_all_is_sealed_anew(any_desk: Desk) -> None:
    shop = any_desk.connect()
    other = any_desk.connect("Other", any_desk.amazon.account())
    assert seal_anew(any_desk.database, Vault([NEW, KEY])) == 3, "two authorisations and the application's secret"
    accounts = accounts_of(any_desk, NEW)
    assert accounts.credentials(shop.id) == any_desk.amazon.credentials
    assert accounts.test(OWNER, other.name).trouble is None
    assert accounts_of(any_desk, KEY).list(OWNER)
    with pytest.raises(NotOpened):
        SettingsStore(any_desk.database, Vault([KEY]), any_desk.audit).get_secret(Setting.CLIENT_SECRET)


def test_what_the_first_key_sealed_is_left_as_it_is(desk: Desk) -> None:
    shop = desk.connect()
    before = desk.kept(shop.id)
    assert seal_anew(desk.database, Vault([KEY, NEW])) == 0
    assert desk.kept(shop.id) == before


def test_what_no_key_opens_waits_for_its_key(desk: Desk) -> None:
    shop = desk.connect()
    assert seal_anew(desk.database, Vault([NEW])) == 0
    assert accounts_of(desk, KEY).credentials(shop.id) == desk.amazon.credentials


def test_a_disconnected_account_has_nothing_to_seal(desk: Desk) -> None:
    shop = desk.connect()
    desk.accounts.disconnect(OWNER, shop.name)
    assert seal_anew(desk.database, Vault([NEW, KEY])) == 1
    assert desk.kept(shop.id) is None


def test_an_app_does_it_when_it_starts_and_the_file_of_the_old_key_can_go(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def secret_of(**more: Any) -> tuple[str, str | None]:
        services = Services(Settings(database=sqlite_url, folder=tmp_path, worker=False, **more))
        try:
            return services.csrf_secret(), services.store.get_secret(Setting.CLIENT_SECRET)
        finally:
            services.close()

    secret_of()
    services = Services(Settings(database=sqlite_url, folder=tmp_path, worker=False))
    services.store.put_secret(Setting.CLIENT_SECRET, "the application's")
    services.close()
    before = secret_of()
    monkeypatch.setenv(VARIABLE, NEW)
    with caplog.at_level("INFO", "buyerline.app"):
        assert secret_of() == before
        assert secret_of() == before
    assert caplog.messages == ["what an older secret key had sealed is sealed with the first one now: 2 in all"]
    (tmp_path / KEY_FILE).unlink()
    assert secret_of() == before


class TestTheSecretOfForms:
    def test_is_the_same_for_processes_that_start_together(self, any_desk: Desk) -> None:
        """On a new database each finds none; what the first one made is what counts."""
        stores = [SettingsStore(any_desk.database, any_desk.vault, any_desk.audit) for _ in range(8)]
        start = Barrier(len(stores))

        def made(store: SettingsStore) -> str:
            start.wait()
            return store.secret_made_once(Setting.CSRF, lambda: secrets.token_urlsafe(8))

        with ThreadPoolExecutor(len(stores)) as processes:
            found = set(processes.map(made, stores))
        assert found == {stores[0].get_secret(Setting.CSRF)}

    def test_is_made_anew_where_its_key_is_lost(self, any_desk: Desk) -> None:
        SettingsStore(any_desk.database, Vault([KEY]), any_desk.audit).secret_made_once(Setting.CSRF, lambda: "old")
        store = SettingsStore(any_desk.database, Vault([NEW]), any_desk.audit)
        assert store.secret_made_once(Setting.CSRF, lambda: "new") == "new"
        assert store.secret_made_once(Setting.CSRF, lambda: "newer") == "new"
        with any_desk.database.read() as connection:
            kept = connection.execute(sa.select(setting.c.value).where(setting.c.name == Setting.CSRF)).scalar_one()
        assert "new" not in kept
