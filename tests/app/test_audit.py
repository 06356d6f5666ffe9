"""The audit: who did what, for owners to read."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from buyerline.app.audit import SAID, Audit, AuditFilters, AuditPage, What
from buyerline.app.errors import NotAllowed
from tests.app.folk import Folk, folk_in


@pytest.fixture
def folk(database_url: str) -> Iterator[Folk]:
    with folk_in(database_url) as made:
        yield made


@pytest.fixture
def plain(sqlite_url: str) -> Iterator[Folk]:
    with folk_in(sqlite_url) as made:
        yield made


def abouts(page: AuditPage) -> list[str | None]:
    return [entry.about for entry in page.entries]


class TestTheAudit:
    def test_tells_who_did_what_to_what_and_when(self, plain: Folk) -> None:
        shop = plain.account("shop")
        before = datetime.now(UTC)
        plain.audit.note(plain.owner, What.MESSAGE_SENT, account_id=shop, about="902-1", note="confirmOrderDetails")
        entry = plain.audit.list(plain.owner).entries[0]
        assert (entry.who, entry.person_id, entry.what) == (plain.owner.email, plain.owner.person_id, What.MESSAGE_SENT)
        assert (entry.account_id, entry.about, entry.note) == (shop, "902-1", "confirmOrderDetails")
        assert str(entry.said) == "Sent a message"
        assert abs((entry.at - before).total_seconds()) < 60

    def test_keeps_the_email_that_a_person_had_then(self, plain: Folk) -> None:
        assert plain.done() == [(What.OWNER_MADE, plain.owner.email, None)]

    def test_is_kept_or_undone_with_what_was_done(self, plain: Folk) -> None:
        def fail() -> None:
            with plain.database.write() as connection:
                plain.audit.note(plain.owner, What.ACCOUNT_CONNECTED, connection=connection)
                raise RuntimeError

        with pytest.raises(RuntimeError):
            fail()
        assert plain.done(What.ACCOUNT_CONNECTED) == []

    def test_is_read_page_by_page_newest_first(self, plain: Folk) -> None:
        for number in range(5):
            plain.audit.note(plain.owner, What.MESSAGE_SENT, about=f"order {number}")
        only = AuditFilters(what=What.MESSAGE_SENT)
        first = plain.audit.list(plain.owner, limit=2, filters=only)
        plain.audit.note(plain.owner, What.MESSAGE_SENT, about="one more meanwhile")
        second = plain.audit.list(plain.owner, before=first.before, limit=2, filters=only)
        third = plain.audit.list(plain.owner, before=second.before, limit=2, filters=only)
        assert [abouts(page) for page in (first, second, third)] == [
            ["order 4", "order 3"],
            ["order 2", "order 1"],
            ["order 0"],
        ]
        assert third.before is None

    def test_ends_with_a_page_that_is_just_full(self, plain: Folk) -> None:
        for _ in range(2):
            plain.audit.note(plain.owner, What.MESSAGE_SENT)
        assert plain.audit.list(plain.owner, limit=3).before is None

    def test_is_filtered_by_person_account_and_what(self, folk: Folk) -> None:
        shop, stall, ann = folk.account("shop"), folk.account("stall"), folk.join("Ann")
        folk.audit.note(folk.owner, What.MESSAGE_SENT, account_id=shop, about="1")
        folk.audit.note(ann.viewer(), What.MESSAGE_SENT, account_id=shop, about="2")
        folk.audit.note(ann.viewer(), What.MESSAGE_CANCELLED, account_id=shop, about="3")
        folk.audit.note(ann.viewer(), What.MESSAGE_SENT, account_id=stall, about="4")

        def wanted(**filters: object) -> list[str | None]:
            return abouts(folk.audit.list(folk.owner, filters=AuditFilters(**filters)))  # type: ignore[arg-type]  # as given

        assert wanted(account_id=shop) == ["3", "2", "1"]
        assert wanted(what=What.MESSAGE_SENT) == ["4", "2", "1"]
        assert wanted(person_id=ann.id, what=What.MESSAGE_SENT, account_id=shop) == ["2"]

    def test_is_not_for_agents(self, plain: Folk) -> None:
        with pytest.raises(NotAllowed):
            plain.audit.list(plain.join("Ann").viewer())

    def test_cuts_what_is_too_long_rather_than_losing_the_line(self, plain: Folk) -> None:
        Audit(plain.database).note(None, What.SIGN_IN_FAILED, about="x" * 1000, note="y" * 1000)
        entry = plain.audit.list(plain.owner).entries[0]
        assert (len(entry.about or ""), len(entry.note or "")) == (254, 500)

    def test_has_words_for_everything_that_is_written_down(self) -> None:
        assert set(SAID) == set(What)
