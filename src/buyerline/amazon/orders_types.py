"""What Orders 2026-01-01 answers about an order.

Source: Amazon, Orders API v2026-01-01 reference; names are Amazon's, in Python's spelling. Words that Amazon might
add to (statuses, programs, categories) are plain text. A part that belongs to a dataset is ``None`` unless the
dataset was asked for (`include`), and may be ``None`` then.
"""

from decimal import Decimal
from typing import Any

import msgspec

from buyerline.amazon.answers import Private, Time


class Money(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """An amount of money, exact. ``currency_code`` is ISO 4217."""

    amount: Decimal
    currency_code: str | None = None


class TimeWindow(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Amazon's DateTimeRange: a promised time, from the earliest to the latest moment."""

    earliest: Time | None = msgspec.field(name="earliestDateTime", default=None)
    latest: Time | None = msgspec.field(name="latestDateTime", default=None)


class Measurement(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """How much of something that is not counted by pieces; ``unit`` e.g. ``"KILOGRAMS"``."""

    unit: str | None = None
    value: Decimal | None = None


class Alias(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Another name of an order; ``alias_type`` ``"SELLER_ORDER_ID"`` is the seller's own number."""

    alias_id: str | None = None
    alias_type: str | None = None


class AssociatedOrder(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """An order that belongs to this one, e.g. the one it replaces (``"REPLACEMENT_ORIGINAL_ID"``)."""

    order_id: str | None = None
    association_type: str | None = None


class SalesChannel(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Where the order was placed: ``channel_name`` ``"AMAZON"`` or ``"NON_AMAZON"``, and the marketplace."""

    channel_name: str | None = None
    marketplace_id: str | None = None
    marketplace_name: str | None = None


class Buyer(Private, msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Who bought (dataset ``BUYER``, restricted). No message needs it."""

    buyer_name: str | None = None
    buyer_email: str | None = None
    buyer_company_name: str | None = None
    buyer_purchase_order_number: str | None = None


class CustomerAddress(Private, msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A buyer's address (restricted). ``country_code`` is ISO 3166-1, two letters."""

    name: str | None = None
    company_name: str | None = None
    address_line1: str | None = None
    address_line2: str | None = None
    address_line3: str | None = None
    city: str | None = None
    district_or_county: str | None = None
    state_or_region: str | None = None
    municipality: str | None = None
    postal_code: str | None = None
    country_code: str | None = None
    phone: str | None = None
    extended_fields: dict[str, Any] | None = None
    address_type: str | None = None


class Recipient(Private, msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Who receives the parcel (dataset ``RECIPIENT``, restricted). No message needs it."""

    delivery_address: CustomerAddress | None = None
    delivery_preference: dict[str, Any] | None = None


class OrderProceedsBreakdown(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One kind of proceeds of an order, e.g. ``"SHIPPING"``."""

    type: str | None = None
    status: str | None = None
    subtotal: Money | None = None


class OrderProceeds(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What the seller receives for the order (dataset ``PROCEEDS``)."""

    grand_total: Money | None = None
    breakdowns: tuple[OrderProceedsBreakdown, ...] = ()


class PaymentExecution(Private, msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One payment. The last three are given in Brazil alone."""

    payment_method: str | None = None
    payment_amount: Money | None = None
    acquirer_id: str | None = None
    card_brand: str | None = None
    authorization_code: str | None = None


class OrderPayment(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """How the order was paid (dataset ``PAYMENT``)."""

    payment_executions: tuple[PaymentExecution, ...] = ()


class TaxRegistration(Private, msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A tax registration of the buyer, the seller or the marketplace (``entity_type``)."""

    entity_type: str | None = None
    legal_name: str | None = None
    tax_registration_type: str | None = None
    tax_registration_number: str | None = None
    tax_registration_address: CustomerAddress | None = None
    tax_registration_attributes: tuple[dict[str, Any], ...] = ()


class TaxInvoicing(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Which invoice the buyer wants and how far it is."""

    buyer_invoice_preference: str | None = None
    invoice_status: str | None = None


class OrderTax(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The order's tax registrations and invoicing (dataset ``TAX``)."""

    tax_registrations: tuple[TaxRegistration, ...] = ()
    tax_invoicing: TaxInvoicing | None = None


class OrderFulfillment(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """How far the order is (dataset ``FULFILLMENT``).

    Attributes:
        fulfillment_status: ``"UNSHIPPED"``, ``"SHIPPED"``, ...
        fulfilled_by: ``"MERCHANT"`` or ``"AMAZON"``.
        fulfillment_service_level: ``"STANDARD"``, ``"EXPEDITED"``, ...
        ship_by_window, deliver_by_window: what was promised, not what happened.
        label_printing_window: from when on the label may be printed; ``None``: at any time.
    """

    fulfillment_status: str | None = None
    fulfilled_by: str | None = None
    fulfillment_service_level: str | None = None
    ship_by_window: TimeWindow | None = None
    deliver_by_window: TimeWindow | None = None
    label_printing_window: TimeWindow | None = None


class ItemCondition(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """New, used, ...; ``condition_note`` is the seller's."""

    condition_type: str | None = None
    condition_subtype: str | None = None
    condition_note: str | None = None


class ItemPrice(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The price of one piece; ``price_designation`` ``"BUSINESS_PRICE"`` is one for businesses."""

    unit_price: Money | None = None
    price_designation: str | None = None


class ItemCustomization(Private, msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Where the buyer's wishes for a customized product are (a ZIP file with personal data)."""

    customized_url: str | None = None


class ItemProduct(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What was bought."""

    asin: str | None = None
    seller_sku: str | None = None
    title: str | None = None
    condition: ItemCondition | None = None
    price: ItemPrice | None = None
    serial_numbers: tuple[str, ...] = ()
    customization: ItemCustomization | None = None


class AssociatedOrderItem(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """An item that belongs to this one, e.g. a service bought with it (``"VALUE_ADD_SERVICE"``)."""

    order_id: str | None = None
    order_item_id: str | None = None
    association_type: str | None = None


class ItemProceedsBreakdown(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One kind of proceeds of an item; ``detailed_breakdowns`` as Amazon gives them."""

    type: str | None = None
    subtotal: Money | None = None
    detailed_breakdowns: tuple[dict[str, Any], ...] = ()


class ItemProceeds(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What the seller receives for an item (dataset ``PROCEEDS``)."""

    proceeds_total: Money | None = None
    breakdowns: tuple[ItemProceedsBreakdown, ...] = ()


class PointsGranted(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Amazon Points that the buyer got, and what they are worth."""

    points_number: int | None = None
    points_monetary_value: Money | None = None


class PointsCost(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What Amazon Points cost the seller."""

    points_granted: PointsGranted | None = None


class ItemExpense(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What an item cost the seller (dataset ``EXPENSE``)."""

    points_cost: PointsCost | None = None


class PromotionBreakdown(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One promotion on an item."""

    promotion_id: str | None = None


class ItemPromotion(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The promotions on an item (dataset ``PROMOTION``)."""

    breakdowns: tuple[PromotionBreakdown, ...] = ()


class CancellationRequest(Private, msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Who asked to cancel (``"BUYER"``), and why."""

    requester: str | None = None
    cancel_reason: str | None = None


class CancellationExecution(Private, msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Who cancelled (``"BUYER"``, ``"MERCHANT"``, ``"AMAZON"``), and why."""

    cancelled_by: str | None = None
    cancel_reason: str | None = None


class ItemCancellation(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """An item's cancellation, asked for or done (dataset ``CANCELLATION``)."""

    cancellation_request: CancellationRequest | None = None
    cancellation_execution: CancellationExecution | None = None


class GiftOption(Private, msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The buyer's gift message and wrapping."""

    gift_message: str | None = None
    gift_wrap_level: str | None = None


class ItemPacking(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """How an item is to be packed. ``serial_number_requirement`` is as Amazon gives it."""

    gift_option: GiftOption | None = None
    serial_number_requirement: dict[str, Any] | None = None


class ShippingConstraints(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What the carrier must do; ``"MANDATORY"`` or ``None``."""

    pallet_delivery: str | None = None
    cash_on_delivery: str | None = None
    signature_confirmation: str | None = None
    recipient_identity_verification: str | None = None
    recipient_age_verification: str | None = None


class ItemShipping(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """How an item is to be shipped. ``international_shipping`` is as Amazon gives it."""

    scheduled_delivery_window: TimeWindow | None = None
    shipping_constraints: ShippingConstraints | None = None
    international_shipping: dict[str, Any] | None = None


class ItemFulfillment(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """How far an item is (dataset ``FULFILLMENT``). ``picking`` is as Amazon gives it."""

    quantity_fulfilled: int | None = None
    quantity_unfulfilled: int | None = None
    picking: dict[str, Any] | None = None
    packing: ItemPacking | None = None
    shipping: ItemShipping | None = None


class ItemTax(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """An item's taxes, as Amazon gives them (dataset ``TAX``)."""

    tax_calculation_breakdowns: tuple[dict[str, Any], ...] = ()
    tax_collections: tuple[dict[str, Any], ...] = ()


class OrderItem(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One item of an order."""

    order_item_id: str
    quantity_ordered: int | None = None
    product: ItemProduct = ItemProduct()
    measurement: Measurement | None = None
    associated_order_items: tuple[AssociatedOrderItem, ...] = ()
    programs: tuple[str, ...] = ()
    proceeds: ItemProceeds | None = None
    expense: ItemExpense | None = None
    promotion: ItemPromotion | None = None
    cancellation: ItemCancellation | None = None
    fulfillment: ItemFulfillment | None = None
    tax: ItemTax | None = None


class PackageStatus(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Where a package is: ``status`` ``"PENDING"``, ``"IN_TRANSIT"``, ``"DELIVERED"``, ..., and more exactly."""

    status: str | None = None
    detailed_status: str | None = None


class PackageItem(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What of an item is in a package."""

    order_item_id: str | None = None
    quantity: int | None = None
    transparency_codes: tuple[str, ...] = ()


class OrderPackage(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A package of an order that the merchant fulfils. ``ship_from_address`` is as Amazon gives it."""

    package_reference_id: str | None = None
    created_time: Time | None = None
    package_status: PackageStatus = PackageStatus()
    carrier: str | None = None
    ship_time: Time | None = None
    shipping_service: str | None = None
    tracking_number: str | None = None
    ship_from_address: dict[str, Any] | None = None
    package_items: tuple[PackageItem, ...] = ()


class FulfillmentOrder(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A unit in which Amazon has an Easy Ship order fulfilled."""

    fulfillment_order_id: str | None = None


class Order(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """An order. The items are always there, the other parts by dataset.

    Attributes:
        order_id: ``NNN-NNNNNNN-NNNNNNN``.
        order_aliases: the order's other names, such as the seller's own number.
        created_time: when the buyer placed it.
        last_updated_time: when Amazon or the seller last changed anything about it.
        programs: ``"PRIME"``, ``"AMAZON_BUSINESS"``, ...
        sales_channel: where it was placed; its ``marketplace_id`` is the one to send messages with.
        fulfillment: status and windows (dataset ``FULFILLMENT``).
        order_items: what was bought.
        packages: dataset ``PACKAGES``, orders fulfilled by the merchant only.
        fulfillment_orders: dataset ``FULFILLMENT_ORDERS``, Easy Ship orders only.
    """

    order_id: str
    created_time: Time
    last_updated_time: Time
    order_aliases: tuple[Alias, ...] = ()
    programs: tuple[str, ...] = ()
    associated_orders: tuple[AssociatedOrder, ...] = ()
    sales_channel: SalesChannel = SalesChannel()
    fulfillment: OrderFulfillment | None = None
    order_items: tuple[OrderItem, ...] = ()
    packages: tuple[OrderPackage, ...] = ()
    fulfillment_orders: tuple[FulfillmentOrder, ...] = ()
    proceeds: OrderProceeds | None = None
    payment: OrderPayment | None = None
    tax: OrderTax | None = None
    buyer: Buyer | None = None
    recipient: Recipient | None = None


class Pagination(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """How to go on; ``next_token`` is good for 24 hours."""

    next_token: str | None = None


class OrdersPage(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One page of a search. ``created_before`` or ``last_updated_before`` says up to when Amazon searched."""

    orders: tuple[Order, ...]
    pagination: Pagination | None = None
    created_before: Time | None = None
    last_updated_before: Time | None = None

    @property
    def next_token(self) -> str | None:
        """The `pagination_token` of the following page; ``None`` on the last."""
        return self.pagination.next_token if self.pagination else None
