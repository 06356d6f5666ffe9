"""The audit: who did what, for owners to read."""

from datetime import UTC, datetime

import pytest

from buyerline.app.audit import SAID, Audit, AuditFilters, AuditPage, What
from buyerline.app.errors import NotAllowed
from tests.app.folk import Folk


def abouts(page: AuditPage) -> list[str | None]:
    return [entry.about for entry in page.entries]


class TestTheAudit:
    def test_tells_who_did_what_to_what_and_when(self, plain_folk: Folk) -> None:
        shop = plain_folk.account("shop")
        before = datetime.now(UTC)
        plain_folk.audit.note(
            plain_folk.owner, What.MESSAGE_SENT, account_id=shop, about="902-1", note="confirmOrderDetails"
        )
        entry = plain_folk.audit.list(plain_folk.owner).entries[0]
        assert (entry.who, entry.person_id, entry.what) == (
            plain_folk.owner.email,
            plain_folk.owner.person_id,
            What.MESSAGE_SENT,
        )
        assert (entry.account_id, entry.about, entry.note) == (shop, "902-1", "confirmOrderDetails")
        assert str(entry.said) == "Queued a message"
        assert abs((entry.at - before).total_seconds()) < 60

    def test_keeps_the_email_that_a_person_had_then(self, plain_folk: Folk) -> None:
        assert plain_folk.done() == [(What.OWNER_MADE, plain_folk.owner.email, None)]

    def test_is_kept_or_undone_with_what_was_done(self, plain_folk: Folk) -> None:
        def fail() -> None:
            with plain_folk.database.write() as connection:
                plain_folk.audit.note(plain_folk.owner, What.ACCOUNT_CONNECTED, connection=connection)
                raise RuntimeError

        with pytest.raises(RuntimeError):
            fail()
        assert plain_folk.done(What.ACCOUNT_CONNECTED) == []

    def test_is_read_page_by_page_newest_first(self, plain_folk: Folk) -> None:
        for number in range(5):
            plain_folk.audit.note(plain_folk.owner, What.MESSAGE_SENT, about=f"order {number}")
        only = AuditFilters(what=What.MESSAGE_SENT)
        first = plain_folk.audit.list(plain_folk.owner, limit=2, filters=only)
        plain_folk.audit.note(plain_folk.owner, What.MESSAGE_SENT, about="one more meanwhile")
        second = plain_folk.audit.list(plain_folk.owner, before=first.before, limit=2, filters=only)
        third = plain_folk.audit.list(plain_folk.owner, before=second.before, limit=2, filters=only)
        assert [abouts(page) for page in (first, second, third)] == [
            ["order 4", "order 3"],
            ["order 2", "order 1"],
            ["order 0"],
        ]
        assert third.before is None

    def test_ends_with_a_page_that_is_just_full(self, plain_folk: Folk) -> None:
        for _ in range(2):
            plain_folk.audit.note(plain_folk.owner, What.MESSAGE_SENT)
        assert plain_folk.audit.list(plain_folk.owner, limit=3).before is None

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

    def test_is_not_for_agents(self, plain_folk: Folk) -> None:
        with pytest.raises(NotAllowed):
            plain_folk.audit.list(plain_folk.join("Ann").viewer())

    def test_cuts_what_is_too_long_rather_than_losing_the_line(self, plain_folk: Folk) -> None:
        Audit(plain_folk.database).note(None, What.SIGN_IN_FAILED, about="x" * 1000, note="y" * 1000)
        entry = plain_folk.audit.list(plain_folk.owner).entries[0]
        assert (len(entry.about or ""), len(entry.note or "")) == (254, 500)

    def test_has_words_for_everything_that_is_written_down(self) -> None:
        assert set(SAID) == set(What)
