"""Accounts and orders made to measure, by the control plane."""

import secrets
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from random import Random
from typing import Any

import msgspec

from buyerline.amazon.marketplaces import Marketplace, Region
from buyerline.sandbox.accounts import ALL_ROLES, REGION_MARKETPLACES, Account, Application
from buyerline.sandbox.catalogue import PLAIN, Product, product_for
from buyerline.sandbox.message_types import BY_NAME, BY_SEGMENT
from buyerline.sandbox.messaging import ORDER_ID
from buyerline.sandbox.options import DEFAULT_ACCOUNT, DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET
from buyerline.sandbox.orders import FulfilledBy, Item, Order
from buyerline.sandbox.state import State
from buyerline.sandbox.world import STAGE_AGES, Stage, make_order, seller_id


class Mistake(ValueError):
    """What was asked of the control plane cannot be done; the text says why."""


class NewAccount(msgspec.Struct, forbid_unknown_fields=True):
    """An account to make. Everything may be left out.

    Attributes:
        id: Its name in the ledger and the request log (default: the next ``sandbox-N``).
        name: The seller's name.
        region: ``na``, ``eu`` or ``fe`` (default: that of the marketplaces, else ``na``).
        marketplaces: Country codes or ids, all of one region (default: the region's usual ones).
        roles: The roles that the seller granted (default: all of them).
        refresh_token: The refresh token (default: ``Atzr|`` and the id).
        revoked: The seller took the authorisation back.
        client_id: The application that is authorised; a new id makes a new application (default: the default
            application, or a new one where ``secret_expired``).
        client_secret: The secret of a new application.
        secret_expired: The new application's secret is too old to be accepted.
        orders: How many orders to give it, as those of the start.
    """

    id: str | None = None
    name: str | None = None
    region: Region | None = None
    marketplaces: list[str] | None = None
    roles: list[str] | None = None
    refresh_token: str | None = None
    revoked: bool = False
    client_id: str | None = None
    client_secret: str | None = None
    secret_expired: bool = False
    orders: int = 0


class NewItem(msgspec.Struct, forbid_unknown_fields=True):
    """A line of an order to make; ``price`` is for one piece, in the marketplace's currency."""

    title: str | None = None
    sku: str | None = None
    asin: str | None = None
    quantity: int = 1
    price: str | None = None


class NewOrder(msgspec.Struct, forbid_unknown_fields=True):
    """An order to make. Everything may be left out; an existing id is replaced.

    Attributes:
        account: Whose order: an account's id or refresh token (default: the default account).
        marketplace: Country code or id (default: the account's first).
        order_id: Amazon's form ``NNN-NNNNNNN-NNNNNNN`` (default: a new one).
        state: How far it got; dates follow (default ``unshipped``).
        purchased_at: When it was placed (default: a time that fits the state).
        fulfilled_by: ``MERCHANT`` or ``AMAZON``.
        locale: The buyer's language, such as ``es-US`` (default: one that the marketplace has).
        items: What was bought (default: something that fits).
        customized, digital, service, scheduled, warranty, motors, refunded, business, negative_feedback: Facts from
            which the types that are offered follow; see ``Order``.
        types: The types to offer, by path segment or offered name, whatever the facts.
        disabled: Types to list as disabled, with the reason.
        closed: Messaging is closed: 403 for everything.
        endless: Messages use nothing up, as with the guide's order.
    """

    account: str = DEFAULT_ACCOUNT
    marketplace: str | None = None
    order_id: str | None = None
    state: Stage = "unshipped"
    purchased_at: datetime | None = None
    fulfilled_by: FulfilledBy = "MERCHANT"
    locale: str | None = None
    items: list[NewItem] | None = None
    customized: bool = False
    digital: bool = False
    service: bool = False
    scheduled: bool = False
    warranty: bool = False
    motors: bool = False
    refunded: bool = False
    business: bool = False
    negative_feedback: bool = False
    types: list[str] | None = None
    disabled: dict[str, str] = {}
    closed: bool = False
    endless: bool = False


_TRAITS = ("customized", "digital", "service", "scheduled", "motors", "warranty")
_FACTS = (*_TRAITS, "refunded", "business", "negative_feedback", "closed", "endless")


def make_new_account(state: State, new: NewAccount) -> dict[str, Any]:
    """Make the account and return everything that is needed to use it.

    Raises:
        Mistake: The values do not fit together.
    """
    marketplaces = tuple(_marketplace(name) for name in new.marketplaces or ())
    region = new.region or (marketplaces[0].region if marketplaces else Region.NA)
    if any(marketplace.region is not region for marketplace in marketplaces):
        raise Mistake("marketplaces must all be in the account's region: a refresh token is good for one region")
    number = len(state.accounts.all()) + 1
    account_id = new.id or f"{DEFAULT_ACCOUNT}-{number}"
    known = next((each for each in state.accounts.all() if each.id == account_id), None)
    account = Account(
        id=account_id,
        name=new.name or f"Sandbox Seller {number}",
        seller_id=known.seller_id if known else seller_id(number),
        region=region,
        marketplaces=tuple(m.name for m in marketplaces) or REGION_MARKETPLACES[region],
        roles=ALL_ROLES if new.roles is None else _roles(new.roles),
    )
    if not 0 <= new.orders <= 10_000:
        raise Mistake("orders must be between 0 and 10000")
    application = _application(state, new)
    refresh_token = new.refresh_token or f"Atzr|{account_id}"
    state.accounts.add(account)
    state.accounts.authorise(refresh_token, application.client_id, account.id, revoked=new.revoked)
    state.add_orders(account, new.orders)
    return {
        "account": account.id,
        "name": account.name,
        "seller_id": account.seller_id,
        "region": account.region.value,
        "marketplaces": list(account.marketplaces),
        "roles": list(account.roles),
        "refresh_token": refresh_token,
        "client_id": application.client_id,
        "client_secret": application.secret,
        "revoked": new.revoked,
        "secret_expired": application.secret_expired,
    }


def _application(state: State, new: NewAccount) -> Application:
    client_id = new.client_id or (_new_client_id() if new.secret_expired else DEFAULT_CLIENT_ID)
    known = state.accounts.application(client_id)
    if known is not None and new.client_secret in (None, known.secret) and new.secret_expired == known.secret_expired:
        return known
    if known is not None and known.client_id == DEFAULT_CLIENT_ID:
        raise Mistake("the default application cannot be changed: give another client_id to make one")
    application = Application(
        client_id=client_id,
        secret=new.client_secret or DEFAULT_CLIENT_SECRET,
        application_id=f"amzn1.sp.solution.{secrets.token_hex(8)}" if known is None else known.application_id,
        name=f"Application {client_id}",
        secret_expired=new.secret_expired,
    )
    state.accounts.add_application(application)
    return application


def _new_client_id() -> str:
    return f"amzn1.application-oa2-client.{secrets.token_hex(16)}"


def _roles(names: list[str]) -> tuple[str, ...]:
    unknown = set(names) - set(ALL_ROLES)
    if unknown:
        raise Mistake(f"unknown roles: {', '.join(sorted(unknown))}; known are: {', '.join(ALL_ROLES)}")
    return tuple(names)


def _marketplace(name: str) -> Marketplace:
    found = Marketplace.__members__.get(name.upper()) or next((m for m in Marketplace if m.id == name), None)
    if found is None:
        raise Mistake(f"unknown marketplace: {name}; known are: {', '.join(m.name for m in Marketplace)}")
    return found


def make_new_order(state: State, new: NewOrder) -> Order:
    """Make the order.

    Raises:
        Mistake: The values do not fit together.
    """
    account = state.accounts.find(new.account)
    if account is None:
        raise Mistake(f"no such account; there are: {', '.join(a.id for a in state.accounts.all()[:20])}")
    marketplace = _marketplace(new.marketplace or account.marketplaces[0])
    if not account.sells_in(marketplace):
        raise Mistake(f"the account {account.id} sells in {', '.join(account.marketplaces)} only")
    if new.order_id is not None and ORDER_ID.fullmatch(new.order_id) is None:
        raise Mistake("order_id must have the form NNN-NNNNNNN-NNNNNNN")
    now = state.clock.now()
    order = make_order(
        Random(secrets.randbits(64)),  # noqa: S311 - any order will do
        account.id,
        marketplace.name,
        new.state,
        purchased_at=_purchased_at(new, now),
        now=now,
        products=_products(new),
        order_id=new.order_id,
        fulfilled_by=new.fulfilled_by,
        locale=new.locale,
        types=None if new.types is None else tuple(_segment(name) for name in new.types),
        disabled={_segment(name): reason for name, reason in new.disabled.items()},
        **{fact: getattr(new, fact) for fact in _FACTS},
    )
    if new.items is not None:
        order = msgspec.structs.replace(order, items=_items(order, new.items))
    state.orders.add([order])
    return order


def _purchased_at(new: NewOrder, now: datetime) -> datetime:
    if new.purchased_at is None:
        return (now - timedelta(days=STAGE_AGES[new.state][0])).replace(microsecond=0)
    if new.purchased_at.tzinfo is None:
        raise Mistake("purchased_at must have a time zone, such as 2026-01-31T09:00:00Z")
    if new.purchased_at > now:
        raise Mistake("purchased_at must not lie in the future of the sandbox's clock")
    return new.purchased_at


def _products(new: NewOrder) -> tuple[Product, ...]:
    """One product for each trait that is asked for, a plain one when none is."""
    wanted = {product_for(trait).sku: product_for(trait) for trait in _TRAITS if getattr(new, trait)}
    return tuple(wanted.values()) or PLAIN[1:2]


def _items(order: Order, items: list[NewItem]) -> tuple[Item, ...]:
    if not items:
        raise Mistake("items must not be empty: an order has at least one")
    return tuple(_item(order, item, position) for position, item in enumerate(items))


def _item(order: Order, new: NewItem, position: int) -> Item:
    sample = order.items[0]
    price = sample.unit_price if new.price is None else _price(new.price)
    if not 1 <= new.quantity <= 999:
        raise Mistake("quantity must be between 1 and 999")
    return Item(
        id=f"{int(sample.id) + position}",
        asin=new.asin or sample.asin,
        sku=new.sku or sample.sku,
        title=new.title or sample.title,
        quantity=new.quantity,
        unit_price=price,
        currency=sample.currency,
        shipped=new.quantity if order.status == "SHIPPED" else 0,
    )


def _price(text: str) -> Decimal:
    try:
        price = Decimal(text)
    except InvalidOperation:
        price = Decimal(-1)
    if not price.is_finite() or not 0 <= price < 10**9:
        raise Mistake(f"price must be a decimal number such as 19.99, not {text!r}")
    return price


def _segment(name: str) -> str:
    message_type = BY_SEGMENT.get(name) or BY_NAME.get(name)
    if message_type is None:
        raise Mistake(f"unknown message type: {name}; known are: {', '.join(BY_SEGMENT)}")
    return message_type.segment
