"""The handle on a running sandbox that tests work with."""

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cached_property
from typing import TYPE_CHECKING, Any, Unpack
from urllib.parse import urlencode

import msgspec

from buyerline.amazon.connect import ClientOptions
from buyerline.amazon.credentials import Credentials
from buyerline.sandbox import GUIDE_ORDER
from buyerline.testing.control import ControlPlane
from buyerline.testing.views import AccountFacts, FaultKind, OrderFacts, Request, SellerAccount, SentMessage

if TYPE_CHECKING:
    from buyerline.amazon.marketplaces import Marketplace
    from buyerline.client import SellingPartner

WITHOUT_LIMIT = {"rate": 1e6, "burst": 1e6}
EMAILS_AT_ONCE = 1000


class AmazonSandbox:
    """A running sandbox of Amazon's side, with a fresh world.

    Attributes:
        url: where it is; clients use it as the API's endpoint.
        default_account: a seller in North America that may do everything.
        guide_order: the order that offers every message type, in US, and never uses them up (the once-only one once).
    """

    guide_order = GUIDE_ORDER

    def __init__(self, url: str, account: SellerAccount) -> None:
        self.url = url
        self.default_account = account
        self._control = ControlPlane(url)
        self._clients = ExitStack()

    # Clients

    @property
    def credentials(self) -> Credentials:
        """The default account's credentials. No other test has the same refresh token."""
        return self.default_account.credentials

    @property
    def lwa_url(self) -> str:
        """The URL of the token service."""
        return f"{self.url}/auth/o2/token"

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables with which a client finds this sandbox and its default account."""
        return {
            "SP_API_REFRESH_TOKEN": self.credentials.refresh_token,
            "LWA_APP_ID": self.credentials.client_id,
            "LWA_CLIENT_SECRET": self.credentials.client_secret,
            "BUYERLINE_ENDPOINT": self.url,
            "BUYERLINE_LWA_ENDPOINT": self.lwa_url,
        }

    @cached_property
    def client(self) -> "SellingPartner":
        """A client of the default account in US, closed when the test is over."""
        return self.connect()

    def connect(
        self,
        marketplace: "Marketplace | str" = "US",
        account: SellerAccount | None = None,
        **options: Unpack[ClientOptions],
    ) -> "SellingPartner":
        """Another client, closed when the test is over.

        Args:
            marketplace: where it sells.
            account: for whom it acts, the default account by default.
            options: those of `SellingPartner`.
        """
        from buyerline.client import SellingPartner

        client = SellingPartner(marketplace, **self.options(account, **options))
        return self._clients.enter_context(client)

    def options(self, account: SellerAccount | None = None, **options: Unpack[ClientOptions]) -> ClientOptions:
        """The arguments with which any client of ours reaches this sandbox.

        ``AsyncSellingPartner("US", **amazon_sandbox.options())`` is how to make one for asyncio.
        """
        settings: ClientOptions = {
            "endpoint": self.url,
            "lwa_endpoint": self.lwa_url,
            "credentials": (account or self.default_account).credentials,
            "timeout": 10,
        }
        settings.update(options)
        return settings

    # Making

    def order(self, **facts: Unpack[OrderFacts]) -> str:
        """Make an order in a given state; its id. See `OrderFacts`.

        Raises:
            ValueError: the facts do not fit together.
        """
        order_id: str = self.control("POST", "orders", facts)["order_id"]
        return order_id

    def account(self, **facts: Unpack[AccountFacts]) -> SellerAccount:
        """Make a seller's account. See `AccountFacts`.

        Raises:
            ValueError: the facts do not fit together.
        """
        return msgspec.convert(self.control("POST", "accounts", facts), SellerAccount)

    # Reading

    def messages(self) -> list[SentMessage]:
        """The messages that were accepted, in order: what a buyer would have got."""
        return self._control.read("messages", "messages", list[SentMessage])

    def emails(self, order_id: str | None = None, message_type: str | None = None) -> list[EmailMessage]:
        """The emails in the buyers' mailboxes, oldest first; those of one order or message type, where given."""
        wanted = {"order": order_id, "type": message_type, "limit": EMAILS_AT_ONCE}
        query = urlencode({name: value for name, value in wanted.items() if value is not None})
        listed = msgspec.json.decode(self._control.get(f"/inbox/emails.json?{query}"))["emails"]
        return [self._email(email["id"]) for email in reversed(listed)]

    def _email(self, number: int) -> EmailMessage:
        return message_from_bytes(self._control.get(f"/inbox/{number}/message.eml"), policy=default)

    def requests(self, operation: str | None = None) -> list[Request]:
        """The requests that reached the sandbox, in order; those of one operation (or ``lwa``, ``s3``), where given."""
        found = self._control.read("requests", "requests", list[Request])
        return [request for request in found if operation in (None, request.operation)]

    def count(self, operation: str, status: int | None = None) -> int:
        """How often an operation was called, or was answered with this status (0: not answered at all)."""
        counts = self._control.read("requests", "counts", dict[str, dict[str, int]]).get(operation, {})
        return sum(counts.values()) if status is None else counts.get(str(status), 0)

    # Faults, time, usage plans

    def fault(
        self,
        operation: str,
        kind: FaultKind,
        *,
        status: int | None = None,
        seconds: float | None = None,
        count: int | None = 1,
        probability: float = 1.0,
        seed: int = 0,
    ) -> None:
        """Make the next calls go wrong. docs/sandbox.md tells what each kind does.

        Args:
            operation: an operation's id, ``lwa`` for token requests, ``s3`` for files, ``*`` for everything.
            kind: what goes wrong.
            status: of the kinds ``status`` and ``html``.
            seconds: of ``delay`` and ``hang_after``.
            count: how often, once by default, ``None`` without end.
            probability: how likely at each call.
            seed: the same one draws the same calls.

        Raises:
            ValueError: there is no such operation, or a value makes no sense.
        """
        wanted = {"operation": operation, "kind": kind, "status": status, "seconds": seconds}
        self._arm([wanted | {"count": count, "probability": probability, "seed": seed}])

    @contextmanager
    def faulty(self, operation: str, kind: FaultKind, **details: Any) -> Iterator[None]:
        """The calls within the block go wrong, all of them unless ``count`` says how many. As `fault` otherwise."""
        position = len(self._armed())
        self.fault(operation, kind, **({"count": None} | details))
        try:
            yield
        finally:
            armed = self._armed()
            self.clear_faults()
            self._arm([_left_of(fault) for fault in armed[:position] + armed[position + 1 :] if _is_left(fault)])

    def clear_faults(self) -> None:
        """Let everything go right again."""
        self.control("DELETE", "faults")

    def _armed(self) -> list[dict[str, Any]]:
        return self._control.read("faults", "faults", list[dict[str, Any]])

    def _arm(self, faults: list[dict[str, Any]]) -> None:
        self.control("POST", "faults", faults)

    def advance(self, seconds: float) -> None:
        """Let Amazon's time pass: tokens and presigned URLs end, usage plans fill up."""
        self.control("POST", "clock", {"advance": seconds})

    def lift_usage_plans(self) -> None:
        """Let everybody call as often as they like."""
        self.control("PUT", "usage-plans", {"*": WITHOUT_LIMIT})

    def set_usage_plan(self, operation: str, *, rate: float, burst: float) -> None:
        """Put another usage plan in force: requests a second, and how many at once."""
        self.control("PUT", "usage-plans", {operation: {"rate": rate, "burst": burst}})

    def control(self, method: str, path: str, content: Any = None) -> Any:
        """Any other call of the control plane (docs/sandbox.md), such as ``control("GET", "health")``; its answer.

        Raises:
            ValueError: the sandbox refused it; the error says why.
        """
        return self._control.call(method, path, content)

    def close(self) -> None:
        """Close the clients that were made here."""
        self._clients.close()


def _is_left(fault: dict[str, Any]) -> bool:
    return fault["count"] is None or fault["count"] > fault["played"]


def _left_of(fault: dict[str, Any]) -> dict[str, Any]:
    """A fault as it was armed, less the times that it was already played."""
    left = {name: value for name, value in fault.items() if name != "played"}
    if fault["count"] is not None:
        left["count"] = fault["count"] - fault["played"]
    return left


@contextmanager
def fresh_world(url: str) -> Iterator[AmazonSandbox]:
    """The sandbox at this URL with its world as at the start.

    The default account gets a refresh token that it never had before: libraries keep access tokens by it for the life
    of the process, and those of an earlier test are worth nothing in this world.
    """
    control = ControlPlane(url)
    control.call("POST", "reset")
    first = control.call("GET", "accounts")["accounts"][0]
    facts = {name: first[name] for name in ("id", "name", "region", "marketplaces", "roles")}
    made = control.call("POST", "accounts", facts | {"refresh_token": f"Atzr|{secrets.token_urlsafe(16)}"})
    sandbox = AmazonSandbox(url, msgspec.convert(made, SellerAccount))
    try:
        yield sandbox
    finally:
        sandbox.close()
