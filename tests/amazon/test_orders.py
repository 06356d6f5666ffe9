"""Orders 2026-01-01: how a search is asked for, walked through, and read."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from buyerline.amazon import errors
from buyerline.amazon.orders import GET_ORDER, SEARCH_ORDERS, OrdersFlows
from buyerline.amazon.orders_types import Order, OrdersPage
from tests.amazon import models
from tests.amazon.by_hand import ByHand, Clock, answer, session

ORDER = "902-6786204-8179805"
NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)
SEARCH = "https://sp.example/orders/2026-01-01/orders"
US = "marketplaceIds=ATVPDKIKX0DER"
MINIMAL: dict[str, Any] = {
    "orderId": ORDER,
    "createdTime": "2026-11-20T08:00:00Z",
    "lastUpdatedTime": "2026-11-20T09:30:00.250Z",
}
MARKER = "Ada Lovelace, 1 Private Road"


def page(*orders: Mapping[str, Any], token: str | None = None) -> Any:
    content: dict[str, Any] = {"orders": orders}
    if token:
        content["pagination"] = {"nextToken": token}
    return answer(200, msgspec.json.encode(content))


def flows(clock_ahead: float | None = None) -> OrdersFlows:
    """Flows of a client in US, at noon; `clock_ahead`: this machine's clock has been seen to run ahead."""
    found = session(Clock())
    found.wire = replace(found.wire, clock=NOW.timestamp)
    found.wire.skew.seconds = clock_ahead
    return OrdersFlows(found)


def asked(search: Mapping[str, Any], clock_ahead: float | None = None) -> str:
    """The query of the first page of a search."""
    by_hand = ByHand(page(), clock=Clock())
    by_hand.run(flows(clock_ahead).search(**search).next_page())
    assert by_hand.requests[0].method == "GET"
    return by_hand.requests[0].url.removeprefix(f"{SEARCH}?")


def test_a_search_without_filters_is_for_the_last_30_days_in_the_clients_marketplace() -> None:
    assert asked({}) == f"createdAfter=2026-10-22T12:00:00Z&{US}"


def test_every_filter_goes_into_the_query_in_amazons_spelling() -> None:
    query = asked(
        {
            "last_updated_after": datetime(2026, 11, 1, tzinfo=UTC),
            "last_updated_before": datetime(2026, 11, 2, tzinfo=UTC),
            "statuses": ["UNSHIPPED", "SHIPPED"],
            "marketplaces": ["US", "A2EUQ1WTGCTBG2"],
            "fulfilled_by": ["MERCHANT"],
            "include": ("FULFILLMENT", "PACKAGES"),
            "page_size": 20,
        }
    )
    assert query == (
        "lastUpdatedAfter=2026-11-01T00:00:00Z&lastUpdatedBefore=2026-11-02T00:00:00Z"
        "&fulfillmentStatuses=UNSHIPPED,SHIPPED&marketplaceIds=ATVPDKIKX0DER,A2EUQ1WTGCTBG2"
        "&fulfilledBy=MERCHANT&maxResultsPerPage=20&includedData=FULFILLMENT,PACKAGES"
    )


def test_a_list_of_one_may_be_given_as_the_one() -> None:
    query = asked({"statuses": "SHIPPED", "marketplaces": "CA", "fulfilled_by": "AMAZON", "include": "FULFILLMENT"})
    assert query == (
        "createdAfter=2026-10-22T12:00:00Z&fulfillmentStatuses=SHIPPED&marketplaceIds=A2EUQ1WTGCTBG2"
        "&fulfilledBy=AMAZON&includedData=FULFILLMENT"
    )


def test_an_empty_list_is_no_filter() -> None:
    assert asked({"statuses": [], "marketplaces": [], "include": ()}) == f"createdAfter=2026-10-22T12:00:00Z&{US}"


def test_times_of_any_zone_go_out_in_utc_to_the_second() -> None:
    tokyo = datetime(2026, 11, 21, 3, 4, 5, 999_999, tzinfo=timezone(timedelta(hours=9)))
    assert asked({"created_after": tokyo}) == f"createdAfter=2026-11-20T18:04:05Z&{US}"


def test_an_end_without_a_start_gets_the_30_days_before_it() -> None:
    query = asked({"created_before": datetime(2026, 3, 31, tzinfo=UTC)})
    assert query == f"createdAfter=2026-03-01T00:00:00Z&createdBefore=2026-03-31T00:00:00Z&{US}"


@pytest.mark.parametrize(
    ("clock_ahead", "end"),
    [(None, "11:58:00"), (0.0, "11:58:00"), (1200.0, "11:38:00"), (-600.0, "12:00:00")],
)
def test_an_end_that_is_too_young_by_amazons_clock_is_moved_back(clock_ahead: float | None, end: str) -> None:
    """Amazon refuses an end under two minutes old; its clock is known from the ``Date`` of its answers."""
    query = asked({"created_after": datetime(2026, 11, 21, tzinfo=UTC), "created_before": NOW}, clock_ahead)
    assert query == f"createdAfter=2026-11-21T00:00:00Z&createdBefore=2026-11-21T{end}Z&{US}"


@pytest.mark.parametrize(
    ("search", "words"),
    [
        ({"created_after": datetime(2026, 11, 1)}, "created_after: a datetime with a time zone"),  # noqa: DTZ001
        ({"last_updated_before": "2026-11-01"}, "last_updated_before: a datetime with a time zone"),
        ({"created_after": NOW, "last_updated_after": NOW}, "by one of them, not by both"),
        ({"created_before": NOW, "last_updated_after": NOW}, "by one of them, not by both"),
        ({"created_after": NOW, "created_before": NOW - timedelta(days=1)}, "lies before created_after"),
        ({"last_updated_after": NOW, "last_updated_before": NOW}, "lies before last_updated_after"),
        ({"page_size": 0}, "page_size: 0"),
        ({"page_size": 101}, "page_size: 101"),
    ],
)
def test_a_search_that_amazon_would_refuse_is_not_asked_for(search: dict[str, Any], words: str) -> None:
    with pytest.raises(errors.ConfigurationError, match=words):
        flows().search(**search)


def test_a_marketplace_of_another_region_is_not_asked_for() -> None:
    with pytest.raises(errors.DraftRefused, match="DE is in Europe"):
        flows().search(marketplaces=["US", "DE"])


def test_pages_are_walked_with_the_query_frozen() -> None:
    clock = Clock()
    by_hand = ByHand(page(MINIMAL, token="a+b/c="), page(token="second"), page(MINIMAL, MINIMAL), clock=clock)
    pages = flows().search(created_after=datetime(2026, 11, 1, tzinfo=UTC), created_before=NOW)
    counts = []
    while (orders := by_hand.run(pages.next_page())) is not None:
        counts.append(len(orders))
    assert counts == [1, 0, 2]
    first = f"{SEARCH}?createdAfter=2026-11-01T00:00:00Z&createdBefore=2026-11-21T11:58:00Z&{US}"
    assert [request.url for request in by_hand.requests] == [
        first,
        f"{first}&paginationToken=a%2Bb%2Fc%3D",
        f"{first}&paginationToken=second",
    ]
    assert by_hand.run(pages.next_page()) is None
    assert len(by_hand.requests) == 3


def test_a_page_that_failed_can_be_asked_for_again() -> None:
    refused = answer(400, b'{"errors":[{"code":"InvalidInput","message":"Invalid Input"}]}')
    by_hand = ByHand(page(MINIMAL, token="second"), refused, page(MINIMAL), clock=Clock())
    pages = flows().search()
    by_hand.run(pages.next_page())
    with pytest.raises(errors.InvalidRequest):
        by_hand.run(pages.next_page())
    assert len(by_hand.run(pages.next_page())) == 1
    assert by_hand.requests[1].url == by_hand.requests[2].url


def test_one_page_is_asked_for_exactly_as_told() -> None:
    by_hand = ByHand(page(MINIMAL, token="next"), clock=Clock())
    found = by_hand.run(flows().search_page(created_after=datetime(2026, 11, 1, tzinfo=UTC), pagination_token="one"))
    assert by_hand.requests[0].url == f"{SEARCH}?createdAfter=2026-11-01T00:00:00Z&{US}&paginationToken=one"
    assert [order.order_id for order in found.orders] == [ORDER]
    assert found.next_token == "next"


@pytest.mark.parametrize(
    ("search", "words"),
    [
        ({"pagination_token": "one"}, "pagination_token: a following page needs the created_after"),
        ({"created_before": NOW}, "created_before: Amazon takes only times that are at least two minutes old"),
    ],
)
def test_one_page_is_not_asked_for_when_the_following_one_could_not_be(search: dict[str, Any], words: str) -> None:
    """Whatever were filled in or moved for the first page would be something else for the next."""
    with pytest.raises(errors.ConfigurationError, match=words):
        ByHand(clock=Clock()).run(flows().search_page(**search))


def test_one_order_is_asked_for_by_its_id_and_nothing_in_the_id_can_change_the_path() -> None:
    by_hand = ByHand(*[answer(200, msgspec.json.encode({"order": MINIMAL}))] * 2, clock=Clock())
    assert by_hand.run(flows().get(ORDER, include=["FULFILLMENT"])).order_id == ORDER
    by_hand.run(flows().get("../x?y"))
    assert [request.url for request in by_hand.requests] == [
        f"{SEARCH}/{ORDER}?includedData=FULFILLMENT",
        f"{SEARCH}/..%2Fx%3Fy",
    ]


def test_an_order_is_read_into_types() -> None:
    order = order_of(
        MINIMAL
        | {
            "orderAliases": [{"aliasId": "S-1", "aliasType": "SELLER_ORDER_ID"}],
            "salesChannel": {"channelName": "AMAZON", "marketplaceId": "ATVPDKIKX0DER"},
            "fulfillment": {
                "fulfillmentStatus": "SHIPPED",
                "fulfilledBy": "MERCHANT",
                "deliverByWindow": {"latestDateTime": "2026-11-28T23:59:59+01:00"},
            },
            "orderItems": [
                {
                    "orderItemId": "1",
                    "quantityOrdered": 2,
                    "product": {"asin": "B1", "price": {"unitPrice": {"amount": "19.90", "currencyCode": "USD"}}},
                    "measurement": {"unit": "KILOGRAMS", "value": 0.1},
                }
            ],
            "packages": [{"packageReferenceId": "1", "packageStatus": {"status": "DELIVERED"}}],
        }
    )
    assert order.last_updated_time == datetime(2026, 11, 20, 9, 30, 0, 250_000, tzinfo=UTC)
    assert order.order_aliases[0].alias_id == "S-1"
    assert order.sales_channel.marketplace_id == "ATVPDKIKX0DER"
    assert order.fulfillment is not None
    assert order.fulfillment.fulfillment_status == "SHIPPED"
    assert order.fulfillment.deliver_by_window is not None
    assert order.fulfillment.deliver_by_window.latest == datetime(2026, 11, 28, 22, 59, 59, tzinfo=UTC)
    item = order.order_items[0]
    assert item.product.price is not None
    assert item.product.price.unit_price is not None
    assert item.product.price.unit_price.amount == Decimal("19.90")
    assert str(item.product.price.unit_price.amount) == "19.90"
    assert item.measurement is not None
    assert item.measurement.value == Decimal("0.1")
    assert order.packages[0].package_status.status == "DELIVERED"


def test_an_order_with_hardly_anything_in_it_is_an_order() -> None:
    order = order_of(MINIMAL)
    assert order.order_items == ()
    assert order.sales_channel.marketplace_id is None
    assert order.fulfillment is None


def test_new_words_and_new_fields_do_no_harm() -> None:
    order = order_of(MINIMAL | {"programs": ["HOLODECK"], "warp": {"factor": 9}})
    assert order.programs == ("HOLODECK",)


def test_null_and_empty_text_mean_that_there_is_nothing() -> None:
    order = order_of(
        MINIMAL
        | {
            "orderItems": [{"orderItemId": "1", "programs": None, "product": None, "quantityOrdered": 3}],
            "packages": [{"packageReferenceId": "1", "shipTime": "", "carrier": "UPS"}],
            "fulfillment": {"fulfillmentStatus": None, "shipByWindow": {"earliestDateTime": ""}},
        }
    )
    assert order.order_items[0].programs == ()
    assert order.order_items[0].product.asin is None
    assert order.order_items[0].quantity_ordered == 3
    assert order.packages[0].ship_time is None
    assert order.packages[0].carrier == "UPS"


@pytest.mark.parametrize(
    "order",
    [
        {name: value for name, value in MINIMAL.items() if name != "orderId"},
        MINIMAL | {"createdTime": "2026-11-20T08:00:00"},
        MINIMAL | {"orderItems": "none"},
        [],
    ],
)
def test_an_answer_that_is_no_order_is_unreadable(order: Any) -> None:
    by_hand = ByHand(answer(200, msgspec.json.encode({"order": order})), clock=Clock())
    with pytest.raises(errors.UnreadableAnswer):
        by_hand.run(flows().get(ORDER))


def test_personal_data_is_not_shown_when_an_order_is_printed() -> None:
    order = order_of(
        MINIMAL
        | {
            "buyer": {"buyerName": MARKER},
            "recipient": {"deliveryAddress": {"addressLine1": MARKER}},
            "tax": {"taxRegistrations": [{"legalName": MARKER}]},
            "orderItems": [
                {
                    "orderItemId": "1",
                    "cancellation": {"cancellationRequest": {"cancelReason": MARKER}},
                    "fulfillment": {"packing": {"giftOption": {"giftMessage": MARKER}}},
                    "product": {"customization": {"customizedUrl": MARKER}},
                }
            ],
        }
    )
    assert order.buyer is not None
    assert order.buyer.buyer_name == MARKER
    assert order.buyer.__rich_repr__() == []
    assert MARKER not in repr(order)
    assert ORDER in repr(order)


@pytest.mark.parametrize("operation", [SEARCH_ORDERS, GET_ORDER], ids=lambda operation: operation.id)
def test_every_answer_that_amazon_documents_is_read(operation: Any) -> None:
    for body in models.documented_answers("orders_2026-01-01", operation.id):
        read = operation.decode(body)
        shown = msgspec.json.decode(body)
        assert [order.order_id for order in getattr(read, "orders", [read])] == [
            order["orderId"] for order in shown.get("orders", [shown.get("order")])
        ]


def test_any_part_of_an_answer_may_be_null_but_what_it_is_nothing_without() -> None:
    needed = {"orders", "orderId", "createdTime", "lastUpdatedTime", "orderItemId", "amount"}
    for body in models.documented_answers("orders_2026-01-01", "searchOrders"):
        for where, without in nulled(msgspec.json.decode(body)):
            try:
                SEARCH_ORDERS.decode(msgspec.json.encode(without))
            except msgspec.ValidationError:
                assert where in needed, where


def nulled(value: Any) -> Iterator[tuple[str, Any]]:
    """Every copy of a JSON value in which one field is null, with the field's name."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield name, value | {name: None}
            yield from ((where, value | {name: without}) for where, without in nulled(part))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            for where, without in nulled(part):
                yield where, [*value[:index], without, *value[index + 1 :]]


def test_the_types_have_every_field_of_amazons_model() -> None:
    assert models.uncovered(OrdersPage, "orders_2026-01-01", "SearchOrdersResponse") == []


def order_of(content: Mapping[str, Any]) -> Order:
    return GET_ORDER.decode(msgspec.json.encode({"order": content}))


@pytest.mark.parametrize("method", ["search", "search_page"])
def test_a_filter_that_does_not_exist_is_refused_and_not_ignored(method: str) -> None:
    """A search that ignored it would find every order, and somebody would message every buyer."""
    by_hand = ByHand(clock=Clock())
    search = getattr(OrdersFlows(session(by_hand.clock)), method)
    with pytest.raises(TypeError, match="no filter status"):
        next(search(status="SHIPPED"))
