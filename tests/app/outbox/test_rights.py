"""Who may see messages, and decide about them."""

from buyerline.outbox import State
from tests.app.correspondence import Correspondence
from tests.app.html import Page
from tests.app.lasting_office import stranger
from tests.app.office import Office, Visitor
from tests.app.outbox.pages import rows
from tests.app.samples import PDF
from tests.outbox.samples import ORDER


class TestWhoMaySeeIt:
    PATHS = ("", "/again", "/files/0")
    DECISIONS = ("cancel", "retry", "resolve", "undo")

    def test_is_nobody_who_is_not_signed_in(self, office: Office, shop: Correspondence) -> None:
        message_id = shop.queue()
        visitor = stranger(office)
        for path in ("/outbox", "/outbox.csv", "/outbox/live", "/outbox/news", f"/outbox/{message_id}"):
            assert visitor.get(path).headers["location"].startswith("/sign-in")
        for decision in self.DECISIONS:
            assert visitor.post(f"/outbox/{message_id}/{decision}").headers["location"].startswith("/sign-in")
        assert shop.outbox.get(message_id).state is State.QUEUED

    def test_is_nobody_of_another_account(self, elsewhere: Visitor, shop: Correspondence) -> None:
        """The answers are those for a message that does not exist."""
        message_id = shop.brought_to(State.UNKNOWN, type="invoice", text=None, attachments=[("a.pdf", PDF)])

        def answers(asked: str) -> list[tuple[int, str]]:
            found = [elsewhere.get(f"/outbox/{asked}{path}") for path in self.PATHS]
            found += [elsewhere.post(f"/outbox/{asked}/{each}", {"arrived": "yes"}) for each in self.DECISIONS]
            return [(each.status_code, Page(each).text) for each in found]

        theirs, none = answers(message_id), answers("0" * 16)
        assert theirs == none
        assert {status for status, _ in theirs} == {404}
        assert shop.outbox.get(message_id).state is State.UNKNOWN

    def test_finds_nothing_of_other_accounts_in_lists(self, elsewhere: Visitor, shop: Correspondence) -> None:
        message_id = shop.queue()
        assert rows(elsewhere, "/outbox?tab=all") == []
        assert message_id not in elsewhere.get("/outbox.csv?tab=all").text
        assert message_id not in elsewhere.get(f"/outbox/news?tab=all&ids={message_id}").text
        for path in ("/outbox?account=shop", "/outbox.csv?account=shop", f"/outbox/timeline/shop/{ORDER}"):
            assert elsewhere.get(path).status_code == 404

    def test_finds_pages_that_no_browser_keeps(self, owner: Visitor, shop: Correspondence) -> None:
        message_id = shop.queue()
        for path in (
            "/outbox",
            f"/outbox/{message_id}",
            "/outbox.csv",
            "/outbox/news",
            f"/outbox/timeline/shop/{ORDER}",
        ):
            assert owner.get(path).headers["cache-control"] == "no-store"
