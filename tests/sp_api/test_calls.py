"""What goes out for a call, and what comes back."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from buyerline.sandbox import GUIDE_ORDER as ORDER
from buyerline.sp_api.api import Messaging, Orders, OrdersV20260101, Sellers, Upload
from buyerline.sp_api.base import ApiResponse, Marketplaces, create_md5
from buyerline.sp_api.flows.arguments import as_query
from buyerline.sp_api.util import load_all_pages
from tests.running import Amazon
from tests.sp_api.conftest import Make
from tests.sp_api.sides import PDF, put

US = Marketplaces.US.marketplace_id
RESOURCE = f"messaging/v1/orders/{ORDER}/messages/invoice"


@pytest.mark.parametrize("name", ["marketplaceIds", "MarketplaceIds", "MarketplaceId", "marketplace_ids"])
@pytest.mark.parametrize("place", [US, [US], (Marketplaces.US,), Marketplaces.US, "US"])
def test_the_marketplace_of_an_order_may_be_named_in_many_ways(name: str, place: Any, make: Make) -> None:
    assert make(Messaging, marketplace="CA").get_attributes(ORDER, **{name: place}).buyer == {"locale": "en-US"}


def test_arguments_become_what_a_query_can_say() -> None:
    moment = datetime(2026, 1, 31, 12, tzinfo=UTC)
    given = {"CreatedAfter": moment, "IsPrime": True, "Size": 5, "Statuses": ["Shipped", "Unshipped"], "None": None}
    assert as_query(given) == {
        "CreatedAfter": "2026-01-31T12:00:00+00:00",
        "IsPrime": "true",
        "Size": "5",
        "Statuses": ["Shipped", "Unshipped"],
        "None": None,
    }


def test_times_and_lists_reach_amazon(make: Make, amazon: Amazon) -> None:
    since = datetime.now(UTC) - timedelta(days=60)
    found = make(Orders).get_orders(CreatedAfter=since, OrderStatuses=["Shipped"], MarketplaceIds=[Marketplaces.US])
    assert {order["OrderStatus"] for order in found.Orders} == {"Shipped"}


def test_all_pages_are_walked(make: Make, amazon: Amazon) -> None:
    amazon.lift_plans()
    orders = make(OrdersV20260101)
    since = "2020-01-01T00:00:00Z"
    walk = load_all_pages(throttle_by_seconds=0, next_token_param="paginationToken")(orders.search_orders)
    pages = list(walk(createdAfter=since, maxResultsPerPage=6))
    ids = [order["orderId"] for page in pages for order in page.orders]
    assert len(pages) > 1
    assert len(set(ids)) == len(ids)
    assert pages[-1].next_token is None


def test_pages_may_be_asked_for_by_their_token_alone() -> None:
    asked = []

    def page(**kwargs: Any) -> ApiResponse:
        asked.append(kwargs)
        return ApiResponse(payload={"a": 1}, nextToken="more" if len(asked) == 1 else None)

    walk = load_all_pages(throttle_by_seconds=0, next_token_param="nextToken", next_token_only=True)(page)
    assert len(list(walk(reportTypes="A"))) == 2
    assert asked == [{"reportTypes": "A"}, {"nextToken": "more"}]


def test_the_rate_in_force_may_set_the_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    pages = iter(
        [
            ApiResponse(payload={}, nextToken="2", headers={"x-amzn-RateLimit-Limit": "0.5"}),
            ApiResponse(payload={}, nextToken="3"),
            ApiResponse(payload={}),
        ]
    )
    walk = load_all_pages(use_rate_limit_header=True)(lambda **_: next(pages))
    assert len(list(walk())) == 3
    assert slept == [2.0, 2]


def test_a_restricted_data_token_goes_with_its_call_alone(make: Make, amazon: Amazon) -> None:
    orders = make(Orders)
    assert orders.get_order(ORDER, RestrictedResources=["buyerInfo"]).AmazonOrderId == ORDER
    assert orders.restricted_data_token is None
    assert amazon.counts("createRestrictedDataToken") == {"200": 1}
    assert make(Sellers).get_account().sellingPlan


def test_within_a_with_block_a_restricted_data_token_stays_in_use(make: Make, amazon: Amazon) -> None:
    with make(Orders) as orders:
        orders.get_order(ORDER, RestrictedResources=["buyerInfo"])
        assert orders.restricted_data_token.startswith("Atz.sprdt|")
        orders.get_order(ORDER)
    assert orders.restricted_data_token is None
    assert amazon.counts("createRestrictedDataToken") == {"200": 1}


def test_a_file_may_be_given_by_path_or_open_and_can_be_put_afterwards(make: Make, tmp_path: Path) -> None:
    path = tmp_path / "invoice.pdf"
    path.write_bytes(PDF)
    upload = make(Upload)
    with path.open("rb") as file:
        for given in (str(path), path, io.BytesIO(PDF), file):
            destination = upload.upload_document(RESOURCE, given).payload
            assert destination["headers"]["Content-MD5"] == create_md5(given)
            content = given.read() if isinstance(given, io.IOBase) else PDF
            assert put(destination, content) == 200


def test_an_answers_parts_are_reached_in_every_way() -> None:
    answer = ApiResponse(payload={"Orders": [1]}, headers={"x-amzn-RateLimit-Limit": "0.5"})
    assert answer() == answer.payload == {"Orders": [1]}
    assert answer("Orders") == answer.Orders == [1]
    assert answer.rate_limit == "0.5"
    assert answer.Missing is None
    assert "'Orders': [1]" in str(answer)


def test_a_list_has_no_parts() -> None:
    with pytest.raises(AttributeError, match="a list"):
        _ = ApiResponse(payload=[1]).Orders
