"""Finding out by the way whether an account can attach: who has uploaded a file can."""

from concurrent.futures import ThreadPoolExecutor

from buyerline.amazon.observe import CallEvent
from buyerline.amazon.uploads import CREATE_DESTINATION
from buyerline.app.accounts import Accounts


class Attaching:
    """Watches calls for uploads that Amazon has let begin, and has the account remembered as one that can attach.

    That it cannot is found out by `Accounts.test` alone: a refused upload may have other reasons.
    """

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._known: set[str] = set()
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="buyerline-attaching")  # calls must not wait for it

    def observe(self, event: CallEvent) -> None:
        """Look at one call: an `Observer` for clients."""
        went_well = event.status is not None and 200 <= event.status < 300
        if event.operation == CREATE_DESTINATION.id and went_well and event.account not in self._known:
            self._known.add(event.account)
            self._beside.submit(self._accounts.note_attached, event.account)

    def close(self) -> None:
        """Wait until everything is remembered."""
        self._beside.shutdown()
