"""The world at the start: the same for the same seed, and with everything in it that a seller meets."""

from datetime import UTC, datetime

import pytest

from buyerline.amazon.marketplaces import Region
from buyerline.sandbox.orders import Order
from buyerline.sandbox.world import make_accounts, make_guide_order, make_orders

START = datetime(2026, 3, 1, tzinfo=UTC)


def orders(count: int = 200, seed: int = 1, account: int = 0) -> list[Order]:
    return list(make_orders(list(make_accounts(account + 1))[account], count, seed, START))


def test_the_same_seed_makes_the_same_orders() -> None:
    assert orders() == orders()
    assert [order.id for order in orders()] != [order.id for order in orders(seed=2)]
    assert not {order.id for order in orders()} & {order.id for order in orders(account=3)}


@pytest.mark.parametrize("account", [0, 1, 2])
def test_a_world_has_every_kind_of_order(account: int) -> None:
    made = orders(account=account)
    assert {order.status for order in made} == {
        "PENDING_AVAILABILITY",
        "PENDING",
        "UNSHIPPED",
        "PARTIALLY_SHIPPED",
        "SHIPPED",
        "CANCELLED",
        "UNFULFILLABLE",
    }
    assert {order.fulfilled_by for order in made} == {"MERCHANT", "AMAZON"}
    for fact in ("customized", "digital", "service", "scheduled", "warranty", "motors", "refunded", "business"):
        assert {getattr(order, fact) for order in made} == {True, False}, fact
    assert len({order.marketplace for order in made}) >= 3
    assert any(order.completed_before(START) for order in made)


def test_buyers_speak_several_languages() -> None:
    assert {"en-US", "es-US", "en-CA", "fr-CA", "es-MX", "pt-BR"} <= {order.locale for order in orders()}


@pytest.mark.parametrize("account", [0, 1, 2])
def test_dates_are_in_a_sensible_sequence(account: int) -> None:
    for order in orders(account=account):
        moments = [order.purchased_at, order.shipped_at, order.delivered_at, START]
        known = [moment for moment in moments if moment is not None]
        assert known == sorted(known)
        assert order.purchased_at <= order.updated_at <= START
        assert order.purchased_at < order.ship_by.earliest <= order.ship_by.latest < order.deliver_by.latest
        assert (order.shipped_at is not None) == (order.status in ("SHIPPED", "PARTIALLY_SHIPPED"))


@pytest.mark.parametrize("account", [0, 1, 2])
def test_prices_are_in_the_marketplaces_currency(account: int) -> None:
    currencies = {
        "US": "USD",
        "CA": "CAD",
        "MX": "MXN",
        "BR": "BRL",
        "DE": "EUR",
        "FR": "EUR",
        "UK": "GBP",
        "JP": "JPY",
    }
    for order in orders(account=account):
        for item in order.items:
            assert item.currency == currencies.get(order.marketplace, item.currency)
            assert item.total > 0
            assert 0 <= item.shipped <= item.quantity


def test_accounts_take_turns_in_the_regions() -> None:
    accounts = list(make_accounts(5))
    assert [account.region for account in accounts] == [Region.NA, Region.EU, Region.FE, Region.NA, Region.EU]
    assert [account.id for account in accounts][:2] == ["sandbox", "sandbox-2"]
    assert len({account.seller_id for account in accounts}) == 5


def test_the_guides_order_is_there() -> None:
    order = make_guide_order(next(make_accounts(1)), START)
    assert (order.id, order.marketplace, order.endless) == ("902-6786204-8179805", "US", True)
