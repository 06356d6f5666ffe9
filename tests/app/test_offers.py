"""What Amazon offers for an order: asked, remembered for a while, and shown with its age when Amazon is away."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from buyerline.app.asking_once import AskingOnce
from buyerline.app.offers import FRESH, LANGUAGE_FRESH, forget_old
from buyerline.app.schema import offer
from buyerline.app.words import Words
from buyerline.outbox.retention import Retention
from buyerline.testing.views import FaultKind
from tests.app.desk import OWNER, Desk
from tests.app.writing import Room, room_at_amazon

ACTIONS = "getMessagingActionsForOrder"
LANGUAGE = "GetAttributes"
PAST = timedelta(seconds=1)


@pytest.fixture
def room(any_desk: Desk) -> Room:
    """A room in a database of each kind."""
    return room_at_amazon(any_desk)


@pytest.fixture
def here(desk: Desk) -> Room:
    """A room for what has nothing to do with the kind of database."""
    return room_at_amazon(desk)


def test_what_amazon_offers_is_remembered_as_it_came(room: Room) -> None:
    asked = room.offers.get(room.account, room.order)
    direct = room.desk.amazon.client.messaging.get_actions(room.order.order_id)
    assert asked.trouble is None
    assert asked.asked_at is not None
    assert asked.actions == room.offers.known(room.account, room.order).actions == direct


def test_amazon_is_not_asked_again_for_five_minutes(here: Room) -> None:
    here.offers.get(here.account, here.order)
    here.later(FRESH - PAST, "offer", "asked_at")
    here.offers.get(here.account, here.order)
    assert here.desk.amazon.count(ACTIONS) == 1
    here.later(2 * PAST, "offer", "asked_at")
    here.offers.get(here.account, here.order)
    assert here.desk.amazon.count(ACTIONS) == 2


def test_amazon_is_asked_at_once_where_that_is_wanted(here: Room) -> None:
    here.offers.get(here.account, here.order)
    here.offers.get(here.account, here.order, fresh=True)
    assert here.desk.amazon.count(ACTIONS) == 2


def test_looking_at_what_is_known_asks_nobody(here: Room) -> None:
    known = here.offers.known(here.account, here.order)
    assert (len(known.actions), known.asked_at, known.stale) == (0, None, True)
    assert here.desk.amazon.count(ACTIONS) == 0


def test_an_order_that_is_closed_says_why(here: Room) -> None:
    closed = here.placed(here.desk.amazon.order(closed=True))
    asked = here.offers.get(here.account, closed)
    assert asked.trouble is None
    assert asked.closed_reason
    assert here.offers.known(here.account, closed).closed_reason == asked.closed_reason


def test_the_buyers_language_is_asked_when_it_is_wanted_and_believed_for_a_day(room: Room) -> None:
    assert room.offers.get(room.account, room.order).locale is None
    assert room.offers.get(room.account, room.order, language=True).locale == "en-US"
    room.later(LANGUAGE_FRESH - PAST, "offer", "locale_asked_at")
    room.offers.get(room.account, room.order, language=True)
    assert room.desk.amazon.count(LANGUAGE) == 1
    room.later(2 * PAST, "offer", "locale_asked_at")
    room.offers.get(room.account, room.order, language=True)
    assert room.desk.amazon.count(LANGUAGE) == 2
    assert room.desk.amazon.count(ACTIONS) == 1


def test_nobody_asks_for_the_language_of_an_order_that_takes_nothing(here: Room) -> None:
    closed = here.placed(here.desk.amazon.order(closed=True))
    here.offers.get(here.account, closed, language=True)
    assert here.desk.amazon.count(LANGUAGE) == 0


@pytest.mark.parametrize(
    ("kind", "status", "begins"),
    [
        ("status", 503, "Amazon could not be reached just now."),
        ("status", 429, "Amazon lets an account ask only so often."),
        ("status", 403, "Amazon could not be reached just now."),
        ("html", 200, "Amazon could not be reached just now."),
    ],
)
def test_trouble_is_told_beside_what_is_known(here: Room, kind: FaultKind, status: int, begins: str) -> None:
    before = here.offers.get(here.account, here.order)
    with here.desk.amazon.faulty(ACTIONS, kind, status=status):
        after = here.offers.get(here.account, here.order, fresh=True)
    assert str(after.trouble).startswith(begins)
    assert after.actions == before.actions
    assert after.asked_at == before.asked_at


def test_an_application_that_may_not_send_messages_is_told_so(here: Room) -> None:
    seller = here.desk.amazon.account(roles=["Product Listing"])
    account = here.desk.connect("Other", seller)
    asked = here.offers.get(account, here.order)
    assert str(asked.trouble).startswith("Amazon does not let this application send messages for this account.")


def test_an_account_without_an_authorisation_is_trouble_and_no_error(here: Room) -> None:
    here.desk.accounts.disconnect(here.olga, here.account.name)
    asked = here.offers.get(here.account, here.order)
    assert "disconnected" in str(asked.trouble)
    assert asked.asked_at is None


def test_a_withdrawn_authorisation_is_trouble_and_no_error(here: Room) -> None:
    with here.desk.amazon.faulty("lwa", "status", status=400):
        asked = here.offers.get(here.account, here.order)
    assert asked.trouble is not None


def test_a_question_that_failed_is_not_put_again_at_once_by_itself(here: Room) -> None:
    with here.desk.amazon.faulty(ACTIONS, "status", status=403):
        trouble = here.offers.get(here.account, here.order).trouble
    assert trouble is not None
    assert here.offers.get(here.account, here.order).trouble == trouble
    assert here.offers.get(here.account, here.order, fresh=True).trouble is None
    assert here.offers.get(here.account, here.order).trouble is None


def test_threads_that_ask_for_one_order_ask_once(here: Room) -> None:
    here.desk.amazon.fault(ACTIONS, "delay", seconds=0.5)
    gate = threading.Barrier(4)

    def ask(_: int) -> int:
        gate.wait()
        return len(here.offers.get(here.account, here.order).actions)

    with ThreadPoolExecutor(4) as pool:
        numbers = set(pool.map(ask, range(4)))
    assert numbers == {len(here.offers.known(here.account, here.order).actions)}
    assert here.desk.amazon.count(ACTIONS) == 1


def test_a_mistake_reaches_everybody_who_waited_for_the_answer() -> None:
    once, began, end = AskingOnce(), threading.Event(), threading.Event()

    def mistaken() -> Words | None:
        began.set()
        end.wait(10)
        raise ZeroDivisionError

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(once.ask, "question", mistaken)
        began.wait(10)
        second = pool.submit(once.ask, "question", lambda: None)
        end.set()
        assert isinstance(first.exception(10), ZeroDivisionError)
        assert second.exception(10) is None or isinstance(second.exception(10), ZeroDivisionError)
    assert once.ask("question", lambda: None) is None


def test_what_nobody_asked_for_in_a_long_time_is_forgotten(room: Room) -> None:
    other = room.placed(room.desk.amazon.order())
    room.offers.get(room.account, room.order)
    room.later(timedelta(days=31), "offer", "asked_at")
    room.offers.get(room.account, other)
    with room.database.write() as connection:
        forget_old(connection, Retention())
        kept = list(connection.execute(sa.select(offer.c.order_id)).scalars())
    assert kept == [other.order_id]


def test_that_an_account_was_disconnected_is_not_told_any_more_once_it_is_connected_again(here: Room) -> None:
    here.desk.accounts.disconnect(OWNER, here.account.name)
    ended = here.desk.accounts.numbered(here.account.id)
    assert "disconnected" in str(here.offers.get(ended, here.order).trouble)
    assert here.offers.get(here.desk.connect(), here.order).trouble is None
