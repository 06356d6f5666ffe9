"""Orders API 2026-01-01: every rule of a search, and what an order shows."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from buyerline.sandbox import GUIDE_ORDER
from tests.sandbox.client import DE, US, Amazon, running

SEARCH = "/orders/2026-01-01/orders"
SINCE = "2020-01-01T00:00:00Z"
NOT_VALID = "The input you have submitted is not valid. Please check your input and try again."


def search(amazon: Amazon, **query: str) -> Any:
    reply = amazon.get(SEARCH, **({"createdAfter": SINCE} | query))
    assert reply.status == 200, reply.body
    return reply.json


def pages(amazon: Amazon, **query: str) -> list[list[str]]:
    """The order ids of each page, following the tokens to the end."""
    found = []
    token: dict[str, str] = {}
    while True:
        page = search(amazon, **query, **token)
        found.append([order["orderId"] for order in page["orders"]])
        if "pagination" not in page:
            return found
        token = {"paginationToken": page["pagination"]["nextToken"]}


def test_a_search_lists_orders_oldest_first_without_a_wrapper(unlimited: Amazon) -> None:
    page = search(unlimited)
    created = [order["createdTime"] for order in page["orders"]]
    assert len(created) >= 20
    assert created == sorted(created)
    assert "createdBefore" in page
    assert "pagination" not in page


def test_all_pages_together_are_all_orders_once(unlimited: Amazon) -> None:
    (everything,) = pages(unlimited)
    for size in (1, 7, 100):
        found = pages(unlimited, maxResultsPerPage=str(size))
        assert [order_id for page in found for order_id in page] == everything
        assert all(len(page) == size for page in found[:-1])


def test_page_size_and_datasets_may_change_from_page_to_page(unlimited: Amazon) -> None:
    token = search(unlimited, maxResultsPerPage="5")["pagination"]["nextToken"]
    page = search(unlimited, paginationToken=token, maxResultsPerPage="3", includedData="FULFILLMENT")
    assert len(page["orders"]) == 3
    assert "fulfillment" in page["orders"][0]


@pytest.mark.parametrize(
    "changed",
    [
        {"fulfillmentStatuses": "SHIPPED"},
        {"createdAfter": "2020-01-02T00:00:00Z"},
        {"marketplaceIds": US},
        {"fulfilledBy": "AMAZON"},
        {"paginationToken": "x"},
        {"paginationToken": "WzBd"},
        {"paginationToken": "\N{SNOWMAN}"},
    ],
)
def test_a_page_token_is_bound_to_its_filters(unlimited: Amazon, changed: dict[str, str]) -> None:
    token = search(unlimited, maxResultsPerPage="5")["pagination"]["nextToken"]
    reply = unlimited.get(SEARCH, **({"createdAfter": SINCE, "paginationToken": token} | changed))
    assert (reply.status, reply.error["message"]) == (400, NOT_VALID)


def test_a_page_token_lasts_a_day(unlimited: Amazon) -> None:
    token = search(unlimited, maxResultsPerPage="5")["pagination"]["nextToken"]
    unlimited.control("POST", "/clock", {"advance": 23 * 3600})
    later = Amazon(unlimited.url)
    assert later.get(SEARCH, createdAfter=SINCE, paginationToken=token).status == 200
    unlimited.control("POST", "/clock", {"advance": 3601})
    last = Amazon(unlimited.url)
    assert last.get(SEARCH, createdAfter=SINCE, paginationToken=token).status == 400


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"createdAfter": SINCE, "lastUpdatedAfter": SINCE},
        {"createdAfter": SINCE, "lastUpdatedBefore": "2021-01-01T00:00:00Z"},
        {"lastUpdatedAfter": SINCE, "createdBefore": "2021-01-01T00:00:00Z"},
        {"createdBefore": "2021-01-01T00:00:00Z"},
        {"createdAfter": SINCE, "createdBefore": "2019-01-01T00:00:00Z"},
        {"createdAfter": "soon"},
        {"createdAfter": SINCE, "createdBefore": "9999-12-31T23:59:59-14:00"},
        {"createdAfter": SINCE, "maxResultsPerPage": "0"},
        {"createdAfter": SINCE, "maxResultsPerPage": "101"},
        {"createdAfter": SINCE, "maxResultsPerPage": "many"},
        {"createdAfter": SINCE, "fulfillmentStatuses": "LOST"},
        {"createdAfter": SINCE, "fulfilledBy": "NEIGHBOUR"},
        {"createdAfter": SINCE, "includedData": "SECRETS"},
        {"createdAfter": SINCE, "marketplaceIds": "US"},
        {"createdAfter": SINCE, "marketplaceIds": ",".join([US] * 51)},
    ],
)
def test_a_search_that_breaks_a_rule_is_invalid_input(unlimited: Amazon, query: dict[str, str]) -> None:
    reply = unlimited.get(SEARCH, **query)
    assert reply.status == 400
    assert reply.error == {"code": "InvalidInput", "message": NOT_VALID, "details": ""}


@pytest.mark.parametrize(("seconds", "status"), [(60, 400), (130, 200)])
def test_the_end_of_a_search_is_at_least_two_minutes_old(unlimited: Amazon, seconds: int, status: int) -> None:
    now = datetime.fromisoformat(unlimited.control("GET", "/health")["time"])
    before = (now - timedelta(seconds=seconds)).isoformat()
    assert unlimited.get(SEARCH, createdAfter=SINCE, createdBefore=before).status == status


def test_a_marketplace_of_another_region_is_denied(unlimited: Amazon) -> None:
    assert unlimited.get(SEARCH, createdAfter=SINCE, marketplaceIds=DE).status == 403


@pytest.mark.parametrize("separator", [",", "%2C", "&fulfillmentStatuses="])
def test_lists_are_joined_or_repeated(unlimited: Amazon, separator: str) -> None:
    query = f"createdAfter={SINCE}&includedData=FULFILLMENT&fulfillmentStatuses=SHIPPED{separator}CANCELLED"
    reply = unlimited.send("GET", f"{SEARCH}?{query}", None, unlimited.headers())
    statuses = {order["fulfillment"]["fulfillmentStatus"] for order in reply.json["orders"]}
    assert statuses == {"SHIPPED", "CANCELLED"}


@pytest.mark.parametrize("since", ["2020-01-01T00:00:00.000Z", "2020-01-01T00:00:00+00:00", "2020-01-01T00:00:00Z"])
def test_times_come_with_and_without_fractions(unlimited: Amazon, since: str) -> None:
    assert search(unlimited, createdAfter=since)["orders"]


def test_filters_hold(unlimited: Amazon) -> None:
    ours = search(unlimited, fulfilledBy="AMAZON", includedData="FULFILLMENT")["orders"]
    assert {order["fulfillment"]["fulfilledBy"] for order in ours} == {"AMAZON"}
    american = search(unlimited, marketplaceIds=US)["orders"]
    assert {order["salesChannel"]["marketplaceId"] for order in american} == {US}
    assert len(american) < len(search(unlimited)["orders"])


def test_a_search_by_update_finds_what_changed(unlimited: Amazon) -> None:
    page = search(unlimited, createdAfter="", lastUpdatedAfter=SINCE, maxResultsPerPage="1")
    assert "lastUpdatedBefore" in page
    last = pages(unlimited, createdAfter="", lastUpdatedAfter=page["orders"][0]["lastUpdatedTime"])
    assert page["orders"][0]["orderId"] in last[0]


def test_orders_older_than_two_years_are_not_listed() -> None:
    with running(orders=0, accounts=3) as amazon:
        amazon.without_limits()
        amazon.new_order(purchased_at="2020-05-01T00:00:00Z")
        assert len(search(amazon)["orders"]) == 1
        japanese = Amazon(amazon.url, "Atzr|sandbox-3")
        japanese.new_order(account="sandbox-3", marketplace="JP", purchased_at="2020-05-01T00:00:00Z")
        assert len(search(japanese)["orders"]) == 1


def test_an_order_shows_its_items_and_each_dataset_when_asked(unlimited: Amazon) -> None:
    path = f"{SEARCH}/{GUIDE_ORDER}"
    plain = unlimited.get(path).json["order"]
    assert plain["orderId"] == GUIDE_ORDER
    assert plain["orderItems"][0]["product"]["title"]
    datasets = {"BUYER": "buyer", "RECIPIENT": "recipient", "PROCEEDS": "proceeds", "FULFILLMENT": "fulfillment"}
    datasets |= {"PACKAGES": "packages", "TAX": "tax", "PAYMENT": "payment", "FULFILLMENT_ORDERS": "fulfillmentOrders"}
    assert not set(datasets.values()) & plain.keys()
    for dataset, member in datasets.items():
        order = unlimited.get(path, includedData=dataset).json["order"]
        assert order.keys() - plain.keys() == {member}


def test_buyers_data_needs_the_restricted_role(amazon: Amazon) -> None:
    seller = amazon.new_account(id="basic", roles=["Buyer Communication"])
    order_id = amazon.new_order(account="basic")
    order = seller.get(f"{SEARCH}/{order_id}", includedData="BUYER,RECIPIENT").json["order"]
    assert (order["buyer"], order["recipient"]) == ({}, {})


@pytest.mark.parametrize("role", ["Buyer Communication", "Inventory and Order Tracking"])
def test_one_role_that_reads_orders_is_enough(amazon: Amazon, role: str) -> None:
    seller = amazon.new_account(roles=[role], orders=3)
    assert len(search(seller)["orders"]) == 3


def test_email_and_packages_are_for_orders_that_the_merchant_ships(unlimited: Amazon) -> None:
    for fulfilled_by in ("MERCHANT", "AMAZON"):
        order_id = unlimited.new_order(state="shipped", fulfilled_by=fulfilled_by)
        order = unlimited.get(f"{SEARCH}/{order_id}", includedData="BUYER,PACKAGES").json["order"]
        assert ("buyerEmail" in order["buyer"]) is (fulfilled_by == "MERCHANT")
        assert ("packages" in order) is (fulfilled_by == "MERCHANT")


@pytest.mark.parametrize(("order_id", "status"), [("111-1111111-1111111", 404), ("x", 400), ("%00", 400)])
def test_no_order_is_404_and_no_id_is_400(amazon: Amazon, order_id: str, status: int) -> None:
    assert amazon.get(f"{SEARCH}/{order_id}").status == status
    assert amazon.get(f"/orders/v0/orders/{order_id}").status == status


def test_version_0_lists_and_pages_in_its_own_words(unlimited: Amazon) -> None:
    query = {"CreatedAfter": SINCE, "MarketplaceIds": US, "MaxResultsPerPage": "4"}
    first = unlimited.get("/orders/v0/orders", **query).json["payload"]
    second = unlimited.get("/orders/v0/orders", **query, NextToken=first["NextToken"]).json["payload"]
    ids = [order["AmazonOrderId"] for page in (first, second) for order in page["Orders"]]
    assert len(ids) == len(set(ids)) == 8
    shipped = unlimited.get("/orders/v0/orders", **query, OrderStatuses="Shipped", FulfillmentChannels="AFN")
    assert {order["OrderStatus"] for order in shipped.json["payload"]["Orders"]} == {"Shipped"}
    assert {order["FulfillmentChannel"] for order in shipped.json["payload"]["Orders"]} == {"AFN"}


def test_version_0_needs_marketplaces_and_a_time(unlimited: Amazon) -> None:
    missing = unlimited.get("/orders/v0/orders", CreatedAfter=SINCE)
    assert missing.error["message"] == "Missing or invalid request parameters: [MarketplaceIds]"
    assert unlimited.get("/orders/v0/orders", MarketplaceIds=US).error["message"] == NOT_VALID
    named = unlimited.get("/orders/v0/orders", MarketplaceIds=US, AmazonOrderIds=GUIDE_ORDER).json["payload"]["Orders"]
    assert [order["AmazonOrderId"] for order in named] == [GUIDE_ORDER]


def test_version_0_has_an_order_and_its_items_apart(amazon: Amazon) -> None:
    order = amazon.get(f"/orders/v0/orders/{GUIDE_ORDER}").json["payload"]
    assert (order["AmazonOrderId"], order["OrderStatus"]) == (GUIDE_ORDER, "Shipped")
    items = amazon.get(f"/orders/v0/orders/{GUIDE_ORDER}/orderItems").json["payload"]
    assert items["AmazonOrderId"] == GUIDE_ORDER
    assert sum(item["QuantityShipped"] for item in items["OrderItems"]) == order["NumberOfItemsShipped"]
