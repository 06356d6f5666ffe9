"""A message's page, and what is decided there."""

import re
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
import sqlalchemy as sa

from buyerline.outbox import State
from buyerline.outbox.clock import now
from buyerline.outbox.schema import attachment, message
from tests.app.correspondence import Correspondence
from tests.app.html import Page
from tests.app.office import Office, Visitor
from tests.app.outbox.pages import look, shown
from tests.app.samples import PDF
from tests.outbox.samples import ORDER

LINK = re.compile(r'href="([^"]+)"')
PHRASE = "Nobody knows whether Amazon took this message."


class TestAMessageThatItsWriterMayNotSend:
    """Because messages need a second person: no button is shown, and none would do anything."""

    @pytest.fixture(autouse=True)
    def needed(self, office: Office) -> Iterator[None]:
        office.services.store.set_approval(office.owner, needed=True)
        yield
        office.services.store.set_approval(office.owner, needed=False)

    def test_is_sent_again_by_somebody_else_alone(self, office: Office, owner: Visitor, shop: Correspondence) -> None:
        message_id = shop.brought_to(State.CANCELLED)
        page = owner.get(f"/outbox/{message_id}")
        assert 'id="retry"' not in page.text
        assert "You wrote this message" in page.text
        refused = owner.post(f"/outbox/{message_id}/retry", {"state": "cancelled"})
        assert (refused.status_code, "You wrote this message" in refused.text) == (403, True)
        assert shop.outbox.get(message_id).state is State.CANCELLED
        other = office.agent("second@shop.example")
        assert 'id="retry"' in other.get(f"/outbox/{message_id}").text
        assert other.post(f"/outbox/{message_id}/retry", shown(other, message_id)).status_code == 303
        assert shop.outbox.get(message_id).state is State.QUEUED
        assert "approved" in look(owner, f"/outbox/{message_id}").lower()

    def test_is_said_not_to_have_been_sent_by_somebody_else_alone(self, owner: Visitor, shop: Correspondence) -> None:
        message_id = shop.brought_to(State.UNKNOWN, "No answer came.")
        assert 'id="it-was-not"' not in owner.get(f"/outbox/{message_id}").text
        assert owner.get(f"/outbox/{message_id}/again").status_code == 303
        assert owner.post(f"/outbox/{message_id}/resolve", {"arrived": "no", "attempts": "1"}).status_code == 403
        assert shop.outbox.get(message_id).state is State.UNKNOWN

    def test_is_refused_to_their_programs_too(self, office: Office, shop: Correspondence) -> None:
        message_id = shop.queue(not_before=now() + timedelta(days=5))
        key = office.services.api_keys.make(office.owner, "program")
        bearer = {"Authorization": f"Bearer {key}"}
        address = f"{office.url}/api/v1/messages/{message_id}"
        assert httpx.get(address, headers=bearer).json()["may_retry"] is False
        assert httpx.post(f"{address}/retry", headers=bearer, json={"state": "queued"}).status_code == 403
        assert shop.outbox.get(message_id).not_before is not None


class TestAMessageOfADisconnectedAccount:
    def test_is_not_sent_again(self, office: Office, owner: Visitor, shop: Correspondence) -> None:
        office.connect("Closed", office.amazon.account(id="closed", name="Closed", orders=0))
        message_id = shop.brought_to(State.FAILED, account="closed")
        office.services.accounts.disconnect(office.owner, "closed")
        assert 'id="retry"' not in owner.get(f"/outbox/{message_id}").text
        refused = owner.post(f"/outbox/{message_id}/retry", {"state": "failed"})
        assert (refused.status_code, "The account is disconnected" in refused.text) == (409, True)
        assert shop.outbox.get(message_id).state is State.FAILED


class TestAMessage:
    def test_that_was_accepted_says_when_and_under_which_request(self, owner: Visitor, shop: Correspondence) -> None:
        message_id = shop.queue()
        shop.bring(message_id, State.SENT, sent_at=now(), request_id="6875f61f-1d2a")
        words = look(owner, f"/outbox/{message_id}")
        assert re.search(r"The sandbox accepted it at \d+:\d\d:\d\d\W?[AP]M \(request 6875f61f ?\)", words)
        assert "(request 6875f61f-1d2a)" in words

    def test_shows_what_somebody_wrote_as_they_wrote_it(self, owner: Visitor, shop: Correspondence) -> None:
        message_id = shop.queue(type="invoice", text=None, attachments=[("a.pdf", PDF)])
        wild = "<script>alert(1)</script> & \"quoted\" 'so' {{ 7*7 }}"
        with shop.database.write() as connection:
            connection.execute(sa.update(message).values(text=wild))
            connection.execute(sa.update(attachment).values(file_name=f"{wild}.pdf"))
        answer = owner.get(f"/outbox/{message_id}")
        assert wild in Page(answer).text
        assert "<script>alert" not in answer.text + owner.get("/outbox?tab=all").text

    def test_gives_its_files_to_be_saved_and_never_shown(self, owner: Visitor, shop: Correspondence) -> None:
        message_id = shop.queue(type="invoice", text=None, attachments=[("Rechnung für Zoë.pdf", PDF)])
        answer = owner.get(f"/outbox/{message_id}/files/0")
        assert answer.content == PDF
        assert answer.headers["content-type"] == "application/octet-stream"
        assert (
            answer.headers["content-disposition"] == "attachment; filename*=UTF-8''Rechnung%20f%C3%BCr%20Zo%C3%AB.pdf"
        )
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert owner.get(f"/outbox/{message_id}/files/1").status_code == 404

    def test_whose_text_is_no_longer_kept_says_so(self, owner: Visitor, shop: Correspondence) -> None:
        message_id = shop.brought_to(State.REFUSED)
        with shop.database.write() as connection:
            connection.execute(sa.update(message).values(text=None, kept=False))
        words = look(owner, f"/outbox/{message_id}")
        assert "deleted when their retention time was over" in words
        assert "Send again" not in words

    @pytest.mark.parametrize(
        ("state", "said"),
        [
            (State.QUEUED, "It waits for its turn"),
            (State.SENDING, "on its way to Amazon at this moment"),
            (State.SENT, "It was sent:"),
            (State.REFUSED, "It was refused, so nothing was sent. The reason: A reason. Edit it as"),
            (State.UNKNOWN, PHRASE),
            (State.CANCELLED, "taken back before it left"),
            (State.EXPIRED, "Its time was over before it could be sent"),
            (State.FAILED, "It was not sent, and is not tried again by itself. The reason: A reason. Send it again"),
        ],
    )
    def test_says_in_every_state_what_that_means(
        self, owner: Visitor, shop: Correspondence, state: State, said: str
    ) -> None:
        assert said in look(owner, f"/outbox/{shop.brought_to(state, 'A reason.')}")

    def test_tells_its_history_in_sentences(self, owner: Visitor, shop: Correspondence) -> None:
        message_id = shop.queue()
        shop.bring(message_id, State.SENDING)
        shop.bring(message_id, State.QUEUED, "No connection was made.", not_before=now() + timedelta(minutes=5))
        shop.bring(message_id, State.SENDING)
        shop.bring(message_id, State.UNKNOWN, "No answer came.")
        shop.note(message_id, "looked into", "Amazon still offers confirmOrderDetails.")
        shop.outbox.resolve(message_id, arrived=False)
        shop.bring(message_id, State.SENT, sent_at=now())
        words = look(owner, f"/outbox/{message_id}").partition("What happened")[2].partition("Orders")[0]
        assert [each.strip() for each in re.split(r"\d+:\d\d:\d\d\W?[AP]M", words)[1:]] == [
            "Olga Owner queued it.",
            "It left for Amazon.",
            "It could not be sent yet: No connection was made.",
            "It left for Amazon.",
            "No certain answer came back. No answer came.",
            "It was looked into: Amazon still offers “Ask about the order”.",
            "Olga Owner found that it was not sent, and had it sent again.",
            "The sandbox accepted it.",
        ]

    def test_is_part_of_a_page_for_htmx(self, owner: Visitor, shop: Correspondence) -> None:
        answer = owner.get(f"/outbox/{shop.queue()}", **{"HX-Request": "true"})
        assert answer.text.lstrip().startswith("<div")
        assert "<html" not in answer.text


class TestAnUnknownOne:
    def test_tells_what_is_known_and_where_to_look(self, office: Office, owner: Visitor, shop: Correspondence) -> None:
        message_id = shop.queue()
        shop.bring(message_id, State.SENDING)
        shop.bring(message_id, State.UNKNOWN, "No answer came.", request_id="r-17")
        shop.note(message_id, "looked into", "Amazon still offers confirmOrderDetails.")
        answer = owner.get(f"/outbox/{message_id}")
        words = Page(answer).text
        for each in (PHRASE, "createConfirmOrderDetails", "No answer came.", "(request r-17)", "Amazon still offers"):
            assert each in words
        [outside] = [each for each in Page(answer).each("a") if each["href"].startswith("http")]
        assert outside["href"] == f"{office.amazon.url}/inbox"
        assert outside["rel"] == "noopener noreferrer"

    def test_is_sent_where_somebody_found_it_so(self, owner: Visitor, shop: Correspondence) -> None:
        message_id = shop.brought_to(State.UNKNOWN)
        answer = owner.post(f"/outbox/{message_id}/resolve", {"arrived": "yes", **shown(owner, message_id)})
        assert (answer.status_code, answer.headers["location"]) == (303, f"/outbox/{message_id}")
        words = look(owner, f"/outbox/{message_id}")
        assert "Marked as sent." in words
        assert "Olga Owner found that it was sent." in words

    def test_is_sent_again_only_after_a_second_question(self, owner: Visitor, shop: Correspondence) -> None:
        message_id = shop.brought_to(State.UNKNOWN)
        question = f"/outbox/{message_id}/again?attempts=1"
        assert question in LINK.findall(owner.get(f"/outbox/{message_id}").text)
        assert "the buyer gets it twice" in look(owner, question)
        assert shop.outbox.get(message_id).state is State.UNKNOWN
        said = {"arrived": "no", "attempts": Page(owner.get(question)).field("attempts")["value"]}
        owner.post(f"/outbox/{message_id}/resolve", said)
        assert shop.outbox.get(message_id).state is State.QUEUED
        assert owner.get(f"/outbox/{message_id}/again").status_code == 303

    def test_that_somebody_else_decided_about_says_so(self, owner: Visitor, shop: Correspondence) -> None:
        message_id = shop.brought_to(State.UNKNOWN)
        said = {"arrived": "no", **shown(owner, message_id)}
        shop.outbox.resolve(message_id, arrived=True)
        answer = owner.post(f"/outbox/{message_id}/resolve", said)
        assert answer.status_code == 409
        assert "What became of it is known by now" in Page(answer).text
        assert shop.outbox.get(message_id).state is State.SENT

    def test_is_looked_into_anew_where_somebody_else_has_sent_it_once_more(
        self, owner: Visitor, shop: Correspondence
    ) -> None:
        message_id = shop.brought_to(State.UNKNOWN)
        said = {"arrived": "no", **shown(owner, message_id)}
        shop.bring(message_id, State.UNKNOWN, attempts=2)
        answer = owner.post(f"/outbox/{message_id}/resolve", said)
        assert (answer.status_code, "Look again" in Page(answer).text) == (409, True)
        assert shop.outbox.get(message_id).state is State.UNKNOWN

    def test_is_asked_about_once_more_where_the_same_was_sent_anew(self, owner: Visitor, shop: Correspondence) -> None:
        message_id = shop.brought_to(State.UNKNOWN, text="Blue, or green?")
        shop.brought_to(State.SENT, text="Blue, or green?", idempotency_key="anew")
        asked = owner.post(f"/outbox/{message_id}/resolve", {"arrived": "no", **shown(owner, message_id)})
        assert (asked.status_code, shop.outbox.get(message_id).state) == (422, State.UNKNOWN)
        said = {name: Page(asked).field(name)["value"] for name in ("again", "arrived", "attempts")}
        assert owner.post(f"/outbox/{message_id}/resolve", said).headers["location"] == f"/outbox/{message_id}"
        assert shop.outbox.get(message_id).state is State.QUEUED


class TestDeciding:
    def test_cancels_a_queued_message(self, owner: Visitor, shop: Correspondence) -> None:
        message_id = shop.queue()
        owner.get(f"/outbox/{message_id}")
        assert owner.post(f"/outbox/{message_id}/cancel").status_code == 303
        assert "Olga Owner took it back." in look(owner, f"/outbox/{message_id}")

    def test_sends_again_what_was_refused(self, owner: Visitor, shop: Correspondence) -> None:
        message_id = shop.brought_to(State.REFUSED)
        assert owner.post(f"/outbox/{message_id}/retry", shown(owner, message_id)).status_code == 303
        assert shop.outbox.get(message_id).state is State.QUEUED

    def test_sends_nothing_from_a_page_that_shows_it_as_it_no_longer_stands(
        self, owner: Visitor, shop: Correspondence
    ) -> None:
        message_id = shop.queue(not_before=now() + timedelta(days=1))
        said = shown(owner, message_id)
        shop.following.cancel(shop.owner(), message_id)
        answer = owner.post(f"/outbox/{message_id}/retry", said)
        assert (answer.status_code, "does not stand where it did" in Page(answer).text) == (409, True)
        assert owner.post(f"/outbox/{message_id}/retry").status_code == 409
        assert shop.outbox.get(message_id).state is State.CANCELLED

    def test_asks_again_where_the_same_was_queued_anew(self, owner: Visitor, shop: Correspondence) -> None:
        message_id = shop.brought_to(State.CANCELLED, text="Blue, or green?")
        shop.queue(text="Blue, or green?", idempotency_key="anew")
        asked = owner.post(f"/outbox/{message_id}/retry", shown(owner, message_id))
        assert asked.status_code == 422
        assert "The same message stands in the outbox for this order once more" in Page(asked).text
        assert shop.outbox.get(message_id).state is State.CANCELLED
        said = {name: Page(asked).field(name)["value"] for name in ("again", "state")}
        assert owner.post(f"/outbox/{message_id}/retry", said).headers["location"] == f"/outbox/{message_id}"
        assert shop.outbox.get(message_id).state is State.QUEUED

    @pytest.mark.parametrize("decision", ["cancel", "retry", "undo"])
    def test_says_that_it_is_too_late_beside_what_became_of_it(
        self, owner: Visitor, shop: Correspondence, decision: str
    ) -> None:
        message_id = shop.queue()
        said = shown(owner, message_id)
        shop.bring(message_id, State.SENT, sent_at=now())
        answer = owner.post(f"/outbox/{message_id}/{decision}", said)
        assert answer.status_code == 409
        assert "The sandbox accepted it" in Page(answer).text
        assert [each for each in Page(answer).each("p") if each.get("role") == "alert"]

    def test_undoes_what_has_not_left_and_goes_back_to_the_draft(
        self, office: Office, owner: Visitor, shop: Correspondence
    ) -> None:
        message_id = shop.queue(text="May we?", not_before=now() + timedelta(seconds=25))
        words = look(owner, f"/outbox/{message_id}")
        assert re.search(r"Sending in \d+ s", words)
        assert "Undo" in words
        answer = owner.post(f"/outbox/{message_id}/undo")
        assert (answer.status_code, answer.headers["location"]) == (303, f"/orders/shop/{ORDER}")
        account = office.services.accounts.of(office.owner, "shop")
        draft = office.services.drafts.open(office.owner, account, ORDER)
        assert draft is not None
        assert draft.text == "May we?"
        assert shop.outbox.get(message_id).state is State.CANCELLED
        office.services.drafts.discard(office.owner, draft.id, draft.version)

    def test_does_not_undo_what_a_colleague_sends(self, office: Office, shop: Correspondence) -> None:
        message_id = shop.queue(not_before=now() + timedelta(seconds=25))
        agent = office.agent()
        words = look(agent, f"/outbox/{message_id}")
        assert "Undo" not in words
        assert agent.post(f"/outbox/{message_id}/undo").status_code == 403
        assert shop.outbox.get(message_id).state is State.QUEUED

    def test_needs_the_token_of_the_page(self, owner: Visitor, shop: Correspondence) -> None:
        message_id = shop.queue()
        assert owner.post(f"/outbox/{message_id}/cancel", token="").status_code == 403
        assert shop.outbox.get(message_id).state is State.QUEUED
