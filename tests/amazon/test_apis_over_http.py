"""Orders, Orders v0, Solicitations, Sellers and Tokens over real HTTP, against the sandbox."""

from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest

from buyerline.amazon import errors
from buyerline.amazon.connect import connect
from buyerline.amazon.flow import Pages
from buyerline.amazon.orders import OrdersFlows
from buyerline.amazon.orders_v0 import OrdersV0Flows
from buyerline.amazon.sellers import SellersFlows
from buyerline.amazon.session import Session
from buyerline.amazon.solicitations import SolicitationsFlows
from buyerline.amazon.tokens import RestrictedResource, TokensFlows
from buyerline.amazon.transport import Driver
from buyerline.sandbox import GUIDE_ORDER
from buyerline.testing.views import OrderState
from tests.running import Amazon

UNKNOWN_ORDER = "111-0000000-0000000"


T = TypeVar("T")


def walked(driver: Driver, pages: Pages[T]) -> list[list[T]]:
    found = []
    while (page := driver.run(pages.next_page())) is not None:
        found.append(page)
    return found


def test_all_orders_of_a_search_are_found_once_each_whatever_the_size_of_a_page(driver: Driver, us: Session) -> None:
    flows = OrdersFlows(us)
    long_ago = datetime.now(UTC) - timedelta(days=700)
    whole = walked(driver, flows.search(created_after=long_ago))
    parts = walked(driver, flows.search(created_after=long_ago, page_size=4))
    assert len(parts) > 2
    ids = [order.order_id for page in parts for order in page]
    assert ids == [order.order_id for page in whole for order in page]
    assert len(set(ids)) == len(ids) > 8


def test_an_end_that_is_now_is_taken(driver: Driver, us: Session, amazon: Amazon) -> None:
    """Amazon refuses it as it stands; so does the sandbox."""
    now = datetime.now(UTC)
    walked(driver, OrdersFlows(us).search(created_after=now - timedelta(days=2), created_before=now))
    assert amazon.counts("searchOrders") == {"200": 1}


def test_filters_reach_amazon_as_meant(driver: Driver, us: Session) -> None:
    flows = OrdersFlows(us)
    found = driver.run(
        flows.search(statuses=["SHIPPED"], fulfilled_by="MERCHANT", include=["FULFILLMENT", "PACKAGES"]).next_page()
    )
    assert found
    for order in found:
        assert order.fulfillment is not None
        assert order.fulfillment.fulfillment_status == "SHIPPED"
        assert order.fulfillment.fulfilled_by == "MERCHANT"
        assert order.sales_channel.marketplace_id == "ATVPDKIKX0DER"
    assert any(order.packages for order in found)


def test_one_order_comes_with_its_items_and_the_datasets_asked_for(driver: Driver, us: Session) -> None:
    flows = OrdersFlows(us)
    plain = driver.run(flows.get(GUIDE_ORDER))
    full = driver.run(flows.get(GUIDE_ORDER, include=["FULFILLMENT", "PROCEEDS"]))
    assert plain.fulfillment is None
    assert full.fulfillment is not None
    assert full.proceeds is not None
    assert plain.order_id == full.order_id == GUIDE_ORDER
    assert plain.order_items[0].product.asin


def test_an_unknown_order_is_not_found(driver: Driver, us: Session) -> None:
    with pytest.raises(errors.NotFound):
        driver.run(OrdersFlows(us).get(UNKNOWN_ORDER))


def test_the_older_api_reads_the_same_orders(driver: Driver, us: Session) -> None:
    pages = walked(driver, OrdersV0Flows(us).search(page_size=2))
    found = [order.amazon_order_id for page in pages for order in page]
    newer = walked(driver, OrdersFlows(us).search())
    assert len(pages) > 1
    assert set(found) == {order.order_id for page in newer for order in page}


def test_the_older_api_reads_one_order_and_its_items(driver: Driver, us: Session) -> None:
    flows = OrdersV0Flows(us)
    assert driver.run(flows.get(GUIDE_ORDER)).amazon_order_id == GUIDE_ORDER
    items = driver.run(flows.get_items(GUIDE_ORDER).next_page())
    assert items
    assert items[0].asin


def test_a_review_is_requested_once(driver: Driver, us: Session, amazon: Amazon) -> None:
    order_id = amazon.order(state="delivered", purchased_at=_days_ago(20))
    flows = SolicitationsFlows(us)
    assert driver.run(flows.get_actions(order_id)).review
    receipt = driver.run(flows.request_review(order_id))
    assert receipt.status == 201
    assert receipt.request_id
    assert not driver.run(flows.get_actions(order_id)).review
    with pytest.raises(errors.TypeNotAvailable) as refused:
        driver.run(flows.request_review(order_id))
    assert refused.value.code == "already_requested"


@pytest.mark.parametrize(
    ("state", "code"), [("unshipped", "solicitation_not_available"), ("shipped", "outside_window")]
)
def test_a_review_is_not_requested_before_its_time(
    driver: Driver, us: Session, amazon: Amazon, state: OrderState, code: str
) -> None:
    order_id = amazon.order(state=state)
    flows = SolicitationsFlows(us)
    assert not driver.run(flows.get_actions(order_id)).review
    with pytest.raises(errors.TypeNotAvailable) as refused:
        driver.run(flows.request_review(order_id))
    assert refused.value.code == code


def test_a_request_that_amazon_took_and_did_not_answer_is_unknown_and_not_made_again(
    driver: Driver, us: Session, amazon: Amazon
) -> None:
    order_id = amazon.order(state="delivered", purchased_at=_days_ago(20))
    operation = "createProductReviewAndSellerFeedbackSolicitation"
    amazon.fault(operation, "reset_after")
    with pytest.raises(errors.OutcomeUnknown):
        driver.run(SolicitationsFlows(us).request_review(order_id))
    assert sum(amazon.counts(operation).values()) == 1


def test_the_account_says_where_it_sells(driver: Driver, us: Session) -> None:
    flows = SellersFlows(us)
    places = {place.marketplace.id for place in driver.run(flows.get_participations())}
    assert "ATVPDKIKX0DER" in places
    account = driver.run(flows.get_account())
    assert {place.marketplace.id for place in account.marketplace_participation_list} == places


def test_a_restricted_token_opens_what_it_was_asked_for(driver: Driver, us: Session, amazon: Amazon) -> None:
    resource = RestrictedResource("GET", f"/orders/v0/orders/{GUIDE_ORDER}", ("buyerInfo",))
    token = driver.run(TokensFlows(us).create_restricted([resource]))
    restricted = connect("US", "sandbox", amazon.options(restricted_token=token.restricted_data_token))
    assert driver.run(OrdersV0Flows(restricted).get(GUIDE_ORDER)).amazon_order_id == GUIDE_ORDER


def _days_ago(days: int) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)
