"""What a test makes on the sandbox, and what it reads there."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal, TypedDict

import msgspec

from buyerline.amazon.credentials import Credentials

if TYPE_CHECKING:
    from buyerline.amazon.marketplaces import Region

OrderState = Literal[
    "pending_availability",
    "pending",
    "unshipped",
    "partially_shipped",
    "shipped",
    "delivered",
    "cancelled",
    "unfulfillable",
]
"""How far an order got."""

FaultKind = Literal["status", "html", "delay", "reset_before", "reset_after", "hang_after", "half_answer"]
"""What goes wrong between a client and Amazon."""


class ItemFacts(TypedDict, total=False):
    """A line of an order. ``price`` is for one piece, a decimal number as text."""

    title: str
    sku: str
    asin: str
    quantity: int
    price: str


class OrderFacts(TypedDict, total=False):
    """An order to make; all may be left out.

    Attributes:
        account: whose order, by the account's id; the default account's by default.
        marketplace: country code or marketplace id.
        order_id: in Amazon's form ``NNN-NNNNNNN-NNNNNNN``.
        state: how far it got, ``unshipped`` by default. The dates follow from it.
        purchased_at: when it was placed, with a time zone.
        fulfilled_by: ``MERCHANT`` by default.
        locale: the buyer's language, such as ``es-US``.
        items: what was bought.
        customized, digital, service, scheduled, warranty, motors, refunded, business, negative_feedback: facts from
            which it follows what Amazon offers for the order.
        types: the message types to offer, whatever the facts.
        disabled: message types that are listed as disabled, each with the reason.
        closed: messaging is closed, everything is refused.
        endless: messages use nothing up, so that once-only types stay.
    """

    account: str
    marketplace: str
    order_id: str
    state: OrderState
    purchased_at: datetime
    fulfilled_by: Literal["MERCHANT", "AMAZON"]
    locale: str
    items: Sequence[ItemFacts]
    customized: bool
    digital: bool
    service: bool
    scheduled: bool
    warranty: bool
    motors: bool
    refunded: bool
    business: bool
    negative_feedback: bool
    types: Sequence[str]
    disabled: Mapping[str, str]
    closed: bool
    endless: bool


class AccountFacts(TypedDict, total=False):
    """An account to make; all may be left out.

    Attributes:
        id: its name in what `AmazonSandbox.messages` and `AmazonSandbox.requests` show.
        name: the seller's name.
        region: where it sells, North America by default.
        marketplaces: country codes, all of one region.
        roles: what the seller granted, such as ``["Buyer Communication"]``; everything by default.
        refresh_token: the authorisation, a new one by default.
        revoked: the seller took the authorisation back.
        client_id: another application than the default one.
        client_secret: its secret.
        secret_expired: its secret is too old to be accepted.
        orders: how many orders to give it.
    """

    id: str
    name: str
    region: "Region | Literal['na', 'eu', 'fe']"
    marketplaces: Sequence[str]
    roles: Sequence[str]
    refresh_token: str
    revoked: bool
    client_id: str
    client_secret: str
    secret_expired: bool
    orders: int


class SellerAccount(msgspec.Struct, frozen=True):
    """An account that was made. ``marketplaces`` are country codes."""

    account: str
    name: str
    seller_id: str
    region: str
    marketplaces: tuple[str, ...]
    roles: tuple[str, ...]
    refresh_token: str
    client_id: str
    client_secret: str

    @property
    def id(self) -> str:
        """The account's name on the sandbox."""
        return self.account

    @property
    def credentials(self) -> Credentials:
        """What a client needs to act for the account."""
        return Credentials(self.client_id, self.client_secret, self.refresh_token)


class SentFile(msgspec.Struct, frozen=True):
    """An attachment of a message that was accepted. ``size`` is in bytes, ``content_md5`` in base64."""

    file_name: str
    size: int
    content_md5: str
    content_type: str


class SentMessage(msgspec.Struct, frozen=True):
    """A message that Amazon accepted. ``type`` is the last part of the operation's path, such as ``invoice``."""

    id: str
    account: str
    marketplace_id: str
    order_id: str
    type: str
    text: str | None
    attachments: tuple[SentFile, ...]
    request_id: str
    accepted_at: datetime


class Request(msgspec.Struct, frozen=True):
    """A request that reached the sandbox.

    Attributes:
        operation: the operation's id, ``lwa`` for token requests, ``s3`` for files.
        status: the answer's status, 0 when none was given.
        account: who called, where that is known.
        order_id: about which order, if about one.
        at: when, on the sandbox's clock.
        notes: what was odd about the request, in words; Amazon would not tell.
    """

    operation: str
    status: int
    account: str | None
    order_id: str | None
    at: datetime
    notes: tuple[str, ...]
