"""News of messages, as a page gets them."""

import asyncio
from datetime import datetime, timedelta

import httpx
import pytest
import sqlalchemy as sa

from buyerline.app.schema import session
from buyerline.outbox import State
from buyerline.outbox.clock import now
from tests.app.correspondence import Correspondence
from tests.app.html import Page
from tests.app.lasting_office import lasting_office, somebody
from tests.app.office import OWNER, PASSWORD, Office, Visitor
from tests.app.outbox.pages import look
from tests.outbox.samples import ORDER
from tests.outbox.serving import until

PHRASE = "Nobody knows whether Amazon took this message."


def last_used(office: Office, person_id: int) -> datetime:
    """When somebody's only session was last used."""
    [found] = office.services.sessions.list(person_id)
    return found.seen_at


def unused_for_a_while(office: Office, person_id: int) -> datetime:
    """Let nobody have used somebody's session for ten minutes; since when."""
    since = (now() - timedelta(minutes=10)).replace(microsecond=0)
    with office.services.database.write() as connection:
        connection.execute(sa.update(session).where(session.c.person_id == person_id).values(seen_at=since))
    return since


class TestNews:
    def test_of_a_list_are_the_rows_that_changed_where_they_stand(self, owner: Visitor, shop: Correspondence) -> None:
        first, second = shop.queue(), shop.queue()
        shop.bring(first, State.SENT, sent_at=now())
        answer = owner.get(f"/outbox/news?tab=queued&ids={first}&newest={second}&count=1")
        page = Page(answer)
        assert [each["id"] for each in page.each("li")] == [f"message-{first}"]
        assert all(each["hx-swap-oob"] == "true" for each in page.each("li") + page.each("nav") + page.each("p"))
        assert "Queued 1 Sent 1" in page.text
        assert "show" not in page.text

    def test_of_a_list_say_that_there_is_more_and_do_not_put_it_there(
        self, owner: Visitor, shop: Correspondence
    ) -> None:
        shown = shop.queue()
        shop.queue()
        assert "1 new message: show" in Page(owner.get(f"/outbox/news?tab=all&newest={shown}&count=1")).text
        assert "The list has changed: show" in Page(owner.get("/outbox/news?tab=sent&count=1")).text

    def test_of_an_order_are_its_timeline(self, owner: Visitor, shop: Correspondence) -> None:
        shop.brought_to(State.UNKNOWN)
        answer = owner.get(f"/outbox/timeline/shop/{ORDER}")
        [section] = Page(answer).each("section")
        assert section["data-live"] == f"order:shop/{ORDER}"
        assert "Messages for this order" in Page(answer).text
        assert PHRASE in Page(answer).text
        assert "Nothing was sent from here for this order yet." in look(
            owner, "/outbox/timeline/shop/902-0000000-0000000"
        )

    def test_come_while_a_page_is_open(self, owner: Visitor, shop: Correspondence) -> None:
        shop.queue()
        [part] = [each for each in Page(owner.get("/outbox?tab=all")).each("div") if "data-live" in each]
        with owner.http.stream("GET", f"/outbox/live?since={part['data-live-since']}") as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            assert stream.headers["cache-control"] == "no-store"
            lines = stream.iter_lines()
            assert next(lines) == ": here"
            message_id = shop.queue()
            told = next(line for line in lines if line.startswith("data:"))
            assert message_id in told
            assert f"shop/{ORDER}" in told

    def test_cost_nothing_once_the_page_is_closed(self, office: Office, owner: Visitor) -> None:
        live = office.services.live
        with owner.http.stream("GET", "/outbox/live") as stream:
            lines = stream.iter_lines()
            assert next(lines) == ": here"
            asyncio.run(until(lambda: live.listening == 1, "only they are told"))
        asyncio.run(until(lambda: live.listening == 0, "nobody is told any more"))

    def test_end_with_the_rights_of_who_reads(self, office: Office, shop: Correspondence) -> None:
        email, number = somebody(office)
        live = office.services.live
        with pytest.MonkeyPatch.context() as patch, office.visitor(email, PASSWORD) as visitor:
            patch.setattr(live, "_heartbeat", 0.05)
            patch.setattr(live, "_rights_hold", 0.0)
            with visitor.http.stream("GET", "/outbox/live") as stream:
                lines = stream.iter_lines()
                assert next(lines) == ": here"
                office.services.people.shut_out(office.owner, number)
                for _ in lines:
                    pass  # until the stream ends

    def test_do_not_keep_somebody_signed_in_who_has_gone(self, office: Office, shop: Correspondence) -> None:
        email, number = somebody(office)
        live = office.services.live
        with pytest.MonkeyPatch.context() as patch, office.visitor(email, PASSWORD) as visitor:
            patch.setattr(live, "_heartbeat", 0.05)
            patch.setattr(live, "_rights_hold", 0.0)
            before = unused_for_a_while(office, number)
            with visitor.http.stream("GET", "/outbox/live", headers={"Accept": "text/event-stream"}) as stream:
                beats = (line for line in stream.iter_lines() if line == ": still here")
                assert [next(beats), next(beats)] == [": still here"] * 2
            for path in ("/outbox/news?tab=all", "/orders/news", "/orders/sync"):
                assert visitor.get(path, **{"HX-Request": "true"}).status_code == 200
            assert last_used(office, number) == before

    def test_leave_it_to_pages_and_changes_to_do_so(self, office: Office, shop: Correspondence) -> None:
        email, number = somebody(office)
        with office.visitor(email, PASSWORD) as visitor:
            before = unused_for_a_while(office, number)
            assert visitor.get("/outbox").status_code == 200
            assert last_used(office, number) > before
            before = unused_for_a_while(office, number)
            assert visitor.post("/orders/sync", htmx=True).status_code == 200
            assert last_used(office, number) > before

    def test_go_on_after_a_break_where_they_ended(self, owner: Visitor, shop: Correspondence) -> None:
        position = shop.following.position()
        message_id = shop.queue()
        with owner.http.stream("GET", "/outbox/live?since=0", headers={"Last-Event-ID": str(position)}) as stream:
            told = next(line for line in stream.iter_lines() if line.startswith("data:"))
        assert told == f'data: {{"ids":["{message_id}"],"orders":["shop/{ORDER}"],"all":false}}'

    @pytest.mark.parametrize("position", ["-1", "x", "9" * 40, "%D9%A1"])
    def test_begin_anew_after_a_position_that_never_was(self, owner: Visitor, position: str) -> None:
        with owner.http.stream("GET", f"/outbox/live?since={position}") as stream:
            assert next(stream.iter_lines()) == ": here"

    def test_end_when_the_server_does(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        with lasting_office(tmp_path_factory.mktemp("ending")) as closing:
            visitor = Visitor(closing.url).sign_in(OWNER)
            reading = visitor.http.stream("GET", "/outbox/live")
            lines = reading.__enter__().iter_lines()
            assert next(lines) == ": here"
        with visitor, pytest.raises(httpx.HTTPError):
            list(lines)
