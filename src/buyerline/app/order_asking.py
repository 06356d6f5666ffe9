"""Getting one order from Amazon that is not here: one from before the synchronisation's time, or just placed."""

from typing import TYPE_CHECKING

import sqlalchemy as sa

from buyerline.amazon import errors
from buyerline.app.authorisation import CANNOT_READ_ORDERS, NotReached, is_refused, refusal, why_not
from buyerline.app.errors import AppError, NotHere
from buyerline.app.order_search import whole_order_id
from buyerline.app.order_storing import store
from buyerline.app.schema import connected
from buyerline.app.synchronising import DATASETS
from buyerline.app.words import Words
from buyerline.outbox.database import Database

if TYPE_CHECKING:
    from buyerline.amazon.orders_types import Order
    from buyerline.app.accounts import Account
    from buyerline.app.clients import Clients


class OrderAsking:
    """Asks Amazon for one order (getOrder), and keeps of it what the synchronisation keeps of orders.

    Args:
        database: where it is kept.
        clients: those that ask Amazon.
    """

    def __init__(self, database: Database, clients: "Clients") -> None:
        self._database = database
        self._clients = clients

    def get(self, account: "Account", order_id: str) -> str:
        """Have an account's order here; its id as Amazon writes it.

        Raises:
            NotHere: the seller has no such order, it is no order id, or the account was disconnected meanwhile.
            NotUsable, Invalid: the account cannot be used, see `Clients.of`.
            NotReached: Amazon could not be asked, or did not answer the question.
        """
        whole = whole_order_id(order_id)
        if whole is None:
            raise NotHere(_NO_ID)
        try:
            found = self._clients.of(account).orders.get(whole, include=DATASETS)
        except errors.NotFound:
            raise NotHere(
                Words(
                    "Amazon has no order {order} for {account}. Compare the id with the one in Seller Central, or look "
                    "in another account.",
                    order=whole,
                    account=account.title,
                )
            ) from None
        except errors.BuyerlineError as failure:
            raise _trouble(failure) from None
        self._keep(account, found)
        return whole

    def _keep(self, account: "Account", found: "Order") -> None:
        mine = sa.select(connected.c.account_id).where(
            connected.c.account_id == account.id, connected.c.disconnected_at.is_(None)
        )
        with self._database.write() as connection:
            if connection.execute(mine.with_for_update()).scalar() is None:
                raise NotHere  # its orders are deleted by now, and this one is not to be left
            store(self._database, connection, account.id, [found])


_NO_ID = Words("This is not an order id. Amazon's have 3, 7 and 7 digits joined by hyphens: 902-6786204-8179805.")


def _trouble(failure: errors.BuyerlineError) -> AppError:
    """Why Amazon could not be asked for an order, and what to do."""
    if is_refused(failure):
        return refusal(failure)
    return NotReached(why_not(failure, CANNOT_READ_ORDERS, _NOT_TAKEN))


_NOT_TAKEN = Words("Amazon did not take the question for the order. Try again later, or look in Seller Central.")
