"""Messages for which no second person comes are given back, never deleted while they wait."""

from datetime import timedelta

import sqlalchemy as sa

from buyerline.app import draft_rows
from buyerline.app.audit import APP, AuditFilters, What
from buyerline.app.giving_back import give_back_overdue
from buyerline.app.schema import draft as drafts
from buyerline.outbox.clock import now
from buyerline.outbox.retention import Retention
from tests.app.office import Office
from tests.app.writing import TEXT, Room, seller_of

KEPT = Retention().time
BIT = timedelta(minutes=1)


def tidy_up(room: Room) -> None:
    """What is done every now and then."""
    with room.database.write() as connection:
        give_back_overdue(connection, room.desk.audit, Retention())
        draft_rows.forget_old(connection, Retention())


def given_back(room: Room) -> list[tuple[str, str | None]]:
    """What the audit says of messages of the account that were given back: by whom, and of which order."""
    filters = AuditFilters(account_id=room.account.id, what=What.GIVEN_BACK)
    return [(entry.who, entry.about) for entry in room.desk.audit.list(room.olga, filters=filters).entries]


def test_what_waits_longer_than_texts_are_kept_goes_back_to_its_writer(room: Room) -> None:
    asked = room.ask(room.ann, room.attached(room.ann)).draft
    room.later(KEPT + BIT, "draft", "asked_at", "saved_at")
    tidy_up(room)
    found = room.drafts.get(room.ann, asked.id)
    assert (found.waits, found.text, len(found.files)) == (False, TEXT, 1)
    assert "Nobody decided about it" in (found.returned or "")
    assert given_back(room) == [(APP, room.order.order_id)]
    assert room.approving.waiting(room.ben) == []


def test_it_is_a_draft_like_all_others_from_then_on(room: Room) -> None:
    room.ask(room.ann, room.write(room.ann))
    room.later(KEPT + BIT, "draft", "asked_at", "saved_at")
    tidy_up(room)
    room.later(KEPT - BIT, "draft", "saved_at")
    tidy_up(room)
    assert room.drafts.open(room.ann, room.account, room.order.order_id) is not None
    room.later(2 * BIT, "draft", "saved_at")
    tidy_up(room)
    assert room.drafts.open(room.ann, room.account, room.order.order_id) is None


def test_what_has_not_waited_that_long_goes_on_waiting(room: Room) -> None:
    asked = room.ask(room.ann, room.write(room.ann)).draft
    room.later(KEPT - BIT, "draft", "asked_at", "saved_at")
    tidy_up(room)
    assert [each.draft.id for each in room.approving.waiting(room.ben)] == [asked.id]


def test_what_is_to_leave_at_a_time_to_come_goes_on_waiting_until_then(room: Room) -> None:
    asked = room.ask(room.ann, room.write(room.ann), at=now() + timedelta(hours=1)).draft
    room.later(KEPT + BIT, "draft", "asked_at", "saved_at")
    tidy_up(room)
    assert [each.draft.id for each in room.approving.waiting(room.ben)] == [asked.id]
    room.later(timedelta(hours=1), "draft", "send_at")
    tidy_up(room)
    assert not room.drafts.get(room.ann, asked.id).waits


class TestDisconnectingAnAccount:
    def test_gives_back_what_waits_in_it(self, room: Room) -> None:
        asked = room.ask(room.ann, room.attached(room.ann)).draft
        room.desk.accounts.disconnect(room.olga, room.account.name)
        assert room.approving.waiting(room.ben) == []
        assert given_back(room) == [(room.olga.email, room.order.order_id)]
        found = room.drafts.get(room.ann, asked.id)
        assert (found.text, found.returned) == (
            TEXT,
            "The account was disconnected before anybody had decided about it.",
        )

    def test_leaves_what_waits_elsewhere(self, room: Room) -> None:
        elsewhere = Room(room.desk, seller_of(room.desk))
        asked = elsewhere.ask(elsewhere.ann, elsewhere.write(elsewhere.ann)).draft
        room.desk.accounts.disconnect(room.olga, room.account.name)
        assert [each.draft for each in elsewhere.approving.waiting(elsewhere.ben)] == [asked]

    def test_gives_back_later_what_began_to_wait_at_that_moment(self, room: Room) -> None:
        written = room.write(room.ann)
        room.desk.accounts.disconnect(room.olga, room.account.name)
        with room.database.write() as connection:  # which the checks had let pass before
            draft_rows.change(connection, written, asked_at=now())
        room.desk.accounts.forget()
        assert not room.drafts.get(room.ann, written.id).waits
        assert given_back(room) == [(APP, room.order.order_id)]

    def test_deletes_its_drafts_when_their_retention_time_is_over(self, room: Room) -> None:
        room.ask(room.ann, room.write(room.ann))
        room.write(room.ben)
        room.desk.accounts.disconnect(room.olga, room.account.name)
        room.later(KEPT + BIT, "draft", "saved_at")
        tidy_up(room)
        assert room.count(drafts, drafts.c.account_id == room.account.id) == 0


def test_the_app_does_so_by_itself(office: Office) -> None:
    writer, shop = office.agents_view(), office.services.accounts.of(office.owner, "shop")
    old = now() - KEPT - BIT
    row = {"id": "old", "person_id": writer.person_id, "account_id": shop.id, "order_id": office.amazon.guide_order}
    row |= {"version": 1, "worded": 1, "saved_at": old, "asked_at": old}
    with office.services.database.write() as connection:
        connection.execute(sa.insert(drafts).values(row))
    office.services.forget()
    assert office.services.drafts.get(writer, "old").returned
