"""Accounts as they stand in the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from time import sleep
from typing import TYPE_CHECKING, Any

import msgspec
import sqlalchemy as sa

from buyerline.amazon.marketplaces import Marketplace, Region
from buyerline.app.account_names import names_for
from buyerline.app.schema import connected, orders
from buyerline.app.viewer import Viewer
from buyerline.outbox.clock import now
from buyerline.outbox.database import Database
from buyerline.outbox.schema import account

if TYPE_CHECKING:
    from buyerline.app.authorisation import Seller

AT_ONCE = 5000
"""Orders that are deleted in one transaction, so that none takes long."""

BREATH = 0.1
"""Seconds between two such transactions. SQLite has no queue: who waits to write looks every tenth of a second whether
it may (`sqliteDefaultBusyCallback` in SQLite's main.c), and would find the next one there each time."""

FROM_THE_BEGINNING: dict[str, Any] = {
    "sync_from": None,
    "sync_start": None,
    "sync_began_at": None,
    "sync_token": None,
    "sync_pages": 0,
    "sync_next_at": None,
}
"""What an account's ``connection`` says where the next search for its orders shall be as the first one is."""


class AccountState(StrEnum):
    """How an account stands."""

    CONNECTED = "connected"
    TROUBLE = "trouble"
    DISCONNECTED = "disconnected"


@dataclass(frozen=True, slots=True)
class SyncState:
    """How far the synchronisation of an account's orders is.

    Attributes:
        synced_at: when a search was last complete; ``None``: never yet.
        began_at: when the search under way began; ``None`` where none is.
        pages: how many pages of it are in.
        next_at: when its next page, or the next search, is due.
        wanted_at: when a person last asked for it.
        trouble: why it does not get on, an English sentence.
    """

    synced_at: datetime | None
    began_at: datetime | None
    pages: int
    next_at: datetime | None
    wanted_at: datetime | None
    trouble: str | None


@dataclass(frozen=True, slots=True)
class Account:
    """A seller's account.

    Attributes:
        id, name: the outbox's number and name for it.
        title: what people call it.
        region: where its authorisation is valid.
        marketplaces: where it takes part, of that region.
        selling_partner_id: Amazon's id of the seller, where it is known.
        connected_at: when it was last connected.
        tested_at: when Amazon was last asked whether the authorisation is good.
        trouble: why it is not, or why nothing is sent, an English sentence; ``None``: it works as far as is known.
        can_attach: whether files can be uploaded for it; ``None``: not found out yet.
        disconnected_at: since when it is disconnected; ``None`` where it is connected.
        sync: how far its orders are here.
        stores: the store's name at Amazon by marketplace id, where it is known.
    """

    id: int
    name: str
    title: str
    region: Region
    marketplaces: tuple[Marketplace, ...]
    selling_partner_id: str | None
    connected_at: datetime
    tested_at: datetime | None
    trouble: str | None
    can_attach: bool | None
    disconnected_at: datetime | None
    sync: SyncState
    stores: Mapping[str, str]

    @property
    def state(self) -> AccountState:
        """How it stands."""
        if self.disconnected_at is not None:
            return AccountState.DISCONNECTED
        return AccountState.TROUBLE if self.trouble else AccountState.CONNECTED


def read_accounts(connection: sa.Connection, endpoint: str, condition: sa.ColumnElement[bool]) -> list[Account]:
    """The accounts of an endpoint that meet a condition."""
    query = (
        sa.select(connected, account.c.name, account.c.stopped)
        .join(account, account.c.id == connected.c.account_id)
        .where(account.c.endpoint == endpoint, condition)
    )
    return [_account(row) for row in connection.execute(query)]


def visible(connection: sa.Connection, viewer: Viewer, endpoint: str) -> frozenset[int] | None:
    """The numbers of the accounts of an endpoint that a person may see; ``None``: all that there are.

    What belongs to a sandbox is never shown beside what belongs to Amazon.
    """
    elsewhere = account.c.endpoint != endpoint
    if connection.execute(sa.select(account.c.id).where(elsewhere).limit(1)).scalar() is None:
        return viewer.accounts
    here = frozenset(connection.scalars(sa.select(account.c.id).where(~elsewhere)))
    return here if viewer.accounts is None else here & viewer.accounts


def make_account(connection: sa.Connection, endpoint: str, title: str, region: Region) -> int:
    """A new account's number.

    The outbox may have an account of its name already, from a command: its messages are this account's then.
    """
    for name in names_for(title):
        named = {"name": name, "endpoint": endpoint}
        connection.execute(_ADD_ACCOUNT, named)
        number: int = connection.execute(_ACCOUNT, named).scalar_one()
        row = {"account_id": number, "title": title, "region": region.value, "marketplaces": "[]", "sync_pages": 0}
        if connection.execute(_CONNECTION, {"number": number}).first() is None:
            connection.execute(sa.insert(connected).values(row | {"connected_at": now()}))
            break
    return number


def change_account(
    connection: sa.Connection, account_id: int, values: dict[str, Any], *, if_connected: bool = False
) -> bool:
    """Change columns of an account's ``connection``; with `if_connected`, unless it has been disconnected by now.

    Whether they were changed.
    """
    still = connected.c.refresh_token.is_not(None) if if_connected else sa.true()
    changed = connection.execute(sa.update(connected).where(connected.c.account_id == account_id, still).values(values))
    return changed.rowcount > 0


def set_seller(connection: sa.Connection, account_id: int, seller: "Seller") -> None:
    """Write where an account takes part, and what the store is called there.

    When a marketplace joins, its orders of the last weeks are not here yet. The next synchronisation then covers them,
    for all: one search is for every marketplace.
    """
    mine = connected.c.account_id == account_id
    known = connection.execute(sa.select(connected.c.marketplaces).where(mine).with_for_update()).scalar_one()
    ids = [each.id for each in seller.marketplaces]
    values: dict[str, Any] = {"marketplaces": encoded(ids), "stores": encoded(seller.stores)}
    if not set(ids) <= set(_ids(known)):
        values |= FROM_THE_BEGINNING
    connection.execute(sa.update(connected).where(mine).values(values))


def stop_account(connection: sa.Connection, account_id: int, why: str | None) -> None:
    """Let the outbox send nothing for an account; without a reason, let it go on."""
    connection.execute(sa.update(account).where(account.c.id == account_id).values(stopped=why))


def newest_order(connection: sa.Connection, of: Account) -> tuple[str, Marketplace] | None:
    """The id and the marketplace of an account's newest order."""
    newest = (
        sa.select(orders.c.order_id, orders.c.marketplace_id)
        .where(orders.c.account_id == of.id, orders.c.marketplace_id.in_([each.id for each in of.marketplaces]))
        .order_by(orders.c.place.desc())
        .limit(1)
    )
    found = connection.execute(newest).first()
    return (found.order_id, Marketplace.of(found.marketplace_id)) if found else None


def forget_orders(database: Database, account_id: int) -> None:
    """Delete an account's orders, some thousands at a time, so that others can write meanwhile."""
    some = sa.select(orders.c.place).where(orders.c.account_id == account_id).limit(AT_ONCE)
    deleted = AT_ONCE
    while deleted == AT_ONCE:
        with database.write() as connection:
            deleted = connection.execute(sa.delete(orders).where(orders.c.place.in_(some))).rowcount
        if deleted == AT_ONCE:
            sleep(BREATH)


def encoded(value: Sequence[str] | Mapping[str, str]) -> str:
    """Marketplaces by their ids, or the names of stores by marketplace id, as they are kept."""
    return msgspec.json.encode(value).decode()


def _ids(marketplaces: str) -> list[str]:
    return msgspec.json.decode(marketplaces, type=list[str])


_ADD_ACCOUNT = sa.text(
    "INSERT INTO account (name, endpoint) VALUES (:name, :endpoint) ON CONFLICT (name, endpoint) DO NOTHING"
)
_ACCOUNT = sa.text("SELECT id FROM account WHERE name = :name AND endpoint = :endpoint")
_CONNECTION = sa.text("SELECT 1 FROM connection WHERE account_id = :number")


def _account(row: sa.Row[Any]) -> Account:
    return Account(
        id=row.account_id,
        name=row.name,
        title=row.title,
        region=Region(row.region),
        marketplaces=tuple(Marketplace.of(each) for each in _ids(row.marketplaces)),
        selling_partner_id=row.selling_partner_id,
        connected_at=row.connected_at,
        tested_at=row.tested_at,
        trouble=row.trouble or row.stopped,
        can_attach=row.can_attach,
        disconnected_at=row.disconnected_at,
        sync=SyncState(
            synced_at=row.synced_at,
            began_at=row.sync_began_at,
            pages=row.sync_pages,
            next_at=row.sync_next_at,
            wanted_at=row.sync_wanted_at,
            trouble=row.sync_trouble,
        ),
        stores=msgspec.json.decode(row.stores, type=dict[str, str]) if row.stores else {},
    )
