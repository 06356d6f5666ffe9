"""Sellers' accounts: connected by an authorisation, tested, renamed, disconnected.

An account is a row of the outbox's table ``account``; its row in ``connection`` is what the app knows about it beside.
"""

import time
from contextlib import suppress
from typing import Any, Self

import sqlalchemy as sa

from buyerline.amazon.connect import ClientOptions, destination
from buyerline.amazon.credentials import Credentials
from buyerline.amazon.errors import BuyerlineError
from buyerline.amazon.marketplaces import Region
from buyerline.amazon.usage_plans import UsagePlans
from buyerline.app.account_names import LONGEST_TITLE, account_title
from buyerline.app.account_rows import (
    FROM_THE_BEGINNING,
    Account,
    AccountState,
    SyncState,
    change_account,
    forget_orders,
    make_account,
    newest_order,
    read_accounts,
    set_seller,
    stop_account,
)
from buyerline.app.applications import Applications
from buyerline.app.audit import Audit, What
from buyerline.app.authorisation import Seller, ask, has_order, is_refused, refusal
from buyerline.app.errors import AppError, Invalid, NotHere
from buyerline.app.giving_back import give_back_of_account
from buyerline.app.same_seller import check_ids, check_not_of, check_orders, check_stores
from buyerline.app.schema import connected, offer
from buyerline.app.secrets_kept import digest
from buyerline.app.settings_store import SettingsStore
from buyerline.app.taking_turns import hold_table
from buyerline.app.vault import NotOpened, Vault
from buyerline.app.viewer import Viewer
from buyerline.app.words import Words
from buyerline.outbox import stops
from buyerline.outbox.clock import now
from buyerline.outbox.database import Database
from buyerline.outbox.schema import account

__all__ = ["Account", "AccountState", "Accounts", "NotUsable", "SyncState"]

LONGEST_TOKEN = 4000

DISCONNECTED = Words(stops.DISCONNECTED)
_LOCKED = Words(
    "The secret key with which this account's authorisation was sealed is not here. Bring the key back, or connect "
    "the account again."
)
_NEVER_SYNCHRONISED: dict[str, object] = {
    **FROM_THE_BEGINNING,
    "sync_wanted_at": None,
    "sync_trouble": None,
    "synced_at": None,
}


class NotUsable(AppError):
    """The account's authorisation is not here, so Amazon cannot be asked for it."""

    status = 409


class Accounts:
    """The accounts of one endpoint: those of a sandbox are never shown beside Amazon's.

    Args:
        database: with the app's tables.
        vault: seals the authorisations.
        applications: in whose name Amazon is asked.
        audit: where it is written down who connected, tested, renamed, disconnected.
        options: those of the clients that ask Amazon.
    """

    def __init__(
        self, database: Database, vault: Vault, applications: Applications, audit: Audit, options: ClientOptions
    ) -> None:
        self._database = database
        self._vault = vault
        self._applications = applications
        self._audit = audit
        self._options: ClientOptions = {"plans": UsagePlans(time.monotonic), **options}
        self.endpoint = destination(options)

    @classmethod
    def in_database(cls, database: Database, vault: Vault, options: ClientOptions) -> Self:
        """The accounts, for whoever needs nothing else of the app."""
        audit = Audit(database)
        applications = Applications(database, SettingsStore(database, vault, audit), audit)
        return cls(database, vault, applications, audit, options)

    def list(self, viewer: Viewer) -> "list[Account]":
        """The accounts that a person may see, disconnected ones included, by title."""
        with self._database.read() as connection:
            found = read_accounts(connection, self.endpoint, sa.true())
        return sorted((each for each in found if viewer.may_see(each.id)), key=lambda each: each.title.casefold())

    def of(self, viewer: Viewer, name: str) -> Account:
        """The account of this name.

        Raises:
            NotHere: there is none, or the person may not see it.
        """
        found = self._one(account.c.name == name)
        if not viewer.may_see(found.id):
            raise NotHere
        return found

    def numbered(self, account_id: int) -> Account:
        """The account of this number, whoever asks: for work that nobody waits for.

        Raises:
            NotHere: there is none.
        """
        return self._one(account.c.id == account_id)

    def credentials(self, account_id: int) -> Credentials:
        """What a client needs to act for an account.

        Raises:
            NotUsable: it is disconnected, or its authorisation cannot be opened.
            Invalid: the application is not known.
        """
        with self._database.read() as connection:
            sealed = connection.execute(
                sa.select(connected.c.refresh_token).where(connected.c.account_id == account_id)
            ).scalar()
        if sealed is None:
            raise NotUsable(DISCONNECTED)
        try:
            return self._applications.get().credentials(self._vault.open(sealed, sealed_for(account_id)))
        except NotOpened:
            raise NotUsable(_LOCKED) from None

    def credentials_of(self, name: str) -> Credentials:
        """The same by the account's name, whoever asks.

        Raises:
            NotHere: there is no such account.
            NotUsable, Invalid: as `credentials` does.
        """
        return self.credentials(self._one(account.c.name == name).id)

    def connect(
        self,
        viewer: Viewer,
        title: str,
        region: Region | str,
        refresh_token: str,
        *,
        selling_partner_id: str | None = None,
        again: str | None = None,
    ) -> Account:
        """Connect a seller, once Amazon has said that the authorisation is good.

        A seller who is known in the region keeps the account, which gets the new authorisation.

        Args:
            viewer: who connects it.
            title: what people shall call it; empty: the store's name at Amazon. A known account keeps its own.
            region: where the authorisation is valid.
            refresh_token: the authorisation.
            selling_partner_id: Amazon's id of the seller, where a consent has told it.
            again: name of the account that it has to be.

        Raises:
            NotAllowed: only owners may.
            Invalid: Amazon refuses it, it is another seller's than `again`, or a field cannot be taken.
            NotReached: Amazon could not be asked.
        """
        viewer.require_owner()
        wanted = self.of(viewer, again) if again else None
        title, token, place = account_title(title), _token(refresh_token), wanted.region if wanted else _region(region)
        seller, _ = ask(self._applications.get().credentials(token), place, self._options)
        if wanted:
            self._check_seller(wanted, token, seller, selling_partner_id)
        with self._database.write() as connection:
            hold_table(connection, connected)
            found = self._same(connection, place, selling_partner_id, token)
            if wanted:
                check_not_of(wanted, found)
            known = wanted or found
            new = title or _title(seller)
            number = known.id if known else make_account(connection, self.endpoint, new, place)
            self._authorise(connection, number, token, seller, selling_partner_id)
            note = "again" if known else None
            self._audit.note(viewer, What.ACCOUNT_CONNECTED, account_id=number, note=note, connection=connection)
        return self.numbered(number)

    def test(self, viewer: Viewer, name: str) -> Account:
        """Ask Amazon whether an account's authorisation is good, where it takes part, and whether it takes files.

        A good one lets the outbox send for the account again, where it had stopped.

        Raises:
            NotHere: there is no such account for this person.
            NotUsable: it is disconnected, or its authorisation cannot be opened.
            NotReached: Amazon could not be asked. Nothing was found out.
        """
        tested = self.of(viewer, name)
        credentials = self.credentials(tested.id)
        found: dict[str, Any] = {"tested_at": now(), "trouble": None}
        seller = None
        with self._database.read() as connection:
            order = newest_order(connection, tested)
        try:
            seller, can_attach = ask(credentials, tested.region, self._options, order)
        except Invalid as refused:
            found["trouble"] = str(refused.words)
        else:
            found |= {} if can_attach is None else {"can_attach": can_attach}
        with self._database.write() as connection:
            changed = change_account(connection, tested.id, found, if_connected=True)
            if changed and seller:
                set_seller(connection, tested.id, seller)
                stop_account(connection, tested.id, None)
            self._audit.note(
                viewer, What.ACCOUNT_TESTED, account_id=tested.id, note=found["trouble"], connection=connection
            )
        return self.numbered(tested.id)

    def rename(self, viewer: Viewer, name: str, title: str) -> Account:
        """Give an account another title. Its name stays: it stands in bookmarks and commands.

        Raises:
            NotAllowed: only owners may.
            NotHere: there is no such account.
            Invalid: the title cannot be taken.
        """
        viewer.require_owner()
        renamed = self.of(viewer, name)
        title = account_title(title)
        if not title:
            raise Invalid(Words("Give the account a name."), field="title")
        with self._database.write() as connection:
            change_account(connection, renamed.id, {"title": title})
            self._audit.note(viewer, What.ACCOUNT_RENAMED, account_id=renamed.id, note=title, connection=connection)
        return self.numbered(renamed.id)

    def disconnect(self, viewer: Viewer, name: str) -> Account:
        """Delete an account's authorisation and its orders. Its messages stay, and nothing more is sent for it.

        What waits for a second person is given back. Drafts are deleted when their retention time is over; whoever
        connects the account again before finds them on their orders.

        Raises:
            NotAllowed: only owners may.
            NotHere: there is no such account.
        """
        viewer.require_owner()
        ended = self.of(viewer, name)
        gone = {"refresh_token": None, "disconnected_at": now(), "trouble": None, "can_attach": None}
        with self._database.write() as connection:
            change_account(connection, ended.id, gone | _NEVER_SYNCHRONISED)
            stop_account(connection, ended.id, stops.DISCONNECTED)
            connection.execute(sa.delete(offer).where(offer.c.account_id == ended.id))
            self._audit.note(viewer, What.ACCOUNT_DISCONNECTED, account_id=ended.id, connection=connection)
            give_back_of_account(connection, self._audit, viewer, ended.id)
        forget_orders(self._database, ended.id)
        return self.numbered(ended.id)

    def forget(self) -> None:
        """Clear away what still came for accounts while they were being disconnected: orders, messages that wait."""
        with self._database.read() as connection:
            ended = connection.execute(
                sa.select(connected.c.account_id).where(connected.c.disconnected_at.is_not(None))
            ).scalars()
            numbers = list(ended)
        for number in numbers:
            forget_orders(self._database, number)
            with self._database.write() as connection:
                give_back_of_account(connection, self._audit, None, number)

    def learn_tokens(self) -> None:
        """Keep what tells authorisations again of those that were connected before that was kept, if they open."""
        unknown = sa.and_(connected.c.refresh_token.is_not(None), connected.c.token_digest.is_(None))
        with self._database.read() as connection:
            found = connection.execute(
                sa.select(connected.c.account_id, connected.c.refresh_token).where(unknown)
            ).all()
        for number, sealed in found:
            with suppress(NotOpened), self._database.write() as connection:
                token = self._vault.open(sealed, sealed_for(number))
                this = (connected.c.account_id == number, connected.c.refresh_token == sealed)
                connection.execute(sa.update(connected).where(*this).values(token_digest=digest(token)))

    def note_trouble(self, account_id: int, failure: BuyerlineError) -> None:
        """Remember of a call that failed that the authorisation has to be mended, if that is why."""
        if is_refused(failure):
            with self._database.write() as connection:
                change_account(connection, account_id, {"trouble": str(refusal(failure).words)}, if_connected=True)

    def note_attached(self, name: str) -> None:
        """Remember that Amazon has taken a file for the account of this name, where there is one."""
        with suppress(NotHere, BuyerlineError):
            found = self._one(account.c.name == name)
            if not found.can_attach:
                with self._database.write() as connection:
                    change_account(connection, found.id, {"can_attach": True}, if_connected=True)

    def _one(self, condition: sa.ColumnElement[bool]) -> Account:
        with self._database.read() as connection:
            found = read_accounts(connection, self.endpoint, condition)
        if not found:
            raise NotHere
        return found[0]

    def _check_seller(self, wanted: Account, token: str, seller: Seller, selling_partner_id: str | None) -> None:
        """Refuse to put one seller's authorisation into the account of another.

        Raises:
            Invalid: it is another seller's.
            NotReached: that could not be asked.
        """
        with self._database.read() as connection:
            found = self._same(connection, wanted.region, selling_partner_id, token)
            newest = newest_order(connection, wanted)
        check_not_of(wanted, found)
        if found:
            return
        check_ids(wanted, selling_partner_id)
        theirs = None
        if newest:
            credentials = self._applications.get().credentials(token)
            theirs = has_order(credentials, wanted.region, self._options, newest[0])
        if newest and theirs is not None:
            check_orders(wanted, newest[0], theirs=theirs)
        else:
            check_stores(wanted, seller)

    def _same(
        self, connection: sa.Connection, region: Region, selling_partner_id: str | None, token: str
    ) -> Account | None:
        """The account of the seller whose authorisation this is, where it is known that it is the seller's."""
        same = connected.c.token_digest == digest(token)
        if selling_partner_id:
            same = sa.or_(same, connected.c.selling_partner_id == selling_partner_id)
        found = read_accounts(connection, self.endpoint, sa.and_(connected.c.region == region.value, same))
        return found[0] if found else None

    def _authorise(
        self, connection: sa.Connection, number: int, token: str, seller: Seller, selling_partner_id: str | None
    ) -> None:
        values: dict[str, Any] = {
            "refresh_token": self._vault.seal(token, sealed_for(number)),
            "token_digest": digest(token),
            "connected_at": now(),
            "tested_at": now(),
            "trouble": None,
            "can_attach": None,  # the seller may have granted other roles than before
            "disconnected_at": None,
        }
        values |= {"selling_partner_id": selling_partner_id} if selling_partner_id else {}
        change_account(connection, number, values)
        set_seller(connection, number, seller)
        stop_account(connection, number, None)


def sealed_for(account_id: int) -> str:
    """What an authorisation is sealed for."""
    return f"the refresh token of account {account_id}"


def _token(given: str) -> str:
    token = given.strip()
    if not token or len(token) > LONGEST_TOKEN or not token.isascii() or not token.isprintable():
        raise Invalid(
            Words("Paste the refresh token as Amazon showed it: one line that begins with Atzr|."), "refresh_token"
        )
    return token


def _region(given: Region | str) -> Region:
    try:
        return Region(given)
    except ValueError:
        raise Invalid(Words("Choose the region where the seller gave the authorisation."), field="region") from None


def _title(seller: Seller) -> str:
    """What an account is called that nobody has named: the store, else the marketplace."""
    return (seller.store or "")[:LONGEST_TITLE].strip() or f"Amazon {seller.marketplaces[0].name}"
