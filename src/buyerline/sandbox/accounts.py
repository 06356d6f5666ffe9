"""Who may call: applications, sellers' accounts, authorisations, and the tokens made from them."""

import secrets
import sqlite3
from typing import Any

import msgspec

from buyerline.amazon.marketplaces import Marketplace, Region
from buyerline.sandbox import errors
from buyerline.sandbox.clock import Clock

BUYER_COMMUNICATION = "Buyer Communication"
PRODUCT_LISTING = "Product Listing"
BUYER_SOLICITATION = "Buyer Solicitation"
ORDER_TRACKING = "Inventory and Order Tracking"
DIRECT_TO_CONSUMER = "Direct-to-Consumer Delivery (Restricted)"
ALL_ROLES = (BUYER_COMMUNICATION, PRODUCT_LISTING, BUYER_SOLICITATION, ORDER_TRACKING, DIRECT_TO_CONSUMER)

ORDER_READERS = frozenset({ORDER_TRACKING, DIRECT_TO_CONSUMER, BUYER_COMMUNICATION})
"""Any of these reads orders; Buyer Communication alone is enough for their basic data (SP-API, access to orders)."""

ACCESS_TOKEN_SECONDS = 3600
CODE_SECONDS = 300

REGION_MARKETPLACES = {
    Region.NA: ("US", "CA", "MX", "BR"),
    Region.EU: ("DE", "FR", "IT", "ES", "UK", "NL"),
    Region.FE: ("JP", "AU", "SG"),
}


class Application(msgspec.Struct, frozen=True):
    """A developer's application: ``client_id`` and ``secret`` for tokens, ``application_id`` for the consent page."""

    client_id: str
    secret: str
    application_id: str
    name: str
    secret_expired: bool = False


class Account(msgspec.Struct, frozen=True):
    """One seller in one region. ``marketplaces`` are country codes, ``roles`` what the seller's consent covers."""

    id: str
    name: str
    seller_id: str
    region: Region
    marketplaces: tuple[str, ...]
    roles: tuple[str, ...]

    def sells_in(self, marketplace: Marketplace) -> bool:
        """Whether the seller takes part in the marketplace."""
        return marketplace.name in self.marketplaces

    def has_any(self, roles: frozenset[str]) -> bool:
        """Whether one of these roles is covered; an operation that names none is open to everybody."""
        return not roles or not roles.isdisjoint(self.roles)


class Resource(msgspec.Struct, frozen=True):
    """What a restricted data token opens: one method and one path, ``{orderId}`` standing for any order."""

    method: str
    path: str


class Grant(msgspec.Struct, frozen=True):
    """What an access token stands for. A grantless token has no account, only a restricted one has ``resources``."""

    client_id: str
    account: Account | None
    resources: tuple[Resource, ...] | None = None


class Accounts:
    """The applications, accounts, authorisations and tokens in the database."""

    def __init__(self, database: sqlite3.Connection, clock: Clock) -> None:
        self._db = database
        self._clock = clock

    def add_application(self, application: Application) -> None:
        """Register or replace an application."""
        self._db.execute(
            "INSERT OR REPLACE INTO applications VALUES (?, ?, ?, ?, ?)", msgspec.structs.astuple(application)
        )

    def application(self, client_id: str) -> Application | None:
        """The application with this client id."""
        return self._application("client_id = ?", client_id)

    def application_of(self, application_id: str) -> Application | None:
        """The application with this application id, the one that stands in consent URLs."""
        return self._application("application_id = ?", application_id)

    def _application(self, condition: str, value: str) -> Application | None:
        row = self._db.execute(
            f"SELECT client_id, secret, application_id, name, secret_expired FROM applications WHERE {condition}",  # noqa: S608 - the condition is one of the two constants above
            (value,),
        ).fetchone()
        if row is None:
            return None
        client_id, secret, identifier, name, expired = row
        return Application(client_id, secret, identifier, name, secret_expired=bool(expired))

    def add(self, account: Account) -> None:
        """Register or replace an account."""
        self._db.execute("INSERT OR REPLACE INTO accounts VALUES (?, ?)", (account.id, msgspec.json.encode(account)))

    def find(self, name: str) -> Account | None:
        """The account with this id, or the one that this refresh token belongs to."""
        row = self._db.execute(
            "SELECT profile FROM accounts WHERE id = ? OR id = (SELECT account FROM authorisations "
            "WHERE refresh_token = ?)",
            (name, name),
        ).fetchone()
        return msgspec.json.decode(row[0], type=Account) if row else None

    def all(self) -> list[Account]:
        """Every account, oldest first."""
        rows = self._db.execute("SELECT profile FROM accounts ORDER BY rowid")
        return [msgspec.json.decode(row[0], type=Account) for row in rows]

    def authorise(self, refresh_token: str, client_id: str, account: str, *, revoked: bool = False) -> None:
        """Let an application act for an account by this refresh token."""
        self._db.execute(
            "INSERT OR REPLACE INTO authorisations VALUES (?, ?, ?, ?)", (refresh_token, client_id, account, revoked)
        )

    def refresh_token_for(self, client_id: str, account: str) -> str:
        """The refresh token of this application for this account, a new one when it was never authorised."""
        row = self._db.execute(
            "SELECT refresh_token FROM authorisations WHERE client_id = ? AND account = ? AND NOT revoked",
            (client_id, account),
        ).fetchone()
        if row:
            return str(row[0])
        refresh_token = f"Atzr|{secrets.token_urlsafe(48)}"
        self.authorise(refresh_token, client_id, account)
        return refresh_token

    def authorisation(self, refresh_token: str) -> tuple[str, str, bool] | None:
        """Client id, account id and whether it was revoked, of this refresh token."""
        row = self._db.execute(
            "SELECT client_id, account, revoked FROM authorisations WHERE refresh_token = ?", (refresh_token,)
        ).fetchone()
        return (row[0], row[1], bool(row[2])) if row else None

    def make_code(self, client_id: str, account: str, redirect_uri: str) -> str:
        """An authorisation code, good for five minutes and one use."""
        code = secrets.token_urlsafe(16)
        expires_at = self._clock.time() + CODE_SECONDS
        self._db.execute(
            "INSERT INTO codes VALUES (?, ?, ?, ?, ?)", (code, client_id, account, redirect_uri, expires_at)
        )
        return code

    def take_code(self, code: str) -> tuple[str, str, str] | None:
        """Client id, account id and redirect URI of a code that is still good. It is not good afterwards."""
        row = self._db.execute(
            "DELETE FROM codes WHERE code = ? RETURNING client_id, account, redirect_uri, expires_at", (code,)
        ).fetchone()
        if row is None or row[3] < self._clock.time():
            return None
        return row[0], row[1], row[2]

    def issue(
        self,
        client_id: str,
        account: str | None,
        refresh_token: str | None,
        resources: tuple[Resource, ...] | None = None,
    ) -> str:
        """A new access token, good for an hour; restricted to ``resources`` when there are some."""
        prefix = "Atza" if resources is None else "Atz.sprdt"
        token = f"{prefix}|{secrets.token_urlsafe(96)}"
        self._db.execute(
            "INSERT INTO access_tokens VALUES (?, ?, ?, ?, ?, ?)",
            (
                token,
                client_id,
                account,
                refresh_token,
                self._clock.time() + ACCESS_TOKEN_SECONDS,
                None if resources is None else msgspec.json.encode(resources),
            ),
        )
        return token

    def grant_of(self, token: str) -> Grant:
        """What an access token stands for.

        Raises:
            Refusal: It is malformed, unknown, expired, or its authorisation was revoked.
        """
        row = self._db.execute(
            "SELECT t.client_id, t.expires_at, t.resources, a.profile, t.account, r.revoked FROM access_tokens t "
            "LEFT JOIN accounts a ON a.id = t.account "
            "LEFT JOIN authorisations r ON r.refresh_token = t.refresh_token WHERE t.token = ?",
            (token,),
        ).fetchone()
        if row is None or row[5] or (row[4] is not None and row[3] is None):
            raise errors.token_invalid()
        if row[1] <= self._clock.time():
            raise errors.token_expired()
        return Grant(
            client_id=row[0],
            account=None if row[3] is None else _read_account(row[3]),
            resources=None if row[2] is None else msgspec.json.decode(row[2], type=tuple[Resource, ...]),
        )

    def refresh_token_of(self, token: str) -> str | None:
        """The refresh token that an access token was made from."""
        row = self._db.execute("SELECT refresh_token FROM access_tokens WHERE token = ?", (token,)).fetchone()
        return row[0] if row else None


_account_decoder = msgspec.json.Decoder(Account)


def _read_account(profile: Any) -> Account:
    return _account_decoder.decode(profile)
