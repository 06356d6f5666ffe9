"""The outbox's list, as a browser meets it."""

import csv
import re
from io import StringIO

import pytest

from buyerline.app.audit import AuditFilters, What
from buyerline.outbox import State
from buyerline.outbox.clock import now
from tests.app.correspondence import Correspondence
from tests.app.html import Page
from tests.app.lasting_office import somebody
from tests.app.office import OWNER, Office, Visitor
from tests.app.outbox.pages import look, rows
from tests.outbox.samples import ORDER

LINK = re.compile(r'href="([^"]+)"')


class TestTheList:
    def test_tells_of_each_message_what_it_is_and_where_it_stands(self, owner: Visitor, shop: Correspondence) -> None:
        message_id = shop.brought_to(State.SENT, text="Your   parcel\nis packed.")
        words = look(owner, "/outbox?tab=sent")
        for each in ("Sent", ORDER, "Ask about the order", "Your parcel is packed.", "Olga Owner"):
            assert each in words
        assert rows(owner, "/outbox?tab=sent") == [message_id]

    def test_begins_with_what_needs_somebody_and_else_with_everything(
        self, owner: Visitor, shop: Correspondence
    ) -> None:
        sent = shop.brought_to(State.SENT)
        assert rows(owner, "/outbox") == [sent]
        unknown = shop.brought_to(State.UNKNOWN)
        assert rows(owner, "/outbox") == [unknown]

    def test_shows_a_state_as_a_word_and_a_shape(self, owner: Visitor, shop: Correspondence) -> None:
        for state in State:
            shop.brought_to(state)
        spans = Page(owner.get("/outbox?tab=all")).each("span")
        assert {f"state {state}" for state in State} <= {each.get("class", "") for each in spans}

    def test_counts_what_is_in_each_tab_and_in_the_rail(self, owner: Visitor, shop: Correspondence) -> None:
        for state in (State.UNKNOWN, State.FAILED, State.QUEUED):
            shop.brought_to(state)
        words = look(owner, "/outbox?tab=all")
        assert "Needs you 2 Drafts 0 Queued 1 Sent 0 Refused 0 Cancelled or expired 0 All 3" in words
        assert "Outbox 2 for you to look at" in words

    def test_keeps_filters_in_its_links(self, owner: Visitor, shop: Correspondence) -> None:
        shop.queue()
        answer = owner.get("/outbox?tab=all&type=invoice&order=902&before=x")
        links = [link.replace("&amp;", "&") for link in LINK.findall(answer.text)]
        assert "/outbox?tab=sent&type=invoice&order=902" in links
        assert "/outbox.csv?tab=all&type=invoice&order=902" in links

    def test_is_filtered_by_its_address(self, owner: Visitor, shop: Correspondence) -> None:
        wanted = shop.queue(type="unexpectedProblem", marketplace="DE")
        shop.queue()
        today = f"{now():%Y-%m-%d}"
        for query in (
            *("type=unexpectedProblem", "marketplace=DE", f"marketplace=DE&queued_by={OWNER}"),
            *(f"type=unexpectedProblem&since={today}&until={today}", f"order={ORDER}&type=unexpectedProblem"),
            "account=shop&marketplace=DE",
        ):
            assert rows(owner, f"/outbox?tab=all&{query}") == [wanted], query
        assert "Nothing fits these filters" in look(owner, "/outbox?tab=all&until=2020-01-01")

    @pytest.mark.parametrize(
        ("query", "problem"),
        [
            ("since=yesterday", "This is no day."),
            ("until=9999-12-31", "This is no day."),
            ("marketplace=XX", "no such marketplace"),
            ("order=a%00b", "Nothing is called so"),
        ],
    )
    def test_says_beside_a_filter_what_is_wrong_with_it(self, owner: Visitor, query: str, problem: str) -> None:
        assert problem in look(owner, f"/outbox?{query}", 422)

    def test_goes_on_with_older_messages(self, owner: Visitor, shop: Correspondence) -> None:
        queued = [shop.queue() for _ in range(51)]
        first = owner.get("/outbox?tab=all")
        [older] = {link for link in LINK.findall(first.text) if "before=" in link}
        assert rows(owner, older.replace("&amp;", "&")) == queued[:1]

    def test_helps_where_there_is_nothing(self, owner: Visitor, shop: Correspondence) -> None:
        assert "Nothing needs you" in look(owner, "/outbox?tab=needs")
        assert "Nothing was sent from here yet" in look(owner, "/outbox")

    def test_has_what_waits_for_approval_among_what_needs_somebody(
        self, office: Office, owner: Visitor, shop: Correspondence
    ) -> None:
        _, writer = somebody(office)
        shop.ask_for_approval(writer)
        answer = owner.get("/outbox")
        words = Page(answer).text
        assert "Waits for approval" in words
        assert "Somebody" in words
        assert f"/approvals/draft-{writer}-shop" in LINK.findall(answer.text)
        shop.discard_drafts()

    def test_says_why_nothing_is_sent_for_an_account(self, owner: Visitor, shop: Correspondence) -> None:
        shop.queue()
        shop.stop("shop", "The refresh token is no longer valid.")
        words = look(owner, "/outbox?tab=queued")
        assert "1 message waits, because nothing is sent for Shop: The refresh token is no longer valid." in words
        assert "Waits: nothing is sent for its account now" in words
        shop.stop("shop", None)


class TestTheExport:
    def test_is_a_file_of_what_the_list_shows(self, office: Office, owner: Visitor, shop: Correspondence) -> None:
        wanted = shop.brought_to(State.SENT, type="unexpectedProblem")
        shop.brought_to(State.SENT)
        shop.queue(type="unexpectedProblem")
        answer = owner.get("/outbox.csv?tab=sent&type=unexpectedProblem")
        assert re.fullmatch(
            r'attachment; filename="messages-\d{4}-\d\d-\d\d\.csv"', answer.headers["content-disposition"]
        )
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        lines = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
        assert [line["message"] for line in lines] == [wanted]
        [noted, *_] = office.services.audit.list(
            office.owner, filters=AuditFilters(what=What.MESSAGES_EXPORTED)
        ).entries
        assert noted.note == "tab=sent&type=unexpectedProblem"

    def test_refuses_a_filter_that_cannot_be_read(self, owner: Visitor) -> None:
        """Else it would be taken for a file of everything."""
        assert owner.get("/outbox.csv?since=yesterday").status_code == 422
