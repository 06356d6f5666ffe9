"""The pages where a second person decides, and where that is switched on."""

from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest

from buyerline.outbox.clock import now
from tests.app.html import Page
from tests.app.lasting_office import lasting_office, somebody
from tests.app.office import Office, Visitor
from tests.app.programs import synchronise

TYPE = "confirmOrderDetails"
TEXT = "Which colour would you like, red or blue?"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with lasting_office(tmp_path_factory.mktemp("approval")) as made:
        made.amazon.lift_plans()
        yield made


@pytest.fixture
def order(office: Office) -> str:
    """The page of a new order, where a second person is needed."""
    made = office.amazon.order()
    synchronise(office)
    office.services.store.set_approval(office.owner, needed=True)
    return f"/orders/shop/{made}"


class Around(HTMLParser):
    """The ids of the elements around the field that says that a second person is asked."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self._open: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if told.get("name") == "asks":
            self.ids = [each for _, each in self._open if each]
        self._open.append((tag, told.get("id") or ""))

    def handle_endtag(self, tag: str) -> None:
        while self._open.pop()[0] != tag:
            pass  # an element that has no end of its own


def agent(office: Office) -> Visitor:
    email, _ = somebody(office)
    return office.visitor(email)


def form(page: Page, **more: Any) -> dict[str, Any]:
    """What the page of an order sends."""
    shown = {
        each["name"]: each["value"] for each in page.each("input") if each.get("name") in ("draft", "version", "asks")
    }
    return {**shown, "type": TYPE, "text": TEXT, **more}


def write(browser: Visitor, order: str) -> Page:
    """The order's page with something written."""
    browser.post(f"{order}/draft", form(Page(browser.get(f"{order}?ask=yes"))))
    return Page(browser.get(order))


def ask(browser: Visitor, order: str) -> None:
    assert browser.post(f"{order}/send", form(write(browser, order), when="now")).status_code == 303


def test_what_became_the_same_meanwhile_is_approved_only_by_who_was_told_so(office: Office, order: str) -> None:
    for _ in range(2):
        ask(agent(office), order)
    reader = agent(office)
    here = [
        each.draft for each in office.services.approving.waiting(office.owner) if order.endswith(each.draft.order_id)
    ]
    pages = [f"/approvals/{each.id}" for each in here]
    forms = [{"digest": Page(reader.get(each)).field("digest")["value"]} for each in pages]
    assert reader.post(f"{pages[0]}/approve", forms[0]).status_code == 303
    for _ in range(2):
        told = reader.post(f"{pages[1]}/approve", forms[1])
        assert told.status_code == 422
        assert "The same message for this order is on its way already." in Page(told).text
        assert "Approve, and send it once more all the same" in Page(told).text
    queued = [each for each in office.services.outbox.list() if order.endswith(each.order_id)]
    assert len(queued) == 1
    assert Page(told).field("again")["value"] == queued[0].id
    assert reader.post(f"{pages[1]}/approve", forms[1] | {"again": queued[0].id}).status_code == 303


def test_what_its_writer_would_not_get_back_is_discarded_only_by_who_was_told_so(office: Office, order: str) -> None:
    email, number = somebody(office)
    ask(office.visitor(email), order)
    [waits] = [each.draft for each in office.services.approving.waiting(office.owner) if each.draft.person_id == number]
    reader = agent(office)
    at = f"/approvals/{waits.id}"
    shown = {"digest": Page(reader.get(at)).field("digest")["value"], "why": "Name the colours."}
    office.services.people.shut_out(office.owner, number)
    told = reader.post(f"{at}/give-back", shown)
    assert told.status_code == 409
    assert "would not get it back" in Page(told).text
    assert Page(told).field("why")["value"] == shown["why"]
    again = {**shown, "discard": Page(told).field("discard")["value"]}
    assert reader.post(f"{at}/give-back", again).status_code == 303
    assert reader.get(at).status_code == 404


def test_who_was_to_be_read_first_is_so_though_the_page_has_saved_since(office: Office, order: str) -> None:
    """Saving replaces parts of the page, and never what tells which button it shows."""
    browser = agent(office)
    page = write(browser, order)
    replaced = next(each["hx-select-oob"] for each in page.each("form") if each.get("id") == "written").split(",")
    around = Around(browser.get(order).text).ids
    assert "written" in around
    assert not {f"#{each}" for each in around} & set(replaced)
    office.services.store.set_approval(office.owner, needed=False)
    refused = browser.post(f"{order}/send", form(page, when="now"))
    assert refused.status_code == 409
    assert "Messages need no second person any more" in Page(refused).text


def test_switching_it_on_tells_how_many_go_unread(office: Office, order: str) -> None:
    owner = office.visitor()
    owner.get("/settings")
    office.services.store.set_approval(office.owner, needed=False)
    before = office.services.following.queued(office.owner)
    office.services.outbox.add(order.rpartition("/")[2], TYPE, text=TEXT, account="shop")
    owner.post("/settings/approval", {"approval": "on"})
    assert (
        f"Those queued or planned before, {before + 1} by now, leave without one" in Page(owner.get("/settings")).text
    )
    owner.post("/settings/approval")
    assert "Messages now leave without a second person." in Page(owner.get("/settings")).text


def waiting_page(office: Office, order: str) -> str:
    """Where the only message that waits for an order is read."""
    here = [each.draft.id for each in office.services.approving.waiting(office.owner)]
    [waits] = [each for each in here if order.endswith(office.services.drafts.get(office.owner, each).order_id)]
    return f"/approvals/{waits}"


def approve(browser: Visitor, at: str) -> None:
    digest = Page(browser.get(at)).field("digest")["value"]
    assert browser.post(f"{at}/approve", {"digest": digest}).status_code == 303


class TestWhatWaits:
    def test_is_told_on_its_order_and_in_the_list_to_everybody_who_may_see_it(self, office: Office, order: str) -> None:
        email, _ = somebody(office)
        ask(office.visitor(email), order)
        for browser in (agent(office), office.visitor(email)):
            page = Page(browser.get(order))
            assert "Waits for approval" in page.text
            assert "by Somebody" in page.text
            assert waiting_page(office, order) in {each.get("href") for each in page.each("a")}
            assert "Waits for approval" in Page(browser.get(f"/orders?q={order.rpartition('/')[2][:-1]}")).text

    def test_is_read_by_who_shares_the_account_alone(self, office: Office, order: str) -> None:
        ask(agent(office), order)
        office.connect("Store", office.amazon.account(id="store", name="Store", orders=0))
        elsewhere = office.agent("sam@shop.example", ["store"])
        for path in (order, f"/outbox/timeline{order.removeprefix('/orders')}", waiting_page(office, order)):
            assert elsewhere.get(path).status_code == 404
        assert "Waits for approval" not in Page(elsewhere.get("/orders")).text

    def test_is_no_draft_that_waits_for_nobody(self, office: Office, order: str) -> None:
        write(agent(office), order)
        other = agent(office)
        for path in (order, f"/orders?q={order.rpartition('/')[2][:-1]}"):
            page = other.get(path).text
            assert TEXT not in page
            assert "/approvals/" not in page
            assert "Waits for approval" not in page
            assert "Draft" not in Page(other.get(path)).text

    def test_is_told_in_sentences_with_spaces_between_them(self, office: Office, order: str) -> None:
        writer = agent(office)
        page = write(writer, order)
        later = {"when": "later", "at": f"{now() + timedelta(days=2):%Y-%m-%dT%H:%M}", "zone": "UTC"}
        assert writer.post(f"{order}/send", form(page, **later)).status_code == 303
        assert "before it is sent. Until then nothing else can be written about this order. Once approved" in Page(
            writer.get(order)
        ).text.replace("\N{NO-BREAK SPACE}", " ")
        assert ". Once approved" in Page(agent(office).get(waiting_page(office, order))).text


class TestThePageOfWhoWroteIt:
    def test_goes_on_once_somebody_has_decided(self, office: Office, order: str) -> None:
        writer, reader = agent(office), agent(office)
        ask(writer, order)
        [panel] = [each for each in Page(writer.get(order)).each("div") if each.get("id") == "waiting"]
        assert panel["hx-get"] == f"{order}/decided"
        assert "hx-redirect" not in writer.get(f"{order}/decided").headers
        approve(reader, waiting_page(office, order))
        assert writer.get(f"{order}/decided").headers["hx-redirect"] == order

    def test_leads_back_to_the_order_where_a_button_came_too_late(self, office: Office, order: str) -> None:
        writer, reader = agent(office), agent(office)
        ask(writer, order)
        at = waiting_page(office, order)
        approve(reader, at)
        late = writer.post(f"{at}/take-back")
        assert late.status_code == 409
        assert order in {each.get("href") for each in Page(late).each("a")}

    def test_of_another_draft_leads_nobody_else_to_its_order(self, office: Office, order: str) -> None:
        writer = agent(office)
        ask(writer, order)
        at = waiting_page(office, order)
        assert writer.post(f"{at}/take-back").status_code == 303
        gone = agent(office).get(at)
        assert gone.status_code == 404
        assert order not in {each.get("href") for each in Page(gone).each("a")}
