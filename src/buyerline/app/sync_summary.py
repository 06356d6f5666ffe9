"""How far the orders of several accounts are, told at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from buyerline.app.accounts import Account, AccountState
from buyerline.outbox.clock import now


@dataclass(frozen=True, slots=True)
class SyncSummary:
    """What a page says of the synchronisation of some accounts' orders.

    Attributes:
        accounts: those that are connected.
        disconnected: the others.
        troubled: of these, those whose orders cannot be fetched now; `Account.sync` or `Account.trouble` says why.
        synced_at: up to when all orders are here; ``None`` where those of an account never were.
        under_way: whether orders are being fetched, or will be as soon as the plan has room.
        pages: how many pages of the searches under way are in.
        next_at: when the next page is due, where that is some time ahead; ``None`` while any account's is due now.
    """

    accounts: Sequence[Account]
    disconnected: Sequence[Account]
    troubled: Sequence[Account]
    synced_at: datetime | None
    under_way: bool
    pages: int
    next_at: datetime | None

    @classmethod
    def of(cls, accounts: Sequence[Account]) -> "SyncSummary":
        """The summary of these accounts, which may be disconnected."""
        connected = [each for each in accounts if each.state is not AccountState.DISCONNECTED]
        troubled = [each for each in connected if each.trouble or each.sync.trouble]
        working = [each for each in connected if each not in troubled and _under_way(each)]
        synced = [each.sync.synced_at for each in connected]
        due = [each.sync.next_at for each in working if each.sync.next_at and each.sync.next_at > now()]
        return cls(
            accounts=connected,
            disconnected=[each for each in accounts if each not in connected],
            troubled=troubled,
            synced_at=min((at for at in synced if at), default=None) if all(synced) else None,
            under_way=bool(working),
            pages=sum(each.sync.pages for each in working),
            next_at=min(due, default=None) if len(due) == len(working) else None,
        )

    @property
    def first(self) -> bool:
        """Whether there is an account whose orders were never all here."""
        return bool(self.accounts) and self.synced_at is None


def _under_way(account: Account) -> bool:
    sync = account.sync
    return sync.synced_at is None or sync.began_at is not None or sync.wanted_at is not None
