"""A person's own drafts: found again, counted, and marked beside their orders; nobody else's, and nothing empty."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from buyerline.app.own_drafts import OwnDraft, OwnDrafts
from buyerline.app.schema import connected, draft
from buyerline.app.viewer import Viewer
from buyerline.outbox.clock import now
from tests.app.desk import Desk
from tests.app.writing import TEXT, Room, seller_of


def own(room: Room) -> OwnDrafts:
    return OwnDrafts(room.database, room.desk.accounts.endpoint)


def listed(room: Room, who: Viewer) -> list[OwnDraft]:
    """Somebody's drafts, which are as many as are counted."""
    found = own(room).page(who).drafts
    assert own(room).count(who) == len(found)
    return list(found)


def write_of(room: Room, number: int, who: Viewer) -> str:
    """Somebody's draft for another order of the account; the order."""
    order = room.placed(f"903-{number:07}-{room.account.id:07}")
    room.drafts.save(who, room.account, order.order_id, text=f"Letter {number}")
    return order.order_id


def test_each_tells_what_it_is_about_and_for_which_order(room: Room) -> None:
    written = room.write(room.ann, text="The blue cup\n\nis out of stock.")
    [found] = listed(room, room.ann)
    assert found.draft == written
    assert (found.account.id, found.account.title, found.account.connected) == (room.account.id, "Cups & Co", True)
    offered = room.offers.known(room.account, room.order).actions.find(written.type or "")
    assert offered is not None
    assert (found.offered_as, found.beginning) == (offered.title, "The blue cup is out of stock.")


def test_one_for_which_nothing_is_chosen_has_no_title(room: Room) -> None:
    room.write(room.ann, type=None)
    [found] = listed(room, room.ann)
    assert (found.draft.type, found.offered_as) == (None, "")


def test_they_are_their_writers_alone(room: Room) -> None:
    room.write(room.ann)
    assert [listed(room, who) for who in (room.ben, room.olga, room.dora)] == [[], [], []]


def test_one_in_which_nothing_is_left_is_none(room: Room) -> None:
    draft = room.attach(room.ann, "a.pdf")
    assert len(listed(room, room.ann)) == 1
    room.drafts.remove_file(room.ann, draft.id, draft.files[0].id)
    assert listed(room, room.ann) == []
    room.write(room.ann, text="")
    assert len(listed(room, room.ann)) == 1, "a type was chosen"


def test_those_of_accounts_that_they_may_no_longer_see_are_none(room: Room) -> None:
    room.write(room.ann)
    assert listed(room, replace(room.ann, accounts=frozenset())) == []


def test_those_of_a_disconnected_account_are_none_until_it_is_connected_again(room: Room) -> None:
    room.write(room.ann)
    this = sa.update(connected).where(connected.c.account_id == room.account.id)
    for since, found in ((now(), 0), (None, 1)):
        with room.database.write() as connection:
            connection.execute(this.values(disconnected_at=since))
        assert len(listed(room, room.ann)) == found


def test_one_that_waits_for_a_second_person_is_none_until_it_is_given_back(room: Room) -> None:
    waiting = room.ask(room.olga, room.write(room.olga)).draft
    assert listed(room, room.olga) == []
    room.give_back(room.ben, waiting, "Name the colours.")
    [found] = listed(room, room.olga)
    assert "Name the colours." in str(found.draft.returned)


def test_those_of_another_endpoint_are_none(room: Room) -> None:
    """A sandbox's are in the same database as Amazon's, and never in the same list."""
    room.write(room.ann)
    elsewhere = OwnDrafts(room.database, "https://elsewhere.example")
    assert (elsewhere.page(room.ann).drafts, elsewhere.count(room.ann)) == ((), 0)


def test_they_come_page_by_page_those_saved_last_first(room: Room) -> None:
    orders = [write_of(room, number, room.ann) for number in range(7)]
    with room.database.write() as connection:  # several at the same moment, as a slow clock has it
        connection.execute(sa.update(draft).where(draft.c.order_id.in_(orders[:4])).values(saved_at=now()))
    room.later(timedelta(hours=1), "draft", "saved_at")
    orders.append(write_of(room, 7, room.ann))
    whole = [each.draft for each in own(room).page(room.ann).drafts]
    assert [each.saved_at for each in whole] == sorted((each.saved_at for each in whole), reverse=True)
    assert whole[0].order_id == orders[-1]
    page = own(room).page(room.ann, limit=3)
    found = [*page.drafts]
    while page.next:
        page = own(room).page(room.ann, page.next, limit=3)
        found += page.drafts
    assert [each.draft for each in found] == whole


@pytest.mark.parametrize("before", ["", "yesterday", "1-", "-a", "1-A'", "9" * 30 + "-a"])
def test_a_cursor_that_is_none_begins_with_the_first_page(room: Room, before: str) -> None:
    room.write(room.ann)
    assert len(own(room).page(room.ann, before).drafts) == 1


def test_a_cursor_beyond_every_calendar_finds_what_is_before_it(room: Room) -> None:
    room.write(room.ann)
    assert len(own(room).page(room.ann, "9" * 15 + "-a").drafts) == 1


def test_the_orders_that_somebody_writes_for_are_known_among_others(room: Room, lasting_desk: Desk) -> None:
    room.write(room.ann, text=TEXT)
    this, other = (room.account.id, room.order.order_id), (room.account.id, "903-0000000-0000000")
    elsewhere = (seller_of(lasting_desk).id, room.order.order_id)
    assert own(room).of_orders(room.ann, [this, other, elsewhere]) == {this}
    assert own(room).of_orders(room.ben, [this]) == frozenset()
    assert own(room).of_orders(room.ann, []) == frozenset()
    room.write(room.ann, text="", type=None)
    assert own(room).of_orders(room.ann, [this]) == frozenset()
