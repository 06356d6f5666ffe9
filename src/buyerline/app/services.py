"""What the app consists of, each piece made once."""

import logging
import secrets
from dataclasses import dataclass

import sqlalchemy as sa
from argon2.profiles import RFC_9106_LOW_MEMORY

from buyerline.amazon.connect import AMAZON, ClientOptions
from buyerline.amazon.credentials import default_sources
from buyerline.amazon.observe import CallEvent
from buyerline.amazon.usage_plans import UsagePlans
from buyerline.app.accounts import Account, Accounts
from buyerline.app.api_keys import ApiKeys
from buyerline.app.applications import Applications
from buyerline.app.approving import Approving
from buyerline.app.attaching import Attaching
from buyerline.app.audit import Audit
from buyerline.app.clients import Clients, source
from buyerline.app.composing import Composing
from buyerline.app.consent import Consent
from buyerline.app.database import open_database
from buyerline.app.draft_rows import forget_old as forget_old_drafts
from buyerline.app.drafts import Drafts
from buyerline.app.following import Following
from buyerline.app.giving_back import give_back_overdue
from buyerline.app.live import Live
from buyerline.app.offers import Offers
from buyerline.app.offers import forget_old as forget_old_offers
from buyerline.app.one_time_links import OneTimeLinks
from buyerline.app.order_asking import OrderAsking
from buyerline.app.orders import Orders
from buyerline.app.own_drafts import OwnDrafts
from buyerline.app.passwords import Passwords
from buyerline.app.people import People
from buyerline.app.posting import Posting
from buyerline.app.profiles import Profiles
from buyerline.app.queueing import Queueing
from buyerline.app.sealing_anew import seal_anew
from buyerline.app.sending import Sending
from buyerline.app.sessions import Sessions
from buyerline.app.settings import Settings
from buyerline.app.settings_store import Setting, SettingsStore
from buyerline.app.signing_in import SigningIn
from buyerline.app.sync_summary import SyncSummary
from buyerline.app.vault import Vault
from buyerline.app.viewer import Viewer
from buyerline.outbox import Outbox, Worker
from buyerline.outbox.life import Beats
from buyerline.outbox.retention import Retention
from buyerline.outbox.schema import worker

PASSWORD_COST = RFC_9106_LOW_MEMORY
"""What a password costs to hash, see `Passwords`."""


_log = logging.getLogger("buyerline.app")

_WORKERS = sa.select(worker.c.id, worker.c.beat).where(worker.c.endpoint == sa.bindparam("endpoint"), worker.c.shares)


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every page.

    Attributes:
        accounts: those that the person may see.
        needs_you: how many messages wait for a person.
        stand_in: whether something else answers for Amazon, so that no message reaches a buyer.
        not_sending: whether no worker is there, or it has failed, so that nothing is sent at the moment.
        sync: how far the accounts' orders are.
    """

    accounts: list[Account]
    needs_you: int
    stand_in: bool
    not_sending: bool
    sync: SyncSummary


class Services:
    """The app's pieces.

    Attributes:
        settings: how it is set up.
        url: where people reach it.
        worker: the worker in this process, when there is one.
        not_sending: whether it has failed and is not started again yet.
        options: those of every client that asks Amazon for an account.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.url = settings.public_url
        self.worker: Worker | None = None
        self.not_sending = False
        self._beats = Beats()
        self.database = open_database(settings.database)
        self.vault = Vault.of_environment(settings.folder)
        self._seal_anew()
        self.options: ClientOptions = {
            **settings.options,
            "sources": [source(self.database, self.vault, settings.options), *default_sources()],
            "observers": [self._observe, *settings.options.get("observers", ())],
        }
        self.outbox = Outbox(database=self.database, who="buyerline", options=self.options)
        self.audit = Audit(self.database)
        self.links = OneTimeLinks(self.database)
        self.sessions = Sessions(self.database)
        self.api_keys = ApiKeys(self.database)
        passwords = Passwords(PASSWORD_COST)
        self.people = People(self.database, passwords)
        self.signing_in = SigningIn(self.database, passwords)
        self.store = SettingsStore(self.database, self.vault, self.audit)
        self.profiles = Profiles(self.database, passwords)
        self.applications = Applications(self.database, self.store, self.audit)
        self.accounts = Accounts(self.database, self.vault, self.applications, self.audit, self.options)
        self.accounts.learn_tokens()
        self._attaching = Attaching(self.accounts)
        self.clients = Clients(self.accounts, self.options, self.plans_of)
        self.consent = Consent(self.accounts, self.applications, self.links, self.options)
        self.orders = Orders(self.database, self.outbox.endpoint)
        self.order_asking = OrderAsking(self.database, self.clients)
        self.offers = Offers(self.database, self.clients)
        self.drafts = Drafts(self.database)
        self.own_drafts = OwnDrafts(self.database, self.outbox.endpoint)
        self.composing = Composing(self.drafts)
        self.following = Following(self.database, self.outbox, self.audit, self.store.needs_approval)
        self.live = Live(self.following)
        queueing = Queueing(self.outbox, self.drafts, self.audit, self.store.needs_approval)
        self.approving = Approving(
            self.database,
            accounts=self.accounts,
            drafts=self.drafts,
            offers=self.offers,
            composing=self.composing,
            orders=self.orders,
            audit=self.audit,
            queueing=queueing,
        )
        self.sending = Sending(
            self.outbox,
            drafts=self.drafts,
            audit=self.audit,
            queueing=queueing,
            approving=self.approving,
            approval_needed=self.store.needs_approval,
        )
        self.posting = Posting(self.outbox, self.orders, self.audit, self.store.needs_approval)
        self._retention = Retention.of_environment()

    def _observe(self, event: CallEvent) -> None:
        self._attaching.observe(event)

    def plans_of(self, account: str) -> UsagePlans | None:
        """The usage plans of an account that a worker in this process serves."""
        worker = self.worker
        return worker.plans_of(account) if worker else None

    def _seal_anew(self) -> None:
        sealed = seal_anew(self.database, self.vault)
        if sealed:
            _log.info("what an older secret key had sealed is sealed with the first one now: %d in all", sealed)

    def csrf_secret(self) -> str:
        """What the tokens of forms are signed with: kept, so that a page from before a restart can still be sent."""
        return self.store.secret_made_once(Setting.CSRF, lambda: secrets.token_urlsafe(32))

    def frame(self, viewer: Viewer) -> Frame:
        """What stands around a page for this person."""
        accounts = self.accounts.list(viewer)
        return Frame(
            accounts=accounts,
            needs_you=self.following.needs_you(viewer),
            stand_in=self.outbox.endpoint != AMAZON,
            not_sending=self.not_sending or not self.somebody_sends(),
            sync=SyncSummary.of(accounts),
        )

    def somebody_sends(self) -> bool:
        """Whether a worker lives, here or in another process. One that died is noticed some seconds after two looks."""
        if self.settings.worker:
            return True
        with self.database.read() as connection:
            found = connection.execute(_WORKERS, {"endpoint": self.outbox.endpoint})
            beats: dict[str, int] = {row.id: row.beat for row in found}
        return bool(beats.keys() - self._beats.still(beats))

    def forget(self) -> None:
        """Delete what nobody needs any more, once it has been given back where somebody waits for it."""
        with self.database.write() as connection:
            give_back_overdue(connection, self.audit, self._retention)
            forget_old_drafts(connection, self._retention)
            forget_old_offers(connection, self._retention)
        self.accounts.forget()

    def close(self) -> None:
        """Close the connections."""
        self.clients.close()
        self._attaching.close()
        self.database.close()
