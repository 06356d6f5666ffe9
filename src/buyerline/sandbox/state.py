"""Everything one running sandbox knows, and its return to the start."""

from collections.abc import Mapping
from datetime import UTC, datetime

from buyerline.sandbox.accounts import Account, Accounts, Application
from buyerline.sandbox.buckets import Buckets
from buyerline.sandbox.clock import Clock
from buyerline.sandbox.database import open_database, wipe
from buyerline.sandbox.faults import Faults
from buyerline.sandbox.journal import Journal
from buyerline.sandbox.mailboxes import Mailboxes
from buyerline.sandbox.options import DEFAULT_APPLICATION_ID, DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, Options
from buyerline.sandbox.orders import Orders
from buyerline.sandbox.smtp import Relay
from buyerline.sandbox.world import make_accounts, make_guide_order, make_orders


class State:
    """The world of one sandbox. The server's thread alone touches it while the server runs.

    Attributes:
        resets: How often the world was made anew; what began before a reset must not act on the world after it.
    """

    def __init__(self, options: Options) -> None:
        self.options = options
        self.resets = 0
        self.database = open_database(options.data)
        self.clock = Clock(float(self._meta("clock_offset") or 0.0))
        self.accounts = Accounts(self.database, self.clock)
        self.orders = Orders(self.database)
        self.buckets = Buckets(self.clock)
        self.faults = Faults()
        self.journal = Journal(self.database)
        self.mailboxes = Mailboxes(self.database)
        if options.smtp is not None:
            self.mailboxes.relay = Relay(*options.smtp)
        if self._meta("started_at") is None:
            self._populate()

    def close(self) -> None:
        """Close the database."""
        self.database.close()

    def reset(self) -> None:
        """Make the world as it was at the start, on the machine's time."""
        self.resets += 1
        wipe(self.database)
        self.mailboxes.clear()
        self.faults.clear()
        self.buckets.clear()
        self.clock.offset = 0.0
        self._populate()

    def advance_clock(self, seconds: float) -> None:
        """Let this many seconds pass on Amazon's side, or take them back."""
        self.clock.advance(seconds)
        self._set_meta("clock_offset", repr(self.clock.offset))

    def sent(self, account: str, order_id: str) -> Mapping[str, int]:
        """How many messages of each type were accepted for an order."""
        rows = self.database.execute("SELECT type, n FROM sent WHERE account = ? AND order_id = ?", (account, order_id))
        return dict(rows.fetchall())

    def add_orders(self, account: Account, count: int) -> None:
        """Give an account this many orders, as those of the start."""
        self.orders.add(make_orders(account, count, self.options.seed, self.clock.now()))

    def _populate(self) -> None:
        start = datetime.now(UTC)
        self.database.execute("BEGIN")
        self.accounts.add_application(
            Application(DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, DEFAULT_APPLICATION_ID, "Sandbox application")
        )
        for number, account in enumerate(make_accounts(self.options.accounts)):
            self.accounts.add(account)
            self.accounts.authorise(f"Atzr|{account.id}", DEFAULT_CLIENT_ID, account.id)
            self.orders.add(make_orders(account, self.options.orders, self.options.seed, start))
            if number == 0:
                self.orders.add([make_guide_order(account, start)])
        self._set_meta("started_at", start.isoformat())
        self.database.execute("COMMIT")

    def _meta(self, key: str) -> str | None:
        row = self.database.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def _set_meta(self, key: str, value: str) -> None:
        self.database.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))
