"""The page of an order as a browser without scripts has it, and the parts of it that scripts ask for."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape
from typing import Any

import httpx
import pytest

from buyerline.app.schema import offer
from buyerline.app.viewer import Viewer
from buyerline.outbox import Message
from buyerline.outbox.clock import now
from tests.app.html import Page
from tests.app.lasting_office import lasting_office, somebody
from tests.app.office import PASSWORD, Files, Office, Visitor
from tests.app.samples import PDF
from tests.app.stock import told

ORDER = "902-6786204-8179805"
CLOSED = "902-0000000-0000001"
AT = f"/orders/shop/{ORDER}"
TYPE, TITLE = "confirmOrderDetails", "Ask about the order"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One for all tests here, with an order that takes every type and one that takes none; each brings people."""
    with lasting_office(tmp_path_factory.mktemp("office")) as made:
        made.amazon.lift_plans()
        made.amazon.order(order_id=CLOSED, state="cancelled")
        made.keep("shop", told(0, "Stoneware mug", order_id=ORDER), told(0, order_id=CLOSED))
        yield made


class Writer:
    """Somebody who writes about the order, and sends the form as the page has it."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.email, self.person_id = somebody(office)
        self.browser = office.visitor(self.email)
        self.browser.get(f"{AT}?ask=yes")

    @property
    def viewer(self) -> Viewer:
        return self.office.services.people.get(self.person_id).viewer()

    def page(self, query: str = "") -> Page:
        return Page(self.browser.get(AT + query))

    def form(self, **written: Any) -> dict[str, Any]:
        """What the page's form would send now, with what is written in it."""
        page = self.page()
        return {
            "draft": page.field("draft")["value"],
            "version": page.field("version")["value"],
            "type": TYPE,
            **{each["name"]: each["value"] for each in page.each("input") if each.get("name", "").startswith("name-")},
            **written,
        }

    def save(self, **written: Any) -> httpx.Response:
        return self.browser.post(f"{AT}/draft", self.form(**written))

    def live(self, **written: Any) -> httpx.Response:
        """Save as scripts do while somebody types."""
        return self.browser.post(f"{AT}/draft", self.form(**written), htmx=True)

    def send(self, **written: Any) -> httpx.Response:
        return self.browser.post(f"{AT}/send", self.form(**written))

    def attach(self, *files: tuple[str, bytes], **written: Any) -> httpx.Response:
        sent: Files = [("file", (name, content, "application/octet-stream")) for name, content in files]
        return self.browser.post(f"{AT}/files", self.form(**written), files=sent)

    def file_ids(self) -> list[str]:
        return re.findall(r'<li id="file-(\w+)"', self.browser.get(AT).text)

    def sent(self) -> list[Message]:
        return [each for each in self.office.services.outbox.list() if each.queued_by == self.email]


@pytest.fixture
def writer(office: Office) -> Writer:
    return Writer(office)


def problems(answer: httpx.Response) -> list[str]:
    """What the page calls wrong."""
    return [unescape(said) for said in re.findall(r'class="problem">([^<]*)', answer.text)]


class TestTheOrder:
    def test_is_shown_with_what_amazon_takes_for_it(self, writer: Writer) -> None:
        page = writer.page("?ask=yes")
        for words in (ORDER, "Stoneware mug", "SKU-1", "Unshipped", "$25.00", TITLE, "critical"):
            assert words in page.text
        assert len([each for each in page.each("input") if each.get("type") == "radio"]) > 8

    def test_does_not_keep_anybody_waiting_for_amazon(self, writer: Writer) -> None:
        """A browser asks once it shows the page; one without scripts has a link."""
        with writer.office.services.database.write() as connection:
            connection.execute(offer.delete())
        asked = writer.office.amazon.count("getMessagingActionsForOrder")
        page = writer.browser.get(AT)
        assert writer.office.amazon.count("getMessagingActionsForOrder") == asked
        assert f'hx-get="{AT}/offer"' in page.text
        assert f'href="{AT}?ask=yes"' in page.text
        assert TITLE in writer.browser.get(f"{AT}/offer", **{"hx-request": "true"}).text

    def test_that_is_closed_has_a_sentence_in_place_of_types(self, writer: Writer) -> None:
        page = writer.browser.get(f"/orders/shop/{CLOSED}?ask=yes")
        assert 'class="closed"' in page.text
        assert 'type="radio"' not in page.text

    def test_shows_the_draft_though_amazon_cannot_be_asked(self, writer: Writer) -> None:
        writer.save(text="Nearly done.")
        with writer.office.services.database.write() as connection:
            connection.execute(offer.delete())
        with writer.office.amazon.faulty("*", "status", status=500, count=20):
            page = writer.page("?ask=yes")
        assert "Amazon could not be reached just now" in page.text
        assert "Nearly done." in page.text
        assert writer.browser.post(f"{AT}/offer", writer.form(text="Nearly done.")).status_code == 303
        assert TITLE in writer.page().text

    def test_keeps_to_the_policy_of_its_own_pages(self, writer: Writer) -> None:
        writer.save(text="Hello.")
        page = writer.browser.get(AT)
        assert page.headers["cache-control"] == "no-store"
        assert re.findall(r"<style|\sstyle=|\son\w+=|javascript:", page.text) == []


class TestTheDraft:
    def test_has_its_next_steps_once_a_type_is_chosen(self, writer: Writer) -> None:
        assert "Your message" not in writer.page().text
        assert writer.save().headers["location"] == f"{AT}#written"
        assert "Your message" in writer.page().text
        assert "The buyer reads English." in writer.page().text

    def test_is_there_again_in_another_browser(self, writer: Writer) -> None:
        writer.save(text="Which colour?\r\nBlue, or green?")
        elsewhere = writer.office.visitor(writer.email).get(AT)
        assert "Which colour?\nBlue, or green?</textarea>" in elsewhere.text

    def test_is_checked_as_one_types(self, writer: Writer) -> None:
        part = writer.live(text="Hello.\r\nWrite to bob@example.com.")
        assert part.status_code == 200
        assert "<html" not in part.text
        assert "<mark>bob@example.com</mark>" in part.text
        assert "<span data-count>32</span> of 2,000" in part.text  # a line end is one character
        assert "1 thing to fix" in part.text
        assert len(problems(part)) == 1

    def test_calls_nothing_wrong_that_is_only_not_written_yet(self, writer: Writer) -> None:
        assert problems(writer.live()) == []
        assert len(problems(writer.browser.get(f"{AT}?check=yes"))) == 1

    def test_shows_markup_as_what_was_typed(self, writer: Writer) -> None:
        part = writer.live(text="</textarea><script>alert(1)</script>")
        assert "<script" not in part.text
        assert part.text.count("&lt;/textarea&gt;") >= 2

    def test_is_not_saved_over_what_another_page_saved(self, writer: Writer) -> None:
        writer.save(text="First.")
        stale = writer.form(text="From here.")
        writer.save(text="From another page.")
        answer = writer.browser.post(f"{AT}/draft", stale)
        assert answer.status_code == 409
        assert "From here.</textarea>" in answer.text
        assert "changed on another page" in answer.text
        assert "From another page.</textarea>" in writer.browser.get(AT).text

    def test_keeps_on_the_page_what_is_too_long_to_be_kept(self, writer: Writer) -> None:
        answer = writer.save(text="x" * 20_001)
        assert answer.status_code == 422
        assert "x" * 20_001 in answer.text
        assert any("20" in said for said in problems(answer))

    def test_can_be_discarded(self, writer: Writer) -> None:
        writer.save(text="Never mind.")
        writer.browser.post(f"{AT}/discard", writer.form())
        assert "Never mind." not in writer.page().text

    def test_is_changed_by_no_other_site(self, writer: Writer) -> None:
        answer = writer.browser.post(f"{AT}/draft", writer.form(text="Forged."), token="forged")
        assert answer.status_code == 403
        assert "Forged." not in writer.page().text


class TestFiles:
    def test_are_added_with_what_else_is_on_the_page(self, writer: Writer) -> None:
        writer.save(type="invoice")
        assert writer.attach(("invoice.pdf", PDF), type="invoice").status_code == 303
        page = writer.browser.get(AT)
        assert 'value="invoice.pdf"' in page.text
        assert "Ready" in page.text

    def test_come_one_by_one_from_scripts_and_leave_the_rest_alone(self, writer: Writer) -> None:
        writer.save(type="digitalAccessKey", text="Your key.")
        files: Files = [("file", ("key.txt", b"1234", "text/plain"))]
        part = writer.browser.post(f"{AT}/files", files=files, htmx=True)
        assert 'value="key.txt"' in part.text
        assert "Your key.</textarea>" in writer.browser.get(AT).text

    def test_are_renamed_and_removed(self, writer: Writer) -> None:
        writer.save(type="invoice")
        writer.attach(("a.pdf", PDF), ("b.pdf", PDF), type="invoice")
        first, second = writer.file_ids()
        writer.save(type="invoice", **{f"name-{first}": "Invoice 7.pdf"})
        writer.browser.post(f"{AT}/files/{second}", writer.form(type="invoice"))
        assert writer.file_ids() == [first]
        assert 'value="Invoice 7.pdf"' in writer.browser.get(AT).text

    def test_that_amazon_takes_not_are_told_beside_each(self, writer: Writer) -> None:
        writer.save(type="invoice")
        writer.attach(("invoice.pdf", b"MZ" + bytes(200)), type="invoice")
        (file_id,) = writer.file_ids()
        assert f'href="#file-{file_id}"' in writer.browser.get(AT).text
        assert "is a Windows program" in problems(writer.browser.get(AT))[0]

    def test_that_are_far_too_large_are_refused(self, writer: Writer) -> None:
        writer.save(type="invoice")
        answer = writer.attach(("film.pdf", PDF + bytes(11_000_001)), type="invoice")
        assert answer.status_code == 422
        assert "larger than 10 MB" in problems(answer)[0]
        assert writer.file_ids() == []

    def test_that_are_refused_leave_what_else_was_written_to_be_saved(self, writer: Writer) -> None:
        written = {"type": "digitalAccessKey", "text": "Your key."}
        refused = Page(writer.attach(("film.pdf", PDF + bytes(11_000_001)), **written))
        shown = {name: refused.field(name)["value"] for name in ("draft", "version")}
        answer = writer.browser.post(f"{AT}/draft", {**written, **shown, "text": "Your keys."})
        assert answer.status_code == 303
        assert "Your keys.</textarea>" in writer.browser.get(AT).text

    def test_are_handed_out_to_be_saved_to_nobody_else(self, writer: Writer) -> None:
        writer.save(type="invoice")
        writer.attach(("Rechnung für Sie.pdf", PDF), type="invoice")
        (file_id,) = writer.file_ids()
        answer = writer.browser.get(f"{AT}/files/{file_id}")
        assert answer.content == PDF
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''Rechnung%20f%C3%BCr%20Sie.pdf"
        assert Writer(writer.office).browser.get(f"{AT}/files/{file_id}").status_code == 404


class TestSending:
    def test_sends_what_the_form_says_and_not_what_was_saved_last(self, writer: Writer) -> None:
        writer.save(text="An early version of it.")
        assert writer.send(text="The last version of it.").headers["location"] == AT
        assert [message.text for message in writer.sent()] == ["The last version of it."]
        page = writer.page()
        assert "Your message" not in page.text
        assert "Sending in" in page.text
        assert "Undo" in page.text

    def test_sends_once_however_often_a_form_comes(self, writer: Writer) -> None:
        writer.save(text="Once, and only once.")
        form = writer.form(text="Once, and only once.")
        with ThreadPoolExecutor(4) as several:
            answers = list(several.map(lambda _: writer.browser.post(f"{AT}/send", form), range(4)))
        answers.append(writer.browser.post(f"{AT}/send", form))
        assert {answer.status_code for answer in answers} == {303}
        assert len(writer.sent()) == 1

    def test_sends_nothing_that_the_checks_refuse(self, writer: Writer) -> None:
        writer.save()
        answer = writer.send(text="Call +1 202 555 0173.")
        assert answer.status_code == 422
        assert "Nothing was sent yet" in answer.text
        assert "phone number" in problems(answer)[0]
        assert re.search(r'<textarea id="text"[^>]* autofocus', answer.text)
        assert writer.sent() == []

    def test_sends_nothing_from_a_page_that_is_out_of_date(self, writer: Writer) -> None:
        writer.save(text="First of all.")
        stale = writer.form(text="From an old page.")
        writer.save(text="Changed since.")
        answer = writer.browser.post(f"{AT}/send", stale)
        assert answer.status_code == 409
        assert "From an old page.</textarea>" in answer.text
        assert writer.sent() == []

    def test_asks_before_the_same_is_sent_again(self, writer: Writer) -> None:
        writer.send(text="Twice, if you like.")
        refused = writer.send(text="Twice, if you like.")
        assert refused.status_code == 422
        assert "Send it once more all the same" in refused.text
        assert len(writer.sent()) == 1
        writer.send(text="Twice, if you like.", again=Page(refused).field("again")["value"])
        assert len(writer.sent()) == 2

    def test_sends_a_form_that_had_no_draft_once_more_only_from_the_page_that_asked(self, writer: Writer) -> None:
        """The page that refuses shows the draft that was made of the form."""
        form = writer.form(text="Twice, and not three times.")
        assert form["draft"] == ""
        writer.browser.post(f"{AT}/send", form)
        refused = Page(writer.browser.post(f"{AT}/send", form))
        again = {"again": refused.field("again")["value"]}
        assert writer.browser.post(f"{AT}/send", {**form, **again}).status_code == 422
        shown = {name: refused.field(name)["value"] for name in ("draft", "version")}
        for _ in range(2):
            assert writer.browser.post(f"{AT}/send", {**form, **again, **shown}).status_code == 303
        assert len(writer.sent()) == 2

    def test_sends_it_again_only_beside_the_message_that_the_page_named(self, writer: Writer) -> None:
        text = f"Whoever of us is first, {writer.person_id}."
        writer.send(text=text)
        refused = writer.send(text=text)
        again = Page(refused).field("again")["value"]
        other = Writer(writer.office)
        other.save(text=text)
        other.send(text=text, again=again)
        assert len(other.sent()) == 1
        answer = writer.send(text=text, again=again)
        assert answer.status_code == 422
        assert "checked" not in Page(answer).field("again")
        assert len(writer.sent()) == 1

    def test_lets_a_text_be_corrected_after_it_was_refused(self, writer: Writer) -> None:
        form = writer.form(text="Call +1 202 555 0173, please.", when="now")
        first = Page(writer.browser.post(f"{AT}/send", form))
        shown = {name: first.field(name)["value"] for name in ("draft", "version")}
        assert shown["draft"] != ""
        form |= {**shown, "text": "Later, please.", "when": "later", "at": "2001-01-01T10:00"}
        second = Page(writer.browser.post(f"{AT}/send", form))
        shown = {name: second.field(name)["value"] for name in ("draft", "version")}
        form |= {**shown, "text": "Which size would you like?", "when": "now"}
        assert writer.browser.post(f"{AT}/send", form).status_code == 303
        assert [message.text for message in writer.sent()] == ["Which size would you like?"]

    def test_sends_no_files_that_the_page_did_not_show(self, writer: Writer) -> None:
        """Nor fewer than it showed."""
        written = {"type": "digitalAccessKey", "text": f"Your key, number {writer.person_id}."}
        writer.save(**written)
        before = writer.form(**written)
        writer.attach(("key.pdf", PDF), **written)
        refused = writer.browser.post(f"{AT}/send", before)
        assert refused.status_code == 409
        assert "changed on another page" in refused.text
        assert 'value="key.pdf"' in refused.text
        with_the_file = writer.form(**written)
        (file_id,) = writer.file_ids()
        writer.browser.post(f"{AT}/files/{file_id}", writer.form(**written))
        assert writer.browser.post(f"{AT}/send", with_the_file).status_code == 409
        assert writer.sent() == []
        writer.send(**written)
        assert [message.files for message in writer.sent()] == [()]

    def test_sends_nothing_when_a_form_comes_late_that_was_sent_and_undone(self, writer: Writer) -> None:
        text = f"Undone at once, {writer.person_id}."
        writer.save(text=text)
        form = writer.form(text=text)
        writer.browser.post(f"{AT}/send", form)
        (sent,) = writer.sent()
        writer.browser.post(f"/outbox/{sent.id}/undo")
        late = writer.browser.post(f"{AT}/send", form)
        assert (late.status_code, "was called off since" in Page(late).text) == (409, True)
        assert [message.state for message in writer.sent()] == ["cancelled"]
        assert f"{text}</textarea>" in writer.browser.get(AT).text

    def test_says_so_where_other_words_were_sent_from_another_page(self, writer: Writer) -> None:
        first, second = f"The first page, {writer.person_id}.", f"The second page, {writer.person_id}."
        writer.save(text=first)
        form = writer.form(text=second)
        writer.send(text=first)
        for _ in range(2):
            refused = writer.browser.post(f"{AT}/send", form)
            assert (refused.status_code, "What you see here was not sent" in Page(refused).text) == (409, True)
            assert f"{second}</textarea>" in refused.text
        assert [message.text for message in writer.sent()] == [first]

    def test_sends_later_by_the_clock_that_the_page_showed(self, writer: Writer) -> None:
        change = writer.office.services.profiles.change
        text = f"Until then, {writer.person_id}."
        writer.save(text=text)
        wanted = (now() + timedelta(days=2)).replace(hour=12, minute=0, second=0, microsecond=0)
        form = writer.form(text=text, when="later", at=wanted.strftime("%Y-%m-%dT%H:%M"), zone="UTC")
        change(writer.viewer, name="Somebody", language="en", zone="Asia/Kolkata", undo_seconds=0)
        assert writer.browser.post(f"{AT}/send", form).status_code == 303
        assert [message.not_before for message in writer.sent()] == [wanted]

    def test_sends_later_by_the_clock_of_who_sends(self, writer: Writer) -> None:
        change = writer.office.services.profiles.change
        change(writer.viewer, name="Somebody", language="en", zone="Asia/Kolkata", undo_seconds=0)
        wanted = (now() + timedelta(days=2)).replace(hour=12, minute=0, second=0, microsecond=0)
        there = (wanted + timedelta(hours=5, minutes=30)).strftime("%Y-%m-%dT%H:%M")
        writer.send(text="Until the day after tomorrow.", when="later", at=there)
        assert [message.not_before for message in writer.sent()] == [wanted]

    def test_knows_no_hour_that_the_clocks_skip(self, writer: Writer) -> None:
        """In Berlin, they go from 2:00 to 3:00 on the last Sunday of March."""
        change = writer.office.services.profiles.change
        change(writer.viewer, name="Somebody", language="en", zone="Europe/Berlin", undo_seconds=0)
        answer = writer.send(text="At half past two.", when="later", at="2031-03-30T02:30")
        assert "the clocks go forward" in problems(answer)[0]

    @pytest.mark.parametrize("at", ["", "tomorrow", "2001-01-01T10:00", "9999-12-31T23:59", "0001-01-01T00:00"])
    def test_says_what_is_wrong_with_a_time(self, writer: Writer, at: str) -> None:
        writer.save(text="Later.")
        answer = writer.send(text="Later.", when="later", at=at)
        assert answer.status_code == 422
        assert len(problems(answer)) == 1
        assert "Later.</textarea>" in answer.text
        assert writer.sent() == []
        assert "Not sent: why?" in Page(answer).text
        assert "Saved" in Page(answer).text


class TestApproval:
    @pytest.fixture(autouse=True)
    def needed(self, office: Office) -> Iterator[None]:
        office.services.store.set_approval(office.owner, needed=True)
        yield
        office.services.store.set_approval(office.owner, needed=False)

    @pytest.fixture
    def text(self, writer: Writer) -> str:
        return f"Key number {writer.person_id} is attached."

    def decide(self, browser: Visitor, asked: str, what: str, **form: str) -> httpx.Response:
        """Decide about what a page shows now."""
        digest = Page(browser.get(asked)).field("digest")["value"]
        return browser.post(f"{asked}/{what}", {"digest": digest, **form})

    @pytest.fixture
    def asked(self, writer: Writer, text: str) -> str:
        """The page where a message of the writer's waits for somebody else."""
        writer.save(type="digitalAccessKey")
        writer.attach(("key.pdf", PDF), type="digitalAccessKey", text=text)
        assert "Ask for approval" in writer.page().text
        assert writer.send(type="digitalAccessKey", text=text).status_code == 303
        draft = writer.office.services.drafts.open(
            writer.viewer, writer.office.services.accounts.of(writer.viewer, "shop"), ORDER
        )
        assert draft is not None
        return f"/approvals/{draft.id}"

    def test_keeps_the_message_as_it_is_until_it_is_decided(self, writer: Writer, asked: str, text: str) -> None:
        assert "Waits for approval" in writer.page().text
        assert writer.browser.post(f"{AT}/draft", {"version": "9", "type": TYPE}).status_code == 409
        assert writer.browser.post(f"{asked}/approve").status_code == 403
        assert writer.sent() == []
        writer.browser.post(f"{asked}/take-back")
        assert f"{text}</textarea>" in writer.browser.get(AT).text

    def test_is_given_by_somebody_who_has_read_it(self, writer: Writer, asked: str, text: str) -> None:
        reader = Writer(writer.office).browser
        page = reader.get(asked)
        assert text in page.text
        (file,) = re.findall(rf'href="({asked}/files/\w+)"', page.text)
        assert reader.get(file).content == PDF
        form = {"digest": Page(page).field("digest")["value"]}
        for _ in range(2):
            approved = reader.post(f"{asked}/approve", form)
            assert approved.headers["location"] == "/outbox?tab=needs"
        assert [message.text for message in writer.sent()] == [text]
        assert reader.get(asked).status_code == 404

    def test_is_not_given_to_what_the_page_did_not_show(self, writer: Writer, asked: str, text: str) -> None:
        reader = Writer(writer.office).browser
        shown = {"digest": Page(reader.get(asked)).field("digest")["value"]}
        writer.browser.post(f"{asked}/take-back")
        assert writer.send(type="digitalAccessKey", text=f"Another one. {text}").status_code == 303
        for decision in ("approve", "give-back"):
            refused = reader.post(f"{asked}/{decision}", {**shown, "why": "No."})
            assert refused.status_code == 409
            assert "changed since you were shown it" in Page(refused).text
            assert f"Another one. {text}" in Page(refused).text
        assert writer.sent() == []
        assert self.decide(reader, asked, "approve").status_code == 303
        assert [message.text for message in writer.sent()] == [f"Another one. {text}"]

    def test_is_refused_with_a_reason(self, writer: Writer, asked: str, text: str) -> None:
        colleague = Writer(writer.office)
        reader = colleague.browser
        refused = self.decide(reader, asked, "give-back", why=" ")
        assert refused.status_code == 422
        assert 'id="why-problem"' in refused.text
        assert self.decide(reader, asked, "give-back", why="The key is another one.").status_code == 303
        assert f"given back. {colleague.viewer.name}: The key is another one." in writer.page().text
        assert f"{text}</textarea>" in writer.browser.get(AT).text

    def test_that_is_refused_needs_its_writer_until_they_ask_again(self, writer: Writer, asked: str, text: str) -> None:
        following = writer.office.services.following
        colleague = Writer(writer.office)
        self.decide(colleague.browser, asked, "give-back", why="The key is another one.")
        assert (following.needs_you(writer.viewer), following.needs_you(colleague.viewer)) == (1, 0)
        needs = writer.browser.get("/outbox?tab=needs")
        assert f'href="{AT}"' in needs.text
        assert "The key is another one." in Page(needs).text
        assert "The key is another one." not in Page(colleague.browser.get("/outbox?tab=needs")).text
        writer.send(type="digitalAccessKey", text=text)
        assert following.needs_you(writer.viewer) == 0
        writer.browser.post(f"{asked}/take-back")

    def test_leads_from_one_message_to_the_next_that_waits(self, writer: Writer, asked: str) -> None:
        other, reader = Writer(writer.office), Writer(writer.office)
        other.save(text="Is it the blue one?")
        other.send(text="Is it the blue one?")
        draft = other.office.services.drafts.open(
            other.viewer, other.office.services.accounts.of(other.viewer, "shop"), ORDER
        )
        assert draft is not None
        following = self.decide(reader.browser, asked, "approve").headers["location"]
        assert following == f"/approvals/{draft.id}"
        assert self.decide(reader.browser, following, "approve").headers["location"] == "/outbox?tab=needs"


def test_an_order_of_another_account_is_not_there_at_all(office: Office) -> None:
    """Read or written, with or without scripts: as if there were no such order."""
    email, person_id = somebody(office)
    office.services.people.change(office.owner, person_id, accounts=[])
    browser: Visitor = office.visitor(email, PASSWORD)
    for path in ("", "/offer", "/files/1"):
        assert browser.get(AT + path).status_code == 404
    for path in ("/draft", "/offer", "/files", "/files/1", "/send", "/discard"):
        assert browser.post(AT + path, {"version": "0", "type": TYPE}).status_code == 404
        assert browser.post(AT + path, {"version": "0", "type": TYPE}, htmx=True).status_code == 404
