"""Orders that are kept: what of them, how they are listed, filtered and paged, and what is known of their messages."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from buyerline.amazon.errors import DraftRefused
from buyerline.app import order_finding
from buyerline.app.errors import NotHere
from buyerline.app.order_finding import Filters
from buyerline.app.order_rows import Item
from buyerline.app.orders import Hidden
from buyerline.app.schema import orders
from buyerline.outbox import Outgoing
from buyerline.outbox.schema import account
from tests.app.stock import DE, NOON, US, Stock, numbers, told, viewer

BUYER: dict[str, Any] = {
    "buyer": {"buyerName": "Berta Buyer", "buyerEmail": "berta@marketplace.example", "buyerCompanyName": "Berta Ltd"},
    "recipient": {"deliveryAddress": {"name": "Rita Recipient", "addressLine1": "7 Secret Lane", "phone": "555-0100"}},
    "tax": {"taxRegistrations": [{"legalName": "Berta Ltd", "taxRegistrationNumber": "DE123456789"}]},
    "orderAliases": [{"aliasId": "ALIAS-77", "aliasType": "SELLER_ORDER_ID"}],
    "payment": {"paymentExecutions": [{"paymentMethod": "CreditCard", "authorizationCode": "AUTH-1"}]},
    "packages": [{"trackingNumber": "TRACK-1", "carrier": "Example Post"}],
}
GIFT = {"fulfillment": {"packing": {"giftOption": {"giftMessage": "Happy birthday, Rita"}}}}
PERSONAL = ("Berta", "Rita", "Secret", "555-0100", "DE123456789", "ALIAS-77", "AUTH-1", "TRACK-1", "birthday")


def test_an_order_is_kept_with_its_dates_states_items_and_total(stock: Stock) -> None:
    window = {"latestDateTime": NOON}
    fulfillment: dict[str, Any] = {
        "fulfillmentStatus": "SHIPPED",
        "fulfilledBy": "AMAZON",
        "shipByWindow": window,
        "deliverByWindow": window,
    }
    stock.keep(told(1, "Blue mug", "Red mug", minutes=1, updated=5, fulfillment=fulfillment))
    row = stock.orders.get(stock.shop, "902-0000000-0000001")
    assert (row.account, row.account_id, row.marketplace_id) == ("shop", stock.shop, US)
    assert (row.status, row.fulfilled_by) == ("SHIPPED", "AMAZON")
    assert (row.ship_by, row.deliver_by) == (NOON, NOON)
    assert (row.updated_at - row.bought_at).total_seconds() == 240
    assert (row.total, row.currency) == (Decimal("25.00"), "USD")
    assert row.items == (
        Item("SKU-1", "B0EXAMPLE1", "Blue mug", 2, Decimal("12.50"), "USD"),
        Item("SKU-1", "B0EXAMPLE1", "Red mug", 2, Decimal("12.50"), "USD"),
    )


def test_nothing_of_the_buyer_is_kept_even_if_amazon_tells_of_it(stock: Stock) -> None:
    item = {"orderItemId": "1", "product": {"title": "Mug", "serialNumbers": ["SN-1"]}, **GIFT}
    stock.keep(told(1, orderItems=[item], **BUYER))
    with stock.database.read() as connection:
        (row,) = connection.execute(sa.select(orders)).all()
    kept = " ".join(str(value) for value in row)
    assert "Mug" in kept
    assert not [each for each in (*PERSONAL, "SN-1") if each.lower() in kept.lower()]


def test_the_columns_for_orders_are_those_that_the_job_needs() -> None:
    """Whoever adds one has to think about whose data it is."""
    columns = {
        *("place", "account_id", "order_id", "marketplace_id", "bought_at", "updated_at", "status", "fulfilled_by"),
        *("ship_by", "deliver_by", "total", "currency", "items", "words", "messaged", "facets"),
    }
    assert {column.name for column in orders.c} == columns
    assert set(Item.__struct_fields__) == {"sku", "asin", "title", "quantity", "price", "currency"}


def test_an_order_without_any_of_its_parts_is_kept_too(stock: Stock) -> None:
    stock.keep(told(1, orderItems=[], fulfillment=None, proceeds=None, salesChannel={}))
    row = stock.orders.get(stock.shop, "902-0000000-0000001")
    assert (row.items, row.total, row.ship_by, row.marketplace_id) == ((), None, None, "")


def test_titles_are_text_whatever_is_in_them(stock: Stock) -> None:
    titles = [
        "<script>alert(1)</script>",
        "'); DROP TABLE orders; --",
        "50% off {{ 7*7 }}",
        "\0\x07 Ünïcödé 🎁",
        "x" * 9000,
    ]
    stock.keep(*(told(number, title, minutes=number) for number, title in enumerate(titles)))
    kept = [row.items[0].title for row in reversed(stock.page().rows)]
    assert kept[:3] == titles[:3]
    assert kept[3] == " \x07 Ünïcödé 🎁"
    assert kept[4] == "x" * 500


def test_an_order_that_is_not_there_is_not_there(stock: Stock) -> None:
    stock.keep(told(1))
    for account_id, order_id in ((stock.shop, "902-0000000-0000002"), (stock.shop + 1, "902-0000000-0000001")):
        with pytest.raises(NotHere):
            stock.orders.get(account_id, order_id)


def test_a_later_update_changes_an_order(stock: Stock) -> None:
    assert stock.keep(told(1, "Old title", updated=1)) == 1
    assert stock.keep(told(1, "New title", updated=2, status="SHIPPED", marketplace=DE)) == 1
    row = stock.orders.get(stock.shop, "902-0000000-0000001")
    assert (row.status, row.marketplace_id, row.items[0].title) == ("SHIPPED", DE, "New title")
    assert stock.numbers(q="new", status="SHIPPED") == [1]
    assert stock.numbers(q="old") == []
    assert stock.numbers(status="UNSHIPPED") == []


def test_an_order_never_goes_back_to_what_it_was_before(stock: Stock) -> None:
    stock.keep(told(1, updated=5, status="SHIPPED"))
    assert stock.keep(told(1, updated=4, status="UNSHIPPED")) == 0
    assert stock.orders.get(stock.shop, "902-0000000-0000001").status == "SHIPPED"


def test_of_an_order_that_is_told_twice_at_once_the_later_counts(stock: Stock) -> None:
    stock.keep(told(1, updated=5, status="SHIPPED"), told(1, updated=4, status="UNSHIPPED"))
    assert stock.orders.get(stock.shop, "902-0000000-0000001").status == "SHIPPED"


def test_a_change_within_the_second_of_the_last_update_is_not_lost(stock: Stock) -> None:
    stock.keep(told(1, updated=1, status="UNSHIPPED"))
    assert stock.keep(told(1, updated=1, status="SHIPPED")) == 1
    assert stock.orders.get(stock.shop, "902-0000000-0000001").status == "SHIPPED"


def test_what_is_known_already_is_not_written_again(stock: Stock) -> None:
    assert stock.keep(told(1), told(2)) == 2
    assert stock.keep(told(1), told(2)) == 0


def test_orders_of_the_same_second_all_have_a_place(stock: Stock) -> None:
    stock.keep(*(told(number) for number in range(300)))
    page = stock.page(limit=400)
    assert sorted(numbers(page)) == list(range(300))
    assert len({row.place for row in page.rows}) == 300


def test_the_same_order_id_may_be_of_two_accounts(stock: Stock) -> None:
    other = stock.account("other")
    stock.keep(told(1, "Mug"))
    stock.keep(told(1, "Lamp"), account_id=other)
    assert stock.orders.get(other, "902-0000000-0000001").items[0].title == "Lamp"
    assert len(stock.page().rows) == 2


def test_several_may_keep_the_same_orders_at_once(stock: Stock) -> None:
    gate = threading.Barrier(4)

    def keep(seed: int) -> None:
        gate.wait()
        stock.keep(*(told(number, updated=seed) for number in range(40)))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(keep, range(4)))
    page = stock.page(limit=100)
    assert sorted(numbers(page)) == list(range(40))
    assert {(row.updated_at - NOON).total_seconds() for row in page.rows} == {180}


# The list


def test_the_newest_orders_come_first(stock: Stock) -> None:
    stock.keep(told(1, minutes=1), told(3, minutes=3), told(2, minutes=2))
    assert stock.numbers() == [3, 2, 1]


def test_pages_lead_to_the_older_and_back_to_the_newer(stock: Stock) -> None:
    stock.keep(*(told(number, minutes=number) for number in range(10)))
    first = stock.page(limit=4)
    second = stock.page(limit=4, before=first.next)
    third = stock.page(limit=4, before=second.next)
    assert [numbers(page) for page in (first, second, third)] == [[9, 8, 7, 6], [5, 4, 3, 2], [1, 0]]
    assert (first.prev, third.next) == (None, None)
    assert numbers(stock.page(limit=4, after=third.prev)) == [5, 4, 3, 2]
    back = stock.page(limit=4, after=second.prev)
    assert (numbers(back), back.prev) == ([9, 8, 7, 6], None)


def test_orders_that_come_in_move_no_page(stock: Stock) -> None:
    stock.keep(*(told(number, minutes=number) for number in range(8)))
    first = stock.page(limit=4)
    stock.keep(*(told(number, minutes=number) for number in range(8, 11)))
    second = stock.page(limit=4, before=first.next)
    assert numbers(second) == [3, 2, 1, 0]
    assert numbers(stock.page(limit=4, after=second.prev)) == [7, 6, 5, 4]


def test_going_back_beyond_the_newest_shows_the_first_page_whole(stock: Stock) -> None:
    stock.keep(*(told(number, minutes=number) for number in range(6)))
    first = stock.page(limit=4)
    back = stock.page(limit=4, after=first.rows[2].place)
    assert (numbers(back), back.prev) == ([5, 4, 3, 2], None)


@pytest.mark.parametrize("wanted", [{}, {"status": "UNSHIPPED"}, {"q": "mug"}])
@pytest.mark.parametrize("cursor", [{"before": 0}, {"before": 10**30}, {"after": 10**30}, {"after": -(10**30)}])
def test_a_cursor_out_of_the_blue_does_no_harm(stock: Stock, wanted: dict[str, Any], cursor: dict[str, int]) -> None:
    stock.keep(told(1))
    page = stock.page(**wanted, **cursor)
    assert numbers(page) in ([], [1])


# Filters


@pytest.fixture
def mixed(stock: Stock) -> Stock:
    """Orders of all kinds: 1 and 2 are shipped, 2 and 4 Amazon ships, 3 and 4 are German, 5 is another account's."""
    stock.keep(
        told(1, "Mug", minutes=1, status="SHIPPED"),
        told(2, "Mug", minutes=2, status="SHIPPED", fulfilled_by="AMAZON"),
        told(3, "Lamp", minutes=3, marketplace=DE),
        told(4, "Lamp", minutes=4, marketplace=DE, fulfilled_by="AMAZON"),
    )
    stock.keep(told(5, "Mug", minutes=5), account_id=stock.account("other"))
    stock.message(2)
    stock.message(3)
    return stock


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"status": "SHIPPED"}, [2, 1]),
        ({"fulfilled_by": "AMAZON"}, [4, 2]),
        ({"marketplace": DE}, [4, 3]),
        ({"messaged": True}, [3, 2]),
        ({"messaged": False}, [5, 4, 1]),
        ({"status": "SHIPPED", "messaged": True}, [2]),
        ({"marketplace": DE, "fulfilled_by": "MERCHANT"}, [3]),
        ({"marketplace": DE, "status": "SHIPPED"}, []),
        ({"status": "UNFULFILLABLE"}, []),
        ({"status": "' OR 1=1 --"}, []),
        ({"marketplace": '") OR ("'}, []),
        ({"q": "mug"}, [5, 2, 1]),
        ({"q": "mug", "messaged": True}, [2]),
        ({"q": "mug", "messaged": False}, [5, 1]),
        ({"q": "lamp", "marketplace": DE, "fulfilled_by": "AMAZON"}, [4]),
        ({"q": "lamp", "marketplace": US}, []),
        ({"q": "mug", "status": "SHIPPED"}, [2, 1]),
        ({"q": "mug", "status": '") OR ("'}, []),
    ],
)
def test_filters_and_search_narrow_the_list_together(mixed: Stock, wanted: dict[str, Any], found: list[int]) -> None:
    assert mixed.numbers(**wanted) == found


@pytest.mark.parametrize(
    "wanted", [{"status": "SHIPPED"}, {"messaged": True}, {"q": "mug"}, {"marketplace": DE, "q": "lamp"}, {"q": "x"}]
)
def test_very_many_combinations_of_facets_change_nothing(
    mixed: Stock, wanted: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there are too many to look into each, the table itself is gone through."""
    for who in (viewer(), viewer(mixed.shop)):
        one_by_one = mixed.numbers(who, **wanted)
        with monkeypatch.context() as patch:
            patch.setattr(order_finding, "MOST", 1)
            assert mixed.numbers(who, **wanted) == one_by_one


def test_filtered_lists_have_pages_both_ways(mixed: Stock) -> None:
    for wanted in ({"status": "UNSHIPPED"}, {"q": "m*"}, {"messaged": False}, {"q": "mug"}):
        first = mixed.page(limit=1, **wanted)
        if len(mixed.numbers(**wanted)) > 1:
            second = mixed.page(limit=1, before=first.next, **wanted)
            assert numbers(first) + numbers(second) == mixed.numbers(**wanted)[:2]
            assert numbers(mixed.page(limit=1, after=second.prev, **wanted)) == numbers(first)


def test_agents_find_orders_of_their_accounts_alone(mixed: Stock) -> None:
    agent = viewer(mixed.shop)
    assert mixed.numbers(agent) == [4, 3, 2, 1]
    assert mixed.numbers(agent, q="mug") == [2, 1]
    assert mixed.numbers(agent, messaged=False) == [4, 1]
    assert mixed.numbers(agent, status="UNSHIPPED") == [4, 3]


def test_asking_for_another_account_gives_an_agent_nothing(mixed: Stock) -> None:
    other = frozenset({mixed.shop + 1})
    assert mixed.numbers(accounts=other) == [5]
    for q in ("", "mug"):
        assert mixed.numbers(viewer(mixed.shop), accounts=other, q=q) == []


def test_an_agent_without_accounts_finds_nothing(mixed: Stock) -> None:
    nobody = replace(viewer(mixed.shop), accounts=frozenset())
    for wanted in ({}, {"q": "mug"}, {"messaged": True}, {"accounts": frozenset({mixed.shop})}):
        assert mixed.numbers(nobody, **wanted) == []
    assert mixed.orders.choices(nobody).accounts == frozenset()


def test_an_agent_of_very_many_accounts_finds_their_orders(mixed: Stock) -> None:
    agent = viewer(mixed.shop, *range(1000, 1100))
    assert mixed.numbers(agent, q="mug") == [2, 1]


def test_orders_of_accounts_of_another_endpoint_are_not_shown(stock: Stock) -> None:
    """Those of a sandbox, in an app that was started for Amazon."""
    stall = stock.account("stall")
    stock.keep(told(1, "Mug"))
    stock.keep(told(2, "Mug", minutes=1, marketplace=DE), account_id=stall)
    assert stock.numbers() == [2, 1]
    with stock.database.write() as connection:
        this = sa.update(account).where(account.c.id == stall)
        connection.execute(this.values(endpoint="http://127.0.0.1:1"))
    for who in (viewer(), viewer(stock.shop, stall)):
        assert (stock.numbers(who), stock.numbers(who, q="mug"), stock.numbers(who, marketplace=DE)) == ([1], [1], [])
        assert stock.orders.newer(who, Filters(), 0) == 1
        assert stock.orders.hidden(who, Filters(q="mug", marketplace=DE)) == [Hidden("marketplace", 1)]
        choices = stock.orders.choices(who)
        assert (set(choices.accounts), list(choices.marketplaces)) == ({stock.shop}, [US])


def test_what_can_be_chosen_is_what_occurs_among_ones_own_orders(mixed: Stock) -> None:
    choices = mixed.orders.choices(viewer())
    assert choices.marketplaces == sorted([US, DE])
    assert choices.statuses == ["SHIPPED", "UNSHIPPED"]
    assert choices.fulfilled_by == ["AMAZON", "MERCHANT"]
    assert choices.accounts == {mixed.shop, mixed.shop + 1}
    theirs = mixed.orders.choices(viewer(mixed.shop + 1))
    assert (theirs.statuses, theirs.marketplaces) == (["UNSHIPPED"], [US])


def test_it_is_known_which_filters_hide_what(mixed: Stock) -> None:
    hidden = mixed.orders.hidden(viewer(), Filters(q="mug", marketplace=DE))
    assert [(each.filter, each.count) for each in hidden] == [("q", 2), ("marketplace", 3)]
    only_both = mixed.orders.hidden(viewer(), Filters(q="nothing", status="NOTHING"))
    assert only_both == []
    theirs = mixed.orders.hidden(viewer(mixed.shop), Filters(q="mug", marketplace=DE))
    assert [(each.filter, each.count) for each in theirs] == [("q", 2), ("marketplace", 2)]


# Messages


def test_an_order_counts_as_messaged_whoever_queued_the_message(stock: Stock) -> None:
    stock.keep(told(1), told(2), told(3))
    assert stock.numbers(messaged=True) == []
    stock.message(2)
    assert stock.numbers(messaged=True) == [2]
    many = [stock.message(number) for number in (1, 3)]
    assert sorted(stock.numbers(messaged=True)) == [1, 2, 3]
    assert len(many) == 2


def test_an_order_that_had_a_message_before_it_was_known_counts_too(stock: Stock) -> None:
    stock.message(1)
    stock.keep(told(1), told(2))
    assert stock.numbers(messaged=True) == [1]
    stock.keep(told(1, updated=9, status="SHIPPED"))
    assert stock.numbers(messaged=True) == [1]


def test_a_message_for_another_accounts_order_of_that_id_does_not_count(stock: Stock) -> None:
    other = stock.account("other")
    stock.keep(told(1))
    stock.keep(told(1), account_id=other)
    stock.message(1, "other")
    assert [row.account_id for row in stock.page(messaged=True).rows] == [other]


def test_rows_tell_how_many_messages_there_are_and_how_the_last_one_stands(stock: Stock) -> None:
    stock.keep(told(1, minutes=1), told(2, minutes=2))
    stock.outbox.cancel(stock.message(1))
    stock.message(1)
    stock.outbox.cancel(stock.message(1))
    rows = stock.page().rows
    assert [(row.messages, row.last_state) for row in rows] == [(0, None), (3, "cancelled")]
    assert stock.orders.get(stock.shop, "902-0000000-0000001").messages == 3


def test_messages_that_were_queued_and_undone_leave_no_trace(stock: Stock) -> None:
    stock.keep(told(1))
    fine = Outgoing("902-0000000-0000001", "confirmOrderDetails", text="Hello there", account="shop")
    with pytest.raises(DraftRefused):
        stock.outbox.add_many([fine, replace(fine, text="")])
    assert stock.numbers(messaged=True) == []


def test_deleted_orders_are_found_no_more(stock: Stock) -> None:
    stock.keep(told(1, "Mug"), told(2, "Mug"))
    with stock.database.write() as connection:
        connection.execute(sa.delete(orders).where(orders.c.order_id == "902-0000000-0000001"))
    assert stock.numbers(q="mug") == [2]
    assert stock.numbers(q="902") == [2]
