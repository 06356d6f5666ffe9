"""What holds for the whole installation."""

from contextlib import closing

import pytest
import sqlalchemy as sa

from buyerline.app.audit import Audit, What
from buyerline.app.errors import NotAllowed
from buyerline.app.schema import setting
from buyerline.app.settings_store import Setting, SettingsStore
from buyerline.app.vault import Vault
from buyerline.outbox import OutboxUnavailable
from buyerline.outbox.database import Database
from tests.app.desk import KEY
from tests.app.folk import Folk


def store_of(folk: Folk) -> SettingsStore:
    return SettingsStore(folk.database, Vault([KEY]), folk.audit)


class TestSettings:
    def test_are_as_they_were_last_set(self, folk: Folk) -> None:
        store = store_of(folk)
        assert store.get(Setting.CLIENT_ID) is None
        store.put(Setting.CLIENT_ID, "one")
        store.put(Setting.CLIENT_ID, "two")
        assert store.get(Setting.CLIENT_ID) == "two"
        store.put(Setting.CLIENT_ID, None)
        assert store.get(Setting.CLIENT_ID) is None

    def test_that_are_secret_are_kept_sealed(self, plain_folk: Folk) -> None:
        store = store_of(plain_folk)
        assert store.get_secret(Setting.CLIENT_SECRET) is None
        store.put_secret(Setting.CLIENT_SECRET, "hush")
        assert store.get_secret(Setting.CLIENT_SECRET) == "hush"
        with plain_folk.database.read() as connection:
            assert "hush" not in str(connection.execute(sa.select(setting.c.value)).scalar_one())
        store.put_secret(Setting.CLIENT_SECRET, None)
        assert store.get_secret(Setting.CLIENT_SECRET) is None


class TestApproval:
    def test_is_off_until_an_owner_turns_it_on(self, plain_folk: Folk) -> None:
        store = store_of(plain_folk)
        assert not store.needs_approval()
        store.set_approval(plain_folk.owner, needed=True)
        store.set_approval(plain_folk.owner, needed=True)
        assert store.needs_approval()
        store.set_approval(plain_folk.owner, needed=False)
        assert not store.needs_approval()
        assert [what for what, _, _ in plain_folk.done()[1:]] == [What.APPROVAL_ON, What.APPROVAL_OFF]

    def test_stays_as_it_is_until_what_is_being_queued_is_queued(self, folk: Folk, database_url: str) -> None:
        """What an owner is told to leave without a second person is then all of it."""
        impatient = "" if folk.database.kind == "sqlite" else "?options=-c%20lock_timeout%3D50ms"
        owners = Database.open(database_url + impatient, busy_timeout=0.05)
        with closing(owners):
            store = SettingsStore(owners, Vault([KEY]), Audit(owners))
            with folk.database.write() as queueing:
                assert not store_of(folk).needs_approval(queueing)
                with pytest.raises(OutboxUnavailable, match="locked"):
                    store.set_approval(folk.owner, needed=True)
            store.set_approval(folk.owner, needed=True)
            with folk.database.write() as queueing:
                assert store_of(folk).needs_approval(queueing)

    def test_is_not_for_agents_to_turn_off(self, plain_folk: Folk) -> None:
        store = store_of(plain_folk)
        store.set_approval(plain_folk.owner, needed=True)
        with pytest.raises(NotAllowed):
            store.set_approval(plain_folk.join("Ann").viewer(), needed=False)
        assert store.needs_approval()
