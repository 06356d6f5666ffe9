"""The list of orders as people meet it in the browser."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from buyerline.app.schema import connected, orders
from buyerline.app.synchronising import DATASETS
from buyerline.outbox.clock import now
from tests.app.html import Page
from tests.app.lasting_office import lasting_office
from tests.app.office import Office, Visitor
from tests.app.stock import DE, told

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with lasting_office(tmp_path_factory.mktemp("orders")) as made:
        made.connect("Stall", made.amazon.account())
        yield made


@pytest.fixture
def office(lasting: Office) -> Office:
    """Two connected accounts, synchronised, without orders."""
    with lasting.services.database.write() as connection:
        connection.execute(sa.delete(orders))
        as_synchronised = {"synced_at": now() - timedelta(minutes=4), "sync_next_at": now() + timedelta(minutes=11)}
        nothing = dict.fromkeys(("sync_began_at", "sync_token", "sync_wanted_at", "sync_trouble", "trouble"))
        connection.execute(sa.update(connected).values(**as_synchronised, **nothing, sync_pages=0))
    return lasting


@pytest.fixture(scope="module")
def olga(lasting: Office) -> Visitor:
    return lasting.visitor()


@pytest.fixture(scope="module")
def anton(lasting: Office) -> Visitor:
    """An agent of the account ``stall``."""
    return lasting.agent(accounts=["stall"])


def change(office: Office, name: str, **values: object) -> None:
    """Change an account's connection."""
    number = office.services.accounts.of(office.owner, name).id
    with office.services.database.write() as connection:
        connection.execute(sa.update(connected).where(connected.c.account_id == number).values(**values))


def listed(visitor: Visitor, url: str = "/orders") -> list[str]:
    """The last digits of the ids of the orders that a page lists."""
    answer = visitor.get(url)
    assert answer.status_code == 200, answer.text
    return [each["data-copy"][-1] for each in Page(answer).each("button") if "data-copy" in each]


def links(visitor: Visitor, url: str) -> dict[str, str]:
    """Where the links with an id on a page lead."""
    return {each["id"]: each["href"] for each in Page(visitor.get(url)).each("a") if "id" in each}


class TestTheList:
    def test_has_a_line_for_each_order_that_leads_to_it(self, office: Office, olga: Visitor) -> None:
        office.keep("shop", told(1, "Blue mug", "Red mug", status="SHIPPED"))
        page = Page(olga.get("/orders"))
        for word in ("902-0000000-0000001", "Shipped", "Seller", "Blue mug", "+1", "$25.00", "Shop"):
            assert word in page.text
        assert "Red mug" not in page.text
        assert "/orders/shop/902-0000000-0000001" in {each.get("href") for each in page.each("a")}

    def test_tells_what_was_sent(self, office: Office, olga: Visitor) -> None:
        office.keep("shop", told(90))
        for text in ("A question.", "Another question."):
            office.services.outbox.add(told(90).order_id, "confirmOrderDetails", text=text, account="shop")
        page = Page(olga.get("/orders"))
        assert "Queued" in page.text
        assert "Queued last of 2" in page.text

    def test_shows_titles_as_the_text_that_they_are(self, office: Office, olga: Visitor) -> None:
        office.keep("shop", told(1, SCRIPT, sku=SCRIPT))
        answer = olga.get("/orders?q=" + quote(SCRIPT))
        assert SCRIPT not in answer.text
        assert SCRIPT in Page(answer).text
        assert not [each for each in Page(answer).each("img") if each.get("src") == "x"]

    def test_is_not_kept_by_the_browser(self, office: Office, olga: Visitor) -> None:
        for path in ("/orders", "/orders/news", "/orders/sync"):
            assert "no-store" in olga.get(path).headers["cache-control"]

    def test_has_pages_both_ways_that_stay_what_they_are(self, office: Office, olga: Visitor) -> None:
        office.keep("shop", *(told(number, minutes=number) for number in range(120)))
        first = links(olga, "/orders")
        assert "newer" not in first
        second = links(olga, first["older"])
        office.keep("shop", *(told(number, minutes=number) for number in range(120, 130)))
        third = links(olga, second["older"])
        assert "older" not in third
        assert len(listed(olga, second["older"])) == 20
        assert listed(olga, third["newer"]) == listed(olga, first["older"])

    def test_answers_any_query_at_all(self, office: Office, olga: Visitor) -> None:
        office.keep("shop", told(1))
        odd = ("before=x", "before=-1", f"after={'9' * 400}", "after=%00", "status=%00", "q=%00%22*", "marketplace=%ff")
        for query in (*odd, "messaged=maybe", f"q={'x' * 5000}", "q=%ED%A0%80", "status=" + "A" * 5000, "before=٣"):
            assert olga.get(f"/orders?{query}").status_code == 200, query


class TestFilters:
    @pytest.fixture(autouse=True)
    def orders(self, office: Office) -> None:
        office.keep(
            "shop",
            told(1, "Blue mug", minutes=1, status="SHIPPED"),
            told(2, "Red mug", minutes=2, fulfilled_by="AMAZON"),
            told(3, "Lamp", minutes=3, marketplace=DE),
        )
        office.keep("stall", told(4, "Mug", minutes=4))

    def test_stand_in_the_url(self, olga: Visitor) -> None:
        assert listed(olga, "/orders?status=SHIPPED") == ["1"]
        assert listed(olga, "/orders?fulfilled=AMAZON") == ["2"]
        assert listed(olga, "/orders?marketplace=DE") == ["3"]
        assert listed(olga, f"/orders?marketplace={DE}") == ["3"]
        assert listed(olga, "/orders?account=stall") == ["4"]
        assert listed(olga, "/orders?q=mug") == ["4", "2", "1"]
        assert listed(olga, "/orders?q=mug&status=UNSHIPPED&account=shop") == ["2"]
        assert listed(olga, "/orders?messaged=yes") == []
        assert listed(olga, "/orders?messaged=no") == ["4", "3", "2", "1"]

    def test_are_chips_that_switch_them_on_and_off(self, olga: Visitor) -> None:
        on = links(olga, "/orders?q=mug")["chip-status-SHIPPED"]
        assert listed(olga, on) == ["1"]
        chips = [each for each in Page(olga.get(on)).each("a") if each.get("aria-current") == "true"]
        assert [each["id"] for each in chips] == ["chip-status-SHIPPED"]
        assert chips[0]["href"] == "/orders?q=mug"

    def test_go_along_with_a_search_in_the_bar_above(self, olga: Visitor) -> None:
        page = Page(olga.get("/orders?status=SHIPPED&q=mug"))
        hidden = {each["name"]: each["value"] for each in page.each("input") if each.get("form") == "finding"}
        assert hidden == {"status": "SHIPPED"}
        assert page.field("q")["value"] == "mug"

    def test_tell_how_to_search_where_a_search_alone_finds_nothing(self, olga: Visitor) -> None:
        page = Page(olga.get("/orders?q=0000003"))
        assert "Search for the beginning of an order id" in page.text
        assert "Leave" not in page.text

    def test_say_which_one_hides_everything(self, olga: Visitor) -> None:
        page = Page(olga.get("/orders?marketplace=JP"))
        assert "Leave this out to see some: the marketplace Japan" in page.text

    def test_that_hide_everything_are_named(self, olga: Visitor) -> None:
        page = Page(olga.get("/orders?q=mug&marketplace=DE"))
        assert "No order fits" in page.text
        assert "the search for “mug”" in page.text
        assert "1 order without it" in page.text
        assert "3 orders without it" in page.text
        assert {"/orders?marketplace=DE", "/orders?q=mug"} <= {each.get("href") for each in page.each("a")}

    def test_that_hide_everything_only_together_are_named_too(self, olga: Visitor) -> None:
        page = Page(olga.get("/orders?q=nothing&status=NOTHING"))
        assert "Together they hide every order" in page.text
        assert "the search for “nothing”" in page.text
        assert {"/orders?status=NOTHING", "/orders?q=nothing", "/orders"} <= {
            each.get("href") for each in page.each("a")
        }

    def test_for_accounts_of_others_find_nothing_at_all(self, anton: Visitor) -> None:
        assert listed(anton) == ["4"]
        assert listed(anton, "/orders?q=mug") == ["4"]
        for path in ("/orders?account=shop", "/orders/news?account=shop", "/orders/sync?account=shop"):
            assert anton.get(path).status_code == 404
        assert anton.post("/orders/sync", {"account": "shop"}).status_code == 404
        assert "chip-marketplace-DE" not in links(anton, "/orders")


class TestSynchronisation:
    def test_says_when_it_was_and_has_a_button(self, office: Office, olga: Visitor) -> None:
        page = Page(olga.get("/orders"))
        assert "Orders fetched 4 minutes ago" in page.text
        assert "No orders in the last 30 days" in page.text
        answer = olga.post("/orders/sync", {"account": "shop"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/orders?account=shop")
        assert office.services.accounts.of(office.owner, "shop").sync.wanted_at is not None
        assert office.services.accounts.of(office.owner, "stall").sync.wanted_at is None

    def test_of_all_accounts_is_one_button_too(self, office: Office, olga: Visitor) -> None:
        answer = olga.post("/orders/sync", {"account": ""}, htmx=True)
        assert "Fetching orders" in Page(answer).text
        assert all(each.sync.wanted_at for each in office.services.accounts.list(office.owner))

    def test_is_under_way_from_when_it_was_asked_for(self, office: Office, olga: Visitor) -> None:
        """Though another account's next page is not due yet."""
        waiting = {"sync_began_at": now(), "sync_token": "t", "sync_start": now()}
        change(office, "stall", **waiting, sync_pages=20, sync_next_at=now() + timedelta(minutes=3))
        assert "Next orders at" in Page(olga.get("/orders/sync")).text
        answer = olga.post("/orders/sync", {"account": "shop"}, htmx=True)
        assert "Next orders at" not in Page(answer).text
        assert "Next orders at" not in Page(olga.get("/orders/sync")).text

    def test_asks_for_ones_own_accounts_alone(self, office: Office, anton: Visitor) -> None:
        anton.post("/orders/sync", {})
        wanted = {each.name for each in office.services.accounts.list(office.owner) if each.sync.wanted_at}
        assert wanted == {"stall"}

    def test_says_when_the_usage_plan_has_room_again(self, office: Office, olga: Visitor) -> None:
        next_page = {"sync_began_at": now(), "sync_token": "t", "sync_start": now(), "sync_pages": 20}
        change(office, "shop", **next_page, sync_next_at=now() + timedelta(minutes=3))
        assert "Next orders at" in Page(olga.get("/orders")).text
        answer = olga.post("/orders/sync", {"account": "shop"})
        assert "plan has room for the next question at" in Page(olga.get(answer.headers["location"])).text

    def test_is_explained_on_the_first_visit(self, office: Office, olga: Visitor) -> None:
        for name in ("shop", "stall"):
            change(office, name, synced_at=None, sync_next_at=None)
        page = Page(olga.get("/orders"))
        assert "Your orders are on their way" in page.text
        assert "once in three minutes" in page.text
        began = {"sync_began_at": now(), "sync_token": "t", "sync_start": now()}
        for name, pages in (("shop", 21), ("stall", 0)):
            change(office, name, **began, sync_pages=pages, sync_next_at=now() + timedelta(minutes=2))
        page = Page(olga.get("/orders"))
        assert "21 pages, that is up to 2,100 orders, are here" in page.text
        assert "The next page is due at" in page.text

    def test_that_has_brought_the_first_orders_loads_the_empty_list_anew(self, office: Office, olga: Visitor) -> None:
        change(office, "shop", synced_at=None)
        news = next(each["hx-get"] for each in Page(olga.get("/orders")).each("div") if each.get("id") == "orders-news")
        assert "hx-refresh" not in olga.get(news).headers
        office.keep("shop", told(1))
        assert olga.get(news).headers["hx-refresh"] == "true"

    def test_that_brings_newer_orders_offers_them_and_moves_nothing(self, office: Office, olga: Visitor) -> None:
        office.keep("shop", told(1, minutes=1), told(2, minutes=2, status="SHIPPED"))
        page = Page(olga.get("/orders?status=UNSHIPPED"))
        news = next(each["hx-get"] for each in page.each("div") if each.get("id") == "orders-news")
        assert "newer" not in Page(olga.get(news)).text
        office.keep("shop", told(3, minutes=3), told(4, minutes=4, status="SHIPPED"))
        answer = olga.get(news)
        assert "hx-refresh" not in answer.headers
        assert "Show 1 newer order" in Page(answer).text
        assert "/orders?status=UNSHIPPED" in {each.get("href") for each in Page(answer).each("a")}

    def test_that_fails_is_told_with_the_reason(self, office: Office, olga: Visitor) -> None:
        change(office, "stall", sync_trouble="Amazon could not be reached. It is tried again by itself.")
        page = Page(olga.get("/orders"))
        assert "The orders of Stall are not up to date: Amazon could not be reached." in page.text
        assert "/accounts/stall" in {each.get("href") for each in page.each("a")}
        assert "Orders not up to date" in page.text

    def test_of_an_account_that_is_disconnected_is_not_spoken_of(
        self, office: Office, olga: Visitor, anton: Visitor
    ) -> None:
        for name in ("shop", "stall"):
            change(office, name, disconnected_at=now())
        try:
            page = Page(olga.get("/orders"))
            assert "Disconnected: Shop, Stall" in page.text
            assert "/accounts" in {each["href"] for each in page.each("a") if "main" in each.get("class", "")}
            assert "sync-state" not in {each.get("id") for each in page.each("div")}
            page = Page(anton.get("/orders"))
            assert "Disconnected: Stall" in page.text
            assert "An owner can connect it again." in page.text
        finally:
            for name in ("shop", "stall"):
                change(office, name, disconnected_at=None)


class TestAWholeOrderId:
    def test_that_is_here_leads_to_the_order_at_once(self, office: Office, olga: Visitor) -> None:
        office.keep("shop", told(1), told(2))
        for text in ("902-0000000-0000001", " 90200000000000001 "):
            answer = olga.get(f"/orders?q={quote(text)}&status=SHIPPED")
            assert (answer.status_code, answer.headers["location"]) == (303, "/orders/shop/902-0000000-0000001")

    def test_begun_only_lists_the_orders(self, office: Office, olga: Visitor) -> None:
        office.keep("shop", told(1), told(2))
        assert listed(olga, "/orders?q=902-0000000-000000") == ["2", "1"]

    def test_that_two_accounts_have_lists_both(self, office: Office, olga: Visitor) -> None:
        office.keep("shop", told(1))
        office.keep("stall", told(1))
        assert listed(olga, "/orders?q=902-0000000-0000001") == ["1", "1"]

    def test_of_somebody_elses_account_leads_nowhere(self, office: Office, anton: Visitor) -> None:
        office.keep("shop", told(1))
        page = Page(anton.get("/orders?q=902-0000000-0000001"))
        assert "Order 902-0000000-0000001 is not here" in page.text
        assert {"look-stall"} == {each["id"] for each in page.each("button") if each.get("id", "").startswith("look-")}


class TestLookingForAnOrderAtAmazon:
    """An order from before the synchronisation's time, or just placed, is here once somebody has looked for it."""

    @pytest.fixture
    def old(self, office: Office) -> str:
        return office.amazon.order(
            purchased_at=now() - timedelta(days=200), state="delivered", items=[{"title": "Old lamp"}]
        )

    def test_brings_it_and_leads_to_it(self, office: Office, olga: Visitor, old: str) -> None:
        office.keep("shop", told(1))
        page = Page(olga.get(f"/orders?q={old}"))
        assert "Look for it at Amazon in Shop" in page.text
        assert "Look for it at Amazon in Stall" in page.text
        answer = olga.post("/orders/look", {"account": "shop", "order": old})
        assert (answer.status_code, answer.headers["location"]) == (303, f"/orders/shop/{old}")
        shown = olga.get(answer.headers["location"])
        assert shown.status_code == 200
        assert "Old lamp" in Page(shown).text

    def test_keeps_what_the_synchronisation_keeps(self, office: Office, olga: Visitor, old: str) -> None:
        shop = office.services.accounts.of(office.owner, "shop")
        olga.post("/orders/look", {"account": "shop", "order": old})
        looked_for = office.services.orders.get(shop.id, old)
        with office.services.database.write() as connection:
            connection.execute(sa.delete(orders))
        searched = office.services.clients.of(shop).orders.search(
            last_updated_after=now() - timedelta(days=300), include=DATASETS
        )
        office.keep("shop", *(order for order in searched if order.order_id == old))
        assert office.services.orders.get(shop.id, old) == looked_for

    def test_says_so_where_amazon_has_none(self, office: Office, olga: Visitor, old: str) -> None:
        answer = olga.post("/orders/look", {"account": "stall", "order": old})
        assert answer.status_code == 404
        assert f"Amazon has no order {old} for Stall." in Page(answer).text
        assert "look-shop" in {each.get("id") for each in Page(answer).each("button")}

    def test_says_so_where_amazon_cannot_be_asked(self, office: Office, olga: Visitor, old: str) -> None:
        with office.amazon.faulty("getOrder", "status", status=503):
            answer = olga.post("/orders/look", {"account": "shop", "order": old})
        assert answer.status_code == 502
        assert "Amazon could not be reached just now." in Page(answer).text
        assert listed(olga) == []

    def test_takes_whole_order_ids_alone(self, olga: Visitor) -> None:
        answer = olga.post("/orders/look", {"account": "shop", "order": "902-6786204"})
        assert answer.status_code == 404
        assert "This is not an order id." in Page(answer).text

    def test_is_for_those_who_may_see_the_account(self, office: Office, anton: Visitor, old: str) -> None:
        before = office.amazon.counts("getOrder")
        assert anton.post("/orders/look", {"account": "shop", "order": old}).status_code == 404
        assert office.amazon.counts("getOrder") == before
