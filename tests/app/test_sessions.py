"""Sessions: what a browser's cookie stands for, and for how long."""

from contextlib import closing
from datetime import timedelta

import pytest
import sqlalchemy as sa

from buyerline.app.schema import session
from buyerline.app.sessions import IDLE, LONGEST, Sessions, browser_of
from buyerline.outbox.database import Database
from tests.app.folk import FIREFOX, Folk, folk_in

BIT = timedelta(minutes=2)


class TestASession:
    def test_knows_its_person_until_it_is_ended(self, folk: Folk) -> None:
        cookie = folk.sessions.begin(folk.owner.person_id, FIREFOX)
        assert folk.sessions.find(cookie) == folk.owner
        folk.sessions.end(cookie)
        assert folk.sessions.find(cookie) is None
        folk.sessions.end(cookie)

    def test_is_none_for_a_cookie_that_was_never_given(self, plain_folk: Folk) -> None:
        plain_folk.sessions.begin(plain_folk.owner.person_id, FIREFOX)
        for cookie in ("", "x", "é", "a" * 10_000):
            assert plain_folk.sessions.find(cookie) is None

    def test_ends_when_it_is_not_used(self, plain_folk: Folk) -> None:
        cookie = plain_folk.sessions.begin(plain_folk.owner.person_id, FIREFOX)
        plain_folk.later(IDLE)
        assert plain_folk.sessions.find(cookie) is None

    def test_goes_on_while_it_is_used_and_ends_at_last(self, plain_folk: Folk) -> None:
        cookie = plain_folk.sessions.begin(plain_folk.owner.person_id, FIREFOX)
        for _ in range(LONGEST // (IDLE - BIT)):
            plain_folk.later(IDLE - BIT)
            assert plain_folk.sessions.find(cookie) == plain_folk.owner
        plain_folk.later(LONGEST % (IDLE - BIT))
        assert plain_folk.sessions.find(cookie) is None

    def test_writes_down_that_it_is_used_at_most_once_a_minute(self, plain_folk: Folk) -> None:
        cookie = plain_folk.sessions.begin(plain_folk.owner.person_id, FIREFOX)
        [begun] = plain_folk.sessions.list(plain_folk.owner.person_id)
        plain_folk.sessions.find(cookie)
        assert plain_folk.sessions.list(plain_folk.owner.person_id) == [begun]
        plain_folk.later(timedelta(minutes=1, seconds=1))
        [older] = plain_folk.sessions.list(plain_folk.owner.person_id)
        plain_folk.sessions.find(cookie)
        [used] = plain_folk.sessions.list(plain_folk.owner.person_id)
        assert older.began_at == used.began_at
        assert older.seen_at < used.seen_at

    def test_is_not_used_by_a_page_that_asks_for_news_by_itself(self, folk: Folk) -> None:
        cookie = folk.sessions.begin(folk.owner.person_id, FIREFOX)
        folk.later(IDLE - BIT)
        assert folk.sessions.find(cookie, touch=False) == folk.owner
        folk.later(BIT)
        assert folk.sessions.find(cookie, touch=False) is None

    def test_is_found_while_somebody_else_keeps_the_database_locked(self, sqlite_url: str) -> None:
        database = Database.open(sqlite_url, busy_timeout=0.05)
        with folk_in(sqlite_url) as folk, closing(database):
            cookie = folk.sessions.begin(folk.owner.person_id, FIREFOX)
            folk.later(BIT)
            with folk.database.write():
                assert Sessions(database).find(cookie) == folk.owner

    def test_cannot_be_taken_over_from_the_database(self, plain_folk: Folk) -> None:
        cookie = plain_folk.sessions.begin(plain_folk.owner.person_id, FIREFOX)
        with plain_folk.database.read() as connection:
            [line] = connection.execute(sa.select(session)).all()
        assert cookie not in repr(line)
        assert plain_folk.sessions.find(line.digest) is None

    def test_that_is_over_is_swept_out_at_the_next_sign_in(self, plain_folk: Folk) -> None:
        plain_folk.sessions.begin(plain_folk.owner.person_id, FIREFOX)
        plain_folk.later(IDLE)
        plain_folk.sessions.begin(plain_folk.owner.person_id, FIREFOX)
        with plain_folk.database.read() as connection:
            assert len(connection.execute(sa.select(session)).all()) == 1


class TestAPersonsSessions:
    def test_are_listed_with_the_one_that_asks_marked(self, plain_folk: Folk) -> None:
        other = plain_folk.sessions.begin(plain_folk.owner.person_id, "curl/8")
        plain_folk.later(BIT)
        this = plain_folk.sessions.begin(plain_folk.owner.person_id, FIREFOX)
        plain_folk.sessions.begin(plain_folk.join("Ann").id, FIREFOX)
        listed = plain_folk.sessions.list(plain_folk.owner.person_id, this)
        assert [(each.browser, each.this) for each in listed] == [("Firefox, Windows", True), ("", False)]
        assert all(each.id not in (this, other) for each in listed)

    def test_end_one_by_one(self, plain_folk: Folk) -> None:
        cookies = [plain_folk.sessions.begin(plain_folk.owner.person_id, FIREFOX) for _ in range(2)]
        [ended] = [each for each in plain_folk.sessions.list(plain_folk.owner.person_id, cookies[0]) if each.this]
        plain_folk.sessions.end_one(plain_folk.owner.person_id, ended.id)
        assert [plain_folk.sessions.find(cookie) is None for cookie in cookies] == [True, False]

    def test_end_all_together_or_all_but_one(self, plain_folk: Folk) -> None:
        cookies = [plain_folk.sessions.begin(plain_folk.owner.person_id, FIREFOX) for _ in range(3)]
        plain_folk.sessions.end_all(plain_folk.owner.person_id, except_cookie=cookies[1])
        assert [plain_folk.sessions.find(cookie) is None for cookie in cookies] == [True, False, True]
        plain_folk.sessions.end_all(plain_folk.owner.person_id)
        assert plain_folk.sessions.find(cookies[1]) is None

    def test_are_not_for_others_to_end(self, plain_folk: Folk) -> None:
        cookie = plain_folk.sessions.begin(plain_folk.owner.person_id, FIREFOX)
        [olgas] = plain_folk.sessions.list(plain_folk.owner.person_id)
        ann = plain_folk.join("Ann")
        plain_folk.sessions.end_one(ann.id, olgas.id)
        plain_folk.sessions.end_all(ann.id)
        assert plain_folk.sessions.find(cookie)


@pytest.mark.parametrize(
    ("user_agent", "told"),
    [
        (FIREFOX, "Firefox, Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36", "Chrome, Linux"),
        ("Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/140.0.0.0 Safari/537.36", "Chrome, Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0", "Edge, Windows"),
        ("Mozilla/5.0 (Linux; Android 10; K) Chrome/140.0.0.0 Mobile Safari/537.36", "Chrome, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) Version/26.0 Mobile Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/26.0 Safari/605.1.15", "Safari, macOS"),
        ("<script>", ""),
        ("", ""),
    ],
)
def test_a_browser_is_told_in_a_few_words(user_agent: str, told: str) -> None:
    assert browser_of(user_agent) == told
