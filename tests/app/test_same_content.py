"""A message is not tried again beside the same one by mistake, whether that was queued before or at the same moment."""

import pytest
import sqlalchemy as sa

from buyerline.app.draft_rows import Draft
from buyerline.app.errors import Invalid
from buyerline.app.following import Following
from buyerline.app.same_content import same_as_message
from buyerline.outbox import Message, State
from buyerline.outbox.messages import NOT_SENT
from buyerline.outbox.schema import message as messages
from tests.app.folk import at_once, refused_field
from tests.app.writing import Room


@pytest.fixture
def following(room: Room) -> Following:
    return Following(room.database, room.outbox, room.desk.audit, lambda _=None: room.needs_approval)


def bring(room: Room, sent: Message, state: State) -> None:
    with room.database.write() as connection:
        connection.execute(sa.update(messages).where(messages.c.id == sent.id).values(state=state))


def undone(room: Room) -> tuple[Message, Draft]:
    """A message that was taken back, and the draft that it became."""
    sent = room.send(room.ann, room.write(room.ann))
    draft = room.sending.undo(room.ann, sent.id)
    assert draft is not None
    return sent, draft


@pytest.mark.parametrize("state", list(State))
def test_the_same_counts_unless_amazon_certainly_does_not_have_it(room: Room, state: State) -> None:
    first, draft = undone(room)
    second = room.send(room.ann, draft)
    bring(room, second, state)
    with room.database.write() as connection:
        found = same_as_message(connection, room.account.id, first.order_id, first.id)
    assert (found.message_id if found else None) == (None if state in NOT_SENT else second.id)


def test_another_text_or_order_is_not_the_same(room: Room) -> None:
    first, draft = undone(room)
    room.send(room.ann, room.write(room.ann, text="Another thing", version=draft.version))
    with room.database.write() as connection:
        assert same_as_message(connection, room.account.id, first.order_id, first.id) is None
        assert same_as_message(connection, room.account.id, first.order_id, "no-such-message") is None


def test_what_was_taken_back_and_sent_anew_is_not_sent_again_by_mistake(room: Room, following: Following) -> None:
    first, draft = undone(room)
    room.send(room.ann, draft)
    assert refused_field(lambda: following.retry(room.ann, first.id, state=State.CANCELLED)) == "again"
    assert room.outbox.get(first.id).state is State.CANCELLED
    assert following.retry(room.ann, first.id, state=State.CANCELLED, again=True).message.state is State.QUEUED


def test_what_is_tried_again_while_it_is_sent_anew_goes_once(room: Room, following: Following) -> None:
    first, draft = undone(room)
    outcomes = at_once(
        lambda: following.retry(room.ann, first.id, state=State.CANCELLED), lambda: room.send(room.ann, draft)
    )
    assert [isinstance(each, Invalid) for each in outcomes].count(True) == 1, outcomes
    queued = (messages.c.account_id == room.account.id, messages.c.state == State.QUEUED)
    assert room.count(messages, *queued) == 1
