"""The application in whose name the app asks Amazon."""

import os
from dataclasses import dataclass, field

from buyerline.amazon.credentials import Credentials
from buyerline.app.audit import Audit, What
from buyerline.app.errors import Invalid
from buyerline.app.settings_store import Setting, SettingsStore
from buyerline.app.vault import NotOpened
from buyerline.app.viewer import Viewer
from buyerline.app.words import Words
from buyerline.outbox.database import Database

CLIENT_ID, CLIENT_SECRET = "LWA_APP_ID", "LWA_CLIENT_SECRET"
APPLICATION_ID = "BUYERLINE_APPLICATION_ID"
"""Variables of the environment."""

_ANY_ID = "amzn1."
"""What all ids of applications begin with, older ones too: Amazon has changed what comes after it."""

LONGEST = 1000
"""Characters of an id or a secret."""


@dataclass(frozen=True, slots=True)
class Application:
    """The application that sellers authorise, as Amazon's developer console names its parts.

    Attributes:
        client_id: its LWA client id (``amzn1.application-oa2-client...``).
        client_secret: its LWA client secret.
        application_id: what the consent page calls it (``amzn1.sp.solution...``); ``None`` where it is not known.
    """

    client_id: str
    client_secret: str = field(repr=False)
    application_id: str | None

    def credentials(self, refresh_token: str) -> Credentials:
        """What a client needs to act for the seller who gave this authorisation."""
        return Credentials(self.client_id, self.client_secret, refresh_token)


@dataclass(frozen=True, slots=True)
class ApplicationShown:
    """What a page may show of the application.

    Attributes:
        client_id, application_id: as in `Application`; ``None`` where they are not known.
        has_secret: whether its secret is known. It is not shown to anybody again.
        fixed, id_fixed: whether client id and secret, and application id, are the environment's, so that they are
            not changed here.
    """

    client_id: str | None
    has_secret: bool
    application_id: str | None
    fixed: bool
    id_fixed: bool

    @property
    def known(self) -> bool:
        """Whether an account can be connected in its name."""
        return self.client_id is not None and self.has_secret


class Applications:
    """The application's credentials: the environment's, else those that an owner has set.

    Client id and secret belong together, so both come from the same place.
    """

    def __init__(self, database: Database, settings: SettingsStore, audit: Audit) -> None:
        self._database = database
        self._settings = settings
        self._audit = audit

    def get(self) -> Application:
        """The application.

        Raises:
            Invalid: its client id or secret is not known, or the secret was sealed with a key that is not here.
        """
        client_id, secret = os.environ.get(CLIENT_ID), os.environ.get(CLIENT_SECRET)
        if not (client_id and secret):
            client_id, secret = self._settings.get(Setting.CLIENT_ID), self._secret()
        if not (client_id and secret):
            raise Invalid(
                Words(
                    "The application's client id and client secret are not known yet. An owner sets them on the page "
                    "Accounts; Amazon's developer console shows them."
                ),
                field="client_id",
            )
        return Application(client_id, secret, self._application_id())

    def shown(self) -> ApplicationShown:
        """What may be shown of it."""
        fixed = bool(os.environ.get(CLIENT_ID) and os.environ.get(CLIENT_SECRET))
        return ApplicationShown(
            client_id=os.environ[CLIENT_ID] if fixed else self._settings.get(Setting.CLIENT_ID),
            has_secret=fixed or self._settings.get(Setting.CLIENT_SECRET) is not None,
            application_id=self._application_id(),
            fixed=fixed,
            id_fixed=bool(os.environ.get(APPLICATION_ID)),
        )

    def set(self, viewer: Viewer, *, client_id: str, client_secret: str, application_id: str) -> None:
        """Set its parts. An empty secret leaves the one that is there; an empty application id takes it away.

        Raises:
            NotAllowed: only owners may.
            Invalid: a part is missing or too long.
        """
        viewer.require_owner()
        parts = {"client_id": client_id, "client_secret": client_secret, "application_id": application_id}
        parts = {name: value.strip() for name, value in parts.items()}
        self._check(parts)
        with self._database.write() as connection:
            self._settings.put(Setting.CLIENT_ID, parts["client_id"], connection=connection)
            self._settings.put(Setting.APPLICATION_ID, parts["application_id"] or None, connection=connection)
            if parts["client_secret"]:
                self._settings.put_secret(Setting.CLIENT_SECRET, parts["client_secret"], connection=connection)
            self._audit.note(viewer, What.APPLICATION_SET, note=parts["client_id"], connection=connection)

    def _check(self, parts: dict[str, str]) -> None:
        for name, value in parts.items():
            if len(value) > LONGEST:
                raise Invalid(Words("This is too long to be one of Amazon's ids."), field=name)
        if not parts["client_id"]:
            raise Invalid(Words("Give the LWA client id. It begins with amzn1.application-oa2-client."), "client_id")
        if not parts["client_id"].startswith(_ANY_ID):
            raise Invalid(Words("This is no client id: one begins with amzn1.application-oa2-client."), "client_id")
        if parts["application_id"] and not parts["application_id"].startswith(_ANY_ID):
            raise Invalid(Words("This is no application id: one begins with amzn1.sp.solution."), "application_id")
        if not parts["client_secret"] and self._settings.get(Setting.CLIENT_SECRET) is None:
            raise Invalid(Words("Give the LWA client secret."), field="client_secret")

    def _secret(self) -> str | None:
        try:
            return self._settings.get_secret(Setting.CLIENT_SECRET)
        except NotOpened:
            raise Invalid(
                Words(
                    "The secret key with which the application's client secret was sealed is not here. Bring the key "
                    "back, or set the client secret again on the page Accounts."
                ),
                field="client_secret",
            ) from None

    def _application_id(self) -> str | None:
        return os.environ.get(APPLICATION_ID) or self._settings.get(Setting.APPLICATION_ID)
