"""What Orders v0 answers about an order.

Source: Amazon, Orders API v0 reference; names are Amazon's, in Python's spelling. Words that Amazon might add to
(statuses, channels, categories) are plain text. Personal data is there only with a restricted data token.
"""

from decimal import Decimal
from typing import Any

import msgspec

from buyerline.amazon.answers import Private, Time


class MoneyV0(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """An amount of money, exact. ``currency_code`` is ISO 4217."""

    amount: Decimal | None = None
    currency_code: str | None = None


class AddressV0(Private, msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """A buyer's or a seller's address. ``country_code`` is ISO 3166-1, two letters."""

    name: str | None = None
    company_name: str | None = None
    address_line1: str | None = None
    address_line2: str | None = None
    address_line3: str | None = None
    city: str | None = None
    county: str | None = None
    district: str | None = None
    state_or_region: str | None = None
    municipality: str | None = None
    postal_code: str | None = None
    country_code: str | None = None
    phone: str | None = None
    address_type: str | None = None
    extended_fields: dict[str, Any] | None = None


class BuyerInfoV0(Private, msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """Who bought (restricted). ``buyer_tax_info`` is as Amazon gives it."""

    buyer_email: str | None = None
    buyer_name: str | None = None
    buyer_county: str | None = None
    buyer_tax_info: dict[str, Any] | None = None
    purchase_order_number: str | None = None


class ItemBuyerInfoV0(Private, msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """What the buyer wished for an item (restricted). ``buyer_customized_info`` is as Amazon gives it."""

    buyer_customized_info: dict[str, Any] | None = None
    gift_wrap_price: MoneyV0 | None = None
    gift_wrap_tax: MoneyV0 | None = None
    gift_message_text: str | None = None
    gift_wrap_level: str | None = None


class BuyerTaxInformationV0(Private, msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """What an invoice to a business buyer in Turkey needs (restricted)."""

    buyer_legal_company_name: str | None = None
    buyer_business_address: str | None = None
    buyer_tax_registration_id: str | None = None
    buyer_tax_office: str | None = None


class PaymentExecutionV0(Private, msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """One payment. The last three are given in Brazil alone."""

    payment: MoneyV0 | None = None
    payment_method: str | None = None
    acquirer_id: str | None = None
    card_brand: str | None = None
    authorization_code: str | None = None


class AutomatedShippingSettings(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """Whether Amazon chose carrier and shipping method, and which."""

    has_automated_shipping_settings: bool | None = None
    automated_carrier: str | None = None
    automated_ship_method: str | None = None


class OrderV0(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """An order, without its items.

    Attributes:
        amazon_order_id: ``NNN-NNNNNNN-NNNNNNN``.
        purchase_date, last_update_date: when it was placed, and last changed.
        order_status: ``"Unshipped"``, ``"Shipped"``, ``"Canceled"``, ...
        fulfillment_channel: ``"MFN"`` (by the merchant) or ``"AFN"`` (by Amazon).
        earliest_ship_date, latest_ship_date, earliest_delivery_date, latest_delivery_date: what was promised, not
            what happened.
    """

    amazon_order_id: str
    purchase_date: Time
    last_update_date: Time
    seller_order_id: str | None = None
    order_status: str | None = None
    fulfillment_channel: str | None = None
    sales_channel: str | None = None
    order_channel: str | None = None
    marketplace_id: str | None = None
    order_type: str | None = None
    order_total: MoneyV0 | None = None
    number_of_items_shipped: int | None = None
    number_of_items_unshipped: int | None = None
    ship_service_level: str | None = None
    shipment_service_level_category: str | None = None
    earliest_ship_date: Time | None = None
    latest_ship_date: Time | None = None
    earliest_delivery_date: Time | None = None
    latest_delivery_date: Time | None = None
    promise_response_due_date: Time | None = None
    is_estimated_ship_date_set: bool | None = None
    payment_method: str | None = None
    payment_method_details: tuple[str, ...] = ()
    payment_execution_detail: tuple[PaymentExecutionV0, ...] = ()
    easy_ship_shipment_status: str | None = None
    electronic_invoice_status: str | None = None
    cba_displayable_shipping_label: str | None = None
    is_business_order: bool | None = None
    is_prime: bool | None = None
    is_premium_order: bool | None = None
    is_global_express_enabled: bool | None = None
    is_replacement_order: bool | None = None
    replaced_order_id: str | None = None
    is_sold_by_ab: bool | None = msgspec.field(name="IsSoldByAB", default=None)
    is_iba: bool | None = msgspec.field(name="IsIBA", default=None)
    is_ispu: bool | None = msgspec.field(name="IsISPU", default=None)
    is_access_point_order: bool | None = None
    has_regulated_items: bool | None = None
    seller_display_name: str | None = None
    buyer_invoice_preference: str | None = None
    automated_shipping_settings: AutomatedShippingSettings | None = None
    fulfillment_instruction: dict[str, Any] | None = None
    marketplace_tax_info: dict[str, Any] | None = None
    default_ship_from_location_address: AddressV0 | None = None
    shipping_address: AddressV0 | None = None
    buyer_info: BuyerInfoV0 | None = None
    buyer_tax_information: BuyerTaxInformationV0 | None = None


class BuyerRequestedCancel(Private, msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """Whether the buyer asked to cancel the item, and why."""

    is_buyer_requested_cancel: bool | None = None
    buyer_cancel_reason: str | None = None


class PointsGrantedV0(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """Amazon Points that the buyer got, and what they are worth."""

    points_number: int | None = None
    points_monetary_value: MoneyV0 | None = None


class ProductInfo(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """How many pieces the product holds."""

    number_of_items: int | None = None


class OrderItemV0(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """One item of an order. Prices are for the whole quantity, not for one piece."""

    order_item_id: str
    asin: str | None = msgspec.field(name="ASIN", default=None)
    seller_sku: str | None = msgspec.field(name="SellerSKU", default=None)
    title: str | None = None
    quantity_ordered: int | None = None
    quantity_shipped: int | None = None
    product_info: ProductInfo | None = None
    item_price: MoneyV0 | None = None
    item_tax: MoneyV0 | None = None
    shipping_price: MoneyV0 | None = None
    shipping_tax: MoneyV0 | None = None
    shipping_discount: MoneyV0 | None = None
    shipping_discount_tax: MoneyV0 | None = None
    promotion_discount: MoneyV0 | None = None
    promotion_discount_tax: MoneyV0 | None = None
    promotion_ids: tuple[str, ...] = ()
    cod_fee: MoneyV0 | None = msgspec.field(name="CODFee", default=None)
    cod_fee_discount: MoneyV0 | None = msgspec.field(name="CODFeeDiscount", default=None)
    points_granted: PointsGrantedV0 | None = None
    price_designation: str | None = None
    is_gift: bool | None = None
    condition_id: str | None = None
    condition_subtype_id: str | None = None
    condition_note: str | None = None
    scheduled_delivery_start_date: Time | None = None
    scheduled_delivery_end_date: Time | None = None
    serial_numbers: tuple[str, ...] = ()
    serial_number_required: bool | None = None
    is_transparency: bool | None = None
    ioss_number: str | None = None
    store_chain_store_id: str | None = None
    deemed_reseller_category: str | None = None
    buyer_requested_cancel: BuyerRequestedCancel | None = None
    tax_collection: dict[str, Any] | None = None
    shipping_constraints: dict[str, Any] | None = None
    substitution_preferences: dict[str, Any] | None = None
    measurement: dict[str, Any] | None = None
    amazon_programs: dict[str, Any] | None = None
    associated_items: tuple[dict[str, Any], ...] = ()
    buyer_info: ItemBuyerInfoV0 | None = None


class OrdersV0Page(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """One page of a search. ``next_token`` asks for the following page; ``None`` on the last."""

    orders: tuple[OrderV0, ...]
    next_token: str | None = None


class OrderItemsV0Page(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """One page of an order's items. ``next_token`` asks for the following page; ``None`` on the last."""

    order_items: tuple[OrderItemV0, ...]
    next_token: str | None = None
    amazon_order_id: str | None = None
