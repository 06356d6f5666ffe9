"""An order as the Orders API 2026-01-01 shows it: the base always, each dataset when asked for."""

import zlib
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from buyerline.amazon.marketplaces import Marketplace
from buyerline.sandbox.accounts import DIRECT_TO_CONSUMER, Account
from buyerline.sandbox.clock import iso
from buyerline.sandbox.mail import buyer_address
from buyerline.sandbox.orders import Item, Order, Window

View = dict[str, Any]

DATASETS = frozenset(
    {
        "BUYER",
        "RECIPIENT",
        "PROCEEDS",
        "EXPENSE",
        "PROMOTION",
        "CANCELLATION",
        "FULFILLMENT",
        "PACKAGES",
        "TAX",
        "PAYMENT",
        "FULFILLMENT_ORDERS",
    }
)


def order_view(order: Order, account: Account, datasets: frozenset[str]) -> View:
    """The order's view for a seller.

    Names and addresses are there for sellers with the restricted role only; email and packages for orders that the
    merchant ships (Orders API guide). They are invented.
    """
    marketplace = Marketplace[order.marketplace]
    view: View = {
        "orderId": order.id,
        "createdTime": iso(order.purchased_at),
        "lastUpdatedTime": iso(order.updated_at),
        "programs": ["AMAZON_BUSINESS"] if order.business else [],
        "salesChannel": {
            "channelName": "AMAZON",
            "marketplaceId": marketplace.id,
            "marketplaceName": f"A{marketplace.site[1:]}",
        },
        "orderItems": [_item_view(order, item, datasets) for item in order.items],
    }
    for dataset in datasets & _DATASETS.keys():
        view |= _DATASETS[dataset](order)
    for dataset in datasets & _PERSONAL_DATASETS.keys():
        view |= _PERSONAL_DATASETS[dataset](order, account)
    return view


def _item_view(order: Order, item: Item, datasets: frozenset[str]) -> View:
    product: View = {
        "asin": item.asin,
        "title": item.title,
        "sellerSku": item.sku,
        "condition": {"conditionType": "NEW", "conditionSubtype": "NEW"},
        "price": {"unitPrice": _money(item.unit_price, item.currency)},
    }
    if order.customized:
        product["customization"] = {"customizedUrl": f"https://customization.example/{order.id}/{item.id}.zip"}
    view: View = {"orderItemId": item.id, "quantityOrdered": item.quantity, "product": product}
    if "PROCEEDS" in datasets:
        total = _money(item.total, item.currency)
        view["proceeds"] = {"proceedsTotal": total, "breakdowns": [{"type": "ITEM", "subtotal": total}]}
    if "EXPENSE" in datasets:
        view["expense"] = {}
    if "PROMOTION" in datasets:
        view["promotion"] = {"breakdowns": []}
    if "CANCELLATION" in datasets and order.status == "CANCELLED":
        view["cancellation"] = {"cancellationExecution": {"cancelledBy": "BUYER", "cancelReason": "NO_LONGER_NEEDED"}}
    if "FULFILLMENT" in datasets:
        waiting = 0 if order.status == "CANCELLED" else item.quantity - item.shipped
        view["fulfillment"] = {"quantityFulfilled": item.shipped, "quantityUnfulfilled": waiting}
    if "TAX" in datasets:
        view["tax"] = {"taxCollections": [{"model": "MARKETPLACE_FACILITATOR", "responsibleParty": "Amazon"}]}
    return view


def _buyer(order: Order, account: Account) -> View:
    buyer: View = {}
    if DIRECT_TO_CONSUMER in account.roles:
        buyer["buyerName"] = "Sandbox Buyer"
        if order.fulfilled_by == "MERCHANT":
            buyer["buyerEmail"] = buyer_address(order.id)
    if order.business:
        buyer["buyerCompanyName"] = "Sandbox Buyer Company"
    return {"buyer": buyer}


def _recipient(order: Order, account: Account) -> View:
    if DIRECT_TO_CONSUMER not in account.roles or order.fulfilled_by != "MERCHANT":
        return {"recipient": {}}
    address = {
        "name": "Sandbox Buyer",
        "addressLine1": "1 Example Street",
        "city": "Sampletown",
        "postalCode": "00000",
        "countryCode": "GB" if order.marketplace == "UK" else order.marketplace,
        "addressType": "RESIDENTIAL",
    }
    return {"recipient": {"deliveryAddress": address}}


def _proceeds(order: Order) -> View:
    currency = order.items[0].currency if order.items else "USD"
    breakdowns = [{"type": "ITEM", "subtotal": _money(order.total, currency)}]
    if order.refunded:
        breakdowns.append({"type": "REFUND", "subtotal": _money(-order.total, currency)})
    return {"proceeds": {"grandTotal": _money(order.total, currency), "breakdowns": breakdowns}}


def _fulfillment(order: Order) -> View:
    return {
        "fulfillment": {
            "fulfillmentStatus": order.status,
            "fulfilledBy": order.fulfilled_by,
            "fulfillmentServiceLevel": "SCHEDULED" if order.scheduled else "STANDARD",
            "shipByWindow": _window(order.ship_by),
            "deliverByWindow": _window(order.deliver_by),
        }
    }


def _packages(order: Order) -> View:
    if order.fulfilled_by != "MERCHANT" or order.shipped_at is None or order.digital or order.service:
        return {}
    package = {
        "packageReferenceId": "1",
        "createdTime": iso(order.shipped_at - timedelta(hours=3)),
        "packageStatus": {"status": "DELIVERED" if order.delivered_at else "IN_TRANSIT"},
        "carrier": "Example Post",
        "shipTime": iso(order.shipped_at),
        "shippingService": "Example Post Standard",
        "trackingNumber": f"EX{zlib.crc32(order.id.encode()):010d}",
        "packageItems": [{"orderItemId": item.id, "quantity": item.shipped} for item in order.items if item.shipped],
    }
    return {"packages": [package]}


def _tax(order: Order) -> View:
    return {"tax": {"taxInvoicing": {"buyerInvoicePreference": "BUSINESS" if order.business else "INDIVIDUAL"}}}


def _payment(order: Order) -> View:
    currency = order.items[0].currency if order.items else "USD"
    execution = {"paymentMethod": "CreditCard", "paymentAmount": _money(order.total, currency)}
    return {"payment": {"paymentExecutions": [execution]}}


def _fulfillment_orders(order: Order) -> View:
    return {"fulfillmentOrders": [{"fulfillmentOrderId": f"S{zlib.crc32(order.id.encode()):010d}"}]}


_DATASETS: dict[str, Callable[[Order], View]] = {
    "PROCEEDS": _proceeds,
    "FULFILLMENT": _fulfillment,
    "PACKAGES": _packages,
    "TAX": _tax,
    "PAYMENT": _payment,
    "FULFILLMENT_ORDERS": _fulfillment_orders,
}
_PERSONAL_DATASETS: dict[str, Callable[[Order, Account], View]] = {"BUYER": _buyer, "RECIPIENT": _recipient}


def _money(amount: Decimal, currency: str) -> View:
    return {"amount": str(amount), "currencyCode": currency}


def _window(window: Window) -> View:
    return {"earliestDateTime": iso(window.earliest), "latestDateTime": iso(window.latest)}
