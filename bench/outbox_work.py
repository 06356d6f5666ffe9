"""The work that the outbox is measured with: so many accounts, so many messages each, an order for each message.

Whatever is measured imports this, so it imports no server.
"""

import http.client
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from buyerline import Credentials
from buyerline.amazon.connect import ClientOptions
from buyerline.amazon.messaging import PLAN
from buyerline.outbox import Outgoing

TYPE = "confirmOrderDetails"

CLIENT_ID = "amzn1.application-oa2-client.sandbox"
CLIENT_SECRET = "sandbox"  # the sandbox's own, as its page tells


@dataclass(frozen=True, slots=True)
class Work:
    """Messages of several accounts, the accounts in turn.

    Attributes:
        accounts: how many accounts.
        each: how many messages each of them has.
        series: works of different series (0 to 999) have no order in common.
        priority, not_before: those of the messages.
    """

    accounts: int
    each: int
    series: int = 902
    priority: int = 0
    not_before: datetime | None = None

    @property
    def total(self) -> int:
        """How many messages there are."""
        return self.accounts * self.each

    @property
    def plan_seconds(self) -> float:
        """How long the usage plan makes it take from the first message to the last: all but the burst, at its rate."""
        return max(0, self.each - PLAN.burst) / PLAN.rate

    def orders(self) -> Iterator[tuple[str, str]]:
        """Account and order of each message."""
        for number in range(self.each):
            for account in range(self.accounts):
                yield f"a{account}", f"{self.series:03d}-{account:07d}-{number:07d}"

    def messages(self) -> Iterator[Outgoing]:
        """The messages themselves, each with a text of its own."""
        for account, order_id in self.orders():
            yield Outgoing(
                order_id=order_id,
                type=TYPE,
                text=text_for(order_id),
                account=account,
                priority=self.priority,
                not_before=self.not_before,
            )


def text_for(order_id: str) -> str:
    """A message of usual length, another one for each order."""
    return (
        f"Please confirm the size and the colour of the item that you ordered (order {order_id}). We can ship it today "
        "when we have your answer, and tomorrow at the latest if it comes in the evening. Thank you for your order."
    )


def options_for(endpoint: str) -> ClientOptions:
    """How every account of any work finds its credentials, and what stands in for Amazon."""
    return {"endpoint": endpoint, "sources": [_credentials]}


def environment_for(database: str, endpoint: str) -> dict[str, str]:
    """The same for a command, with the application's credentials and those of the default account."""
    return {
        "BUYERLINE_DATABASE_URL": database,
        "BUYERLINE_ENDPOINT": endpoint,
        "LWA_APP_ID": CLIENT_ID,
        "LWA_CLIENT_SECRET": CLIENT_SECRET,
        "SP_API_REFRESH_TOKEN": "Atzr|sandbox",
    }


def _credentials(account: str) -> Credentials:
    return Credentials(CLIENT_ID, CLIENT_SECRET, f"Atzr|{account}")


def make_orders(sandbox_url: str, work: Work) -> None:
    """Make the accounts and the orders of `work` in a sandbox.

    Raises:
        ValueError: the sandbox does not take them.
    """
    address = urlsplit(sandbox_url)
    with closing(http.client.HTTPConnection(address.hostname or "", address.port)) as connection:

        def make(what: str, facts: dict[str, object]) -> None:
            headers = {"content-type": "application/json"}
            connection.request("POST", f"/_sandbox/{what}", json.dumps(facts), headers)
            with connection.getresponse() as response:
                answer = response.read()
            if response.status >= 400:
                raise ValueError(f"the sandbox makes no {what}: {answer.decode()}")

        for account in range(work.accounts):
            make("accounts", {"id": f"a{account}"})
        for account_name, order_id in work.orders():
            make("orders", {"account": account_name, "order_id": order_id, "types": [TYPE]})
