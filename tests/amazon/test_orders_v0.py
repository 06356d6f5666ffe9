"""Orders v0, until Amazon removes it on 27 March 2027: asked for and read like its successor."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from buyerline.amazon import errors
from buyerline.amazon.orders_v0 import GET_ORDER, GET_ORDER_ITEMS, GET_ORDERS, OrdersV0Flows
from buyerline.amazon.orders_v0_types import OrderItemV0, OrderV0
from tests.amazon import models
from tests.amazon.by_hand import ByHand, Clock, answer, session

ORDER = "902-6786204-8179805"
NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)
ORDERS = "https://sp.example/orders/v0/orders"
MINIMAL: dict[str, Any] = {
    "AmazonOrderId": ORDER,
    "PurchaseDate": "2026-11-20T08:00:00Z",
    "LastUpdateDate": "2026-11-20T09:30:00Z",
}
MARKER = "Ada Lovelace, 1 Private Road"


def payload(content: Any) -> Any:
    return answer(200, msgspec.json.encode({"payload": content}))


def flows() -> OrdersV0Flows:
    """Flows of a client in US, at noon."""
    found = session(Clock())
    found.wire = replace(found.wire, clock=NOW.timestamp)
    return OrdersV0Flows(found)


def test_every_filter_goes_into_the_query_in_amazons_spelling() -> None:
    by_hand = ByHand(payload({"Orders": []}), clock=Clock())
    search = flows().search(
        created_after=datetime(2026, 11, 1, tzinfo=UTC),
        created_before=NOW,
        statuses=["Unshipped", "Shipped"],
        marketplaces=["US", "CA"],
        fulfillment_channels="MFN",
        page_size=20,
    )
    assert by_hand.run(search.next_page()) == []
    assert by_hand.requests[0].url == (
        f"{ORDERS}?CreatedAfter=2026-11-01T00:00:00Z&CreatedBefore=2026-11-21T11:58:00Z"
        "&OrderStatuses=Unshipped,Shipped&MarketplaceIds=ATVPDKIKX0DER,A2EUQ1WTGCTBG2"
        "&FulfillmentChannels=MFN&MaxResultsPerPage=20"
    )


def test_pages_of_orders_are_walked_with_the_query_frozen() -> None:
    by_hand = ByHand(payload({"Orders": [MINIMAL], "NextToken": "+"}), payload({"Orders": [MINIMAL]}), clock=Clock())
    pages = flows().search()
    first, second, end = (by_hand.run(pages.next_page()) for _ in range(3))
    assert first[0].amazon_order_id == second[0].amazon_order_id == ORDER
    assert end is None
    query = f"{ORDERS}?CreatedAfter=2026-10-22T12:00:00Z&MarketplaceIds=ATVPDKIKX0DER"
    assert [request.url for request in by_hand.requests] == [query, f"{query}&NextToken=%2B"]


def test_a_search_that_amazon_would_refuse_is_not_asked_for() -> None:
    with pytest.raises(errors.ConfigurationError, match="by one of them, not by both"):
        flows().search(created_after=NOW, last_updated_after=NOW)


def test_one_order_is_asked_for_by_its_id() -> None:
    by_hand = ByHand(payload(MINIMAL), clock=Clock())
    order = by_hand.run(flows().get(ORDER))
    assert by_hand.requests[0].url == f"{ORDERS}/{ORDER}"
    assert order.purchase_date == datetime(2026, 11, 20, 8, tzinfo=UTC)


def test_the_items_of_an_order_come_in_pages() -> None:
    item = {"OrderItemId": "1", "ASIN": "B1", "SellerSKU": "S", "ItemPrice": {"Amount": "25.90"}, "IsGift": "false"}
    by_hand = ByHand(
        payload({"AmazonOrderId": ORDER, "OrderItems": [item], "NextToken": "n"}),
        payload({"AmazonOrderId": ORDER, "OrderItems": [], "NextToken": ""}),
        clock=Clock(),
    )
    pages = flows().get_items(ORDER)
    items = by_hand.run(pages.next_page())
    assert (items[0].asin, items[0].seller_sku, items[0].item_price.amount) == ("B1", "S", Decimal("25.90"))
    assert by_hand.run(pages.next_page()) == []
    assert by_hand.run(pages.next_page()) is None
    assert [request.url for request in by_hand.requests] == [
        f"{ORDERS}/{ORDER}/orderItems",
        f"{ORDERS}/{ORDER}/orderItems?NextToken=n",
    ]


def test_numbers_and_truth_values_sent_as_text_are_taken_for_what_they_say() -> None:
    item = GET_ORDER_ITEMS.decode(
        b'{"payload":{"OrderItems":[{"OrderItemId":"1","IsGift":"true","ProductInfo":{"NumberOfItems":"12"},'
        b'"BuyerRequestedCancel":{"IsBuyerRequestedCancel":"false"}}]}}'
    ).order_items[0]
    assert item.is_gift is True
    assert item.product_info is not None
    assert item.product_info.number_of_items == 12
    assert item.buyer_requested_cancel is not None
    assert item.buyer_requested_cancel.is_buyer_requested_cancel is False


def test_an_answer_without_its_payload_is_unreadable() -> None:
    by_hand = ByHand(answer(200, msgspec.json.encode(MINIMAL)), clock=Clock())
    with pytest.raises(errors.UnreadableAnswer):
        by_hand.run(flows().get(ORDER))


def test_personal_data_is_not_shown_when_an_order_is_printed() -> None:
    private = {"BuyerInfo": {"BuyerName": MARKER}, "ShippingAddress": {"Name": MARKER}}
    order = GET_ORDER.decode(msgspec.json.encode({"payload": MINIMAL | private}))
    assert order.buyer_info is not None
    assert order.buyer_info.buyer_name == MARKER
    assert MARKER not in repr(order)


@pytest.mark.parametrize("operation", [GET_ORDERS, GET_ORDER, GET_ORDER_ITEMS], ids=lambda operation: operation.id)
def test_every_answer_that_amazon_documents_is_read(operation: Any) -> None:
    for body in models.documented_answers("ordersV0", operation.id):
        read = operation.decode(body)
        shown = msgspec.json.decode(body)["payload"]
        assert [order.amazon_order_id for order in getattr(read, "orders", [read])] == [
            order["AmazonOrderId"] for order in shown.get("Orders", [shown])
        ]


def test_the_types_have_every_field_of_amazons_model() -> None:
    assert models.uncovered(OrderV0, "ordersV0", "Order") == []
    assert models.uncovered(OrderItemV0, "ordersV0", "OrderItem") == []
