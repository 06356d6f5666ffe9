"""What holds for the whole installation: the application's credentials, whether messages need a second person."""

from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

import sqlalchemy as sa

from buyerline.app.audit import Audit, What
from buyerline.app.schema import setting
from buyerline.app.taking_turns import hold
from buyerline.app.vault import NotOpened, Vault
from buyerline.app.viewer import Viewer
from buyerline.outbox.database import Database

_ON = "on"
_APPROVAL = "turning approval on or off"
_PUT = sa.text(
    "INSERT INTO setting (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)
_ADD = sa.text("INSERT INTO setting (name, value) VALUES (:name, :value) ON CONFLICT (name) DO NOTHING")


class Setting(StrEnum):
    """The names of the settings."""

    APPLICATION_ID = "application-id"
    CLIENT_ID = "client-id"
    CLIENT_SECRET = "client-secret"  # noqa: S105 - the name of one
    APPROVAL = "approval"
    CSRF = "csrf"


SECRETS = (Setting.CLIENT_SECRET, Setting.CSRF)
"""Those that are kept sealed."""


class ApprovalNeeded(Protocol):
    """Whether messages wait for a second person, see `SettingsStore.needs_approval`."""

    def __call__(self, connection: sa.Connection | None = None) -> bool:
        """Whether they do."""


class SettingsStore:
    """Keeps the settings; of each there is one value or none.

    Args:
        database: where.
        vault: seals the secret ones.
        audit: where changes by people are written down.
    """

    def __init__(self, database: Database, vault: Vault, audit: Audit) -> None:
        self._database = database
        self._vault = vault
        self._audit = audit

    def get(self, name: Setting) -> str | None:
        """A setting's value."""
        with self._database.read() as connection:
            return connection.execute(_value_of(name)).scalar()

    def put(self, name: Setting, value: str | None, *, connection: sa.Connection | None = None) -> None:
        """Set a setting's value; ``None`` takes it away."""
        with self._database.joined(connection) as transaction:
            if value is None:
                transaction.execute(sa.delete(setting).where(setting.c.name == name))
            else:
                transaction.execute(_PUT, {"name": name.value, "value": value})

    def get_secret(self, name: Setting) -> str | None:
        """The value of a setting that is kept sealed.

        Raises:
            NotOpened: it was sealed with a key that is not here.
        """
        sealed = self.get(name)
        return None if sealed is None else self._vault.open(sealed, sealed_for(name))

    def put_secret(self, name: Setting, value: str | None, *, connection: sa.Connection | None = None) -> None:
        """Set the value of a setting that is kept sealed; ``None`` takes it away."""
        sealed = None if value is None else self._vault.seal(value, sealed_for(name))
        self.put(name, sealed, connection=connection)

    def secret_made_once(self, name: Setting, make: Callable[[], str]) -> str:
        """The value of a setting that is kept sealed; whoever comes first makes it, for all processes.

        One that was sealed with a key that is not here is made anew.
        """
        with self._database.write() as connection:
            connection.execute(_ADD, {"name": name.value, "value": self._vault.seal(make(), sealed_for(name))})
            this = sa.select(setting.c.value).where(setting.c.name == name).with_for_update()
            try:
                return self._vault.open(connection.execute(this).scalar_one(), sealed_for(name))
            except NotOpened:
                value = make()
                self.put_secret(name, value, connection=connection)
                return value

    def needs_approval(self, connection: sa.Connection | None = None) -> bool:
        """Whether messages wait for a second person before they are queued.

        Args:
            connection: a transaction that writes, at its beginning: until its end nobody turns it on or off.
        """
        if connection is None:
            return self.get(Setting.APPROVAL) == _ON
        hold(connection, _APPROVAL, shared=True)
        return connection.execute(_value_of(Setting.APPROVAL)).scalar() == _ON

    def set_approval(self, viewer: Viewer, *, needed: bool) -> None:
        """Turn second-person approval on or off.

        Raises:
            NotAllowed: only owners may.
        """
        viewer.require_owner()
        with self._database.write() as connection:
            hold(connection, _APPROVAL)
            if self.needs_approval(connection) == needed:
                return
            self.put(Setting.APPROVAL, _ON if needed else None, connection=connection)
            what = What.APPROVAL_ON if needed else What.APPROVAL_OFF
            self._audit.note(viewer, what, connection=connection)


def _value_of(name: Setting) -> sa.Select[str]:
    return sa.select(setting.c.value).where(setting.c.name == name)


def sealed_for(name: Setting) -> str:
    """What the value of a setting is sealed for."""
    return f"setting:{name}"
