"""From a draft to a message, once, whatever happens meanwhile; and back again while it has not left."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from buyerline.app import draft_rows
from buyerline.app.audit import AuditFilters
from buyerline.app.draft_rows import Draft
from buyerline.app.errors import Changed, Invalid, NotAllowed, NotHere
from buyerline.app.leaving import LATEST
from buyerline.app.queueing import Refused
from buyerline.app.schema import draft as drafts
from buyerline.app.schema import draft_file
from buyerline.outbox import Message, Outbox, State
from buyerline.outbox.clock import now
from buyerline.outbox.messages import PRIORITY_AT_ONCE
from buyerline.outbox.schema import message as messages
from tests.app.desk import Desk
from tests.app.folk import at_once, refused_field
from tests.app.samples import PDF, PNG
from tests.app.writing import TEXT, TYPE, US, Room, room_at_amazon, seller_of
from tests.outbox.samples import letters


def open_draft(room: Room) -> Draft | None:
    return room.drafts.open(room.ann, room.account, room.order.order_id)


def queued(room: Room) -> int:
    return room.count(messages, messages.c.account_id == room.account.id)


# Sending


def test_a_draft_becomes_a_message_and_is_gone(room: Room) -> None:
    room.attach(room.ann, "photo.png", PNG)
    draft = room.write(room.ann, type="digitalAccessKey")
    sent = room.send(room.ann, draft)
    assert (sent.state, sent.account, sent.marketplace_id, sent.order_id) == (
        State.QUEUED,
        room.account.name,
        US,
        room.order.order_id,
    )
    assert (sent.type, sent.text, [file.file_name for file in sent.files]) == ("digitalAccessKey", TEXT, ["photo.png"])
    assert (sent.priority, sent.idempotency_key, sent.queued_by) == (PRIORITY_AT_ONCE, draft.id, room.ann.email)
    assert open_draft(room) is None
    assert room.count(draft_file, draft_file.c.draft_id == draft.id) == 0


def test_a_warranty_goes_with_its_days(room: Room) -> None:
    room.attach(room.ann, "warranty.pdf")
    sent = room.send(
        room.ann, room.write(room.ann, type="warranty", text="", coverage_start="2026-12-01", coverage_end="2027-11-30")
    )
    assert (sent.coverage_start, sent.coverage_end) == ("2026-12-01T00:00:00+00:00", "2027-11-30T23:59:59+00:00")


def test_it_is_written_down_who_sent_what(room: Room) -> None:
    sent = room.send(room.ann, room.write(room.ann))
    (entry,) = room.desk.audit.list(room.olga, filters=AuditFilters(account_id=room.account.id)).entries
    assert (entry.what, entry.who, entry.about, entry.note) == (
        "message-sent",
        room.ann.email,
        sent.id,
        room.order.order_id,
    )
    assert [(event.who, event.what) for event in room.outbox.history(sent.id)] == [(room.ann.email, "queued")]
    assert room.orders.get(room.account.id, room.order.order_id).messaged


def test_a_form_that_is_sent_twice_makes_one_message(room: Room) -> None:
    draft = room.write(room.ann)
    assert room.send(room.ann, draft) == room.send(room.ann, draft)
    assert queued(room) == 1


def test_a_double_click_makes_one_message(room: Room) -> None:
    draft = room.write(room.ann)
    outcomes = at_once(*[lambda: room.send(room.ann, draft)] * 4)
    assert len({each.id for each in outcomes if isinstance(each, Message)}) == 1
    assert all(isinstance(each, Message) for each in outcomes)
    assert queued(room) == 1


def test_a_double_click_on_a_message_with_files_makes_one_message(room: Room) -> None:
    draft = room.attached(room.ann)
    outcomes = at_once(*[lambda: room.send(room.ann, draft)] * 4)
    assert {len(each.files) for each in outcomes if isinstance(each, Message)} == {1}
    assert all(isinstance(each, Message) for each in outcomes)
    assert queued(room) == 1


def test_a_form_that_is_sent_again_after_it_was_taken_back_sends_nothing(room: Room) -> None:
    draft = room.write(room.ann)
    sent = room.send(room.ann, draft)
    room.sending.undo(room.ann, sent.id)
    assert room.send(room.ann, draft).state is State.CANCELLED
    assert queued(room) == 1


def test_what_the_page_did_not_show_is_not_sent(room: Room) -> None:
    old = room.write(room.ann)
    room.write(room.ann, text="Something else")
    with pytest.raises(Changed):
        room.send(room.ann, old)
    before_the_file = room.write(room.ann)
    room.attach(room.ann, "a.pdf")
    with pytest.raises(Changed):
        room.send(room.ann, before_the_file)
    assert queued(room) == 0


def test_what_is_written_while_it_is_sent_is_either_sent_or_kept(room: Room) -> None:
    draft = room.write(room.ann)
    sent, saved = at_once(
        lambda: room.send(room.ann, draft),
        lambda: room.drafts.save(
            room.ann,
            room.account,
            room.order.order_id,
            draft_id=draft.id,
            type=TYPE,
            text="Later",
            version=draft.version,
        ),
    )
    assert isinstance(sent, Message) != isinstance(saved, Draft)
    assert queued(room) == (1 if isinstance(sent, Message) else 0)


def test_what_the_checks_refuse_is_not_queued_and_stays_a_draft(room: Room) -> None:
    draft = room.write(room.ann, text="Write to a@b.example")
    with pytest.raises(Refused) as refusal:
        room.send(room.ann, draft)
    assert [problem.code for problem in refusal.value.problems] == ["text_email"]
    assert refusal.value.look is not None
    assert str(refusal.value.look.to_fix[0].sentence) in str(refusal.value)
    assert (queued(room), open_draft(room)) == (0, draft)


def test_what_only_the_outbox_refuses_is_told_too(room: Room) -> None:
    draft = room.write(room.ann, text="x" * 2100)
    offer = room.offers.known(room.account, room.order)
    action = offer.actions.find(TYPE)
    assert action is not None
    fields = action.schema["properties"]
    wide = {**fields, "rawMessageBody": {**fields["rawMessageBody"], "maxLength": 4000}}
    actions = replace(offer.actions, items=(replace(action, schema={**action.schema, "properties": wide}),))
    room.remember(room.order, actions)
    with pytest.raises(Refused) as refusal:
        room.send(room.ann, draft)
    assert [problem.code for problem in refusal.value.problems] == ["text_too_long"]
    assert (queued(room), open_draft(room)) == (0, draft)


def test_the_same_message_goes_again_only_when_the_person_says_so(room: Room) -> None:
    first = room.send(room.ann, room.write(room.ann))
    draft = room.write(room.ann)
    assert refused_field(lambda: room.send(room.ann, draft)) == "again"
    second = room.send(room.ann, draft, again=first.id)
    assert (second.id != first.id, second.text) == (True, first.text)


def test_two_people_who_send_the_same_at_once_send_it_once(room: Room) -> None:
    drafts_of = {who.name: (who, room.write(who)) for who in (room.ann, room.ben, room.olga)}
    outcomes = at_once(*[partial(room.send, who, draft) for who, draft in drafts_of.values()])
    assert sum(isinstance(each, Message) for each in outcomes) == 1
    assert [each.field for each in outcomes if isinstance(each, Invalid)] == ["again", "again"]
    assert queued(room) == 1


def test_nobody_sends_the_draft_of_another(room: Room) -> None:
    draft = room.write(room.ann)
    for stranger in (room.ben, room.dora, room.olga):
        with pytest.raises(NotHere):
            room.send(stranger, draft)
    other = seller_of(room.desk)
    with pytest.raises(NotHere):
        room.sending.send(room.ann, other, draft.id, draft.version)


def test_nobody_learns_of_the_message_of_an_account_that_is_not_theirs(room: Room) -> None:
    draft = room.write(room.ann)
    room.send(room.ann, draft)
    with pytest.raises(NotHere):
        room.send(room.dora, draft)


# When it leaves


def test_it_leaves_after_the_time_to_undo(room: Room) -> None:
    before = now()
    sent = room.send(replace(room.ann, undo_seconds=10), room.write(room.ann))
    assert sent.not_before is not None
    assert timedelta(seconds=10) <= sent.not_before - before + timedelta(milliseconds=1) < timedelta(seconds=40)


def test_it_leaves_at_once_where_there_is_no_time_to_undo(room: Room) -> None:
    assert room.send(room.ann, room.write(room.ann)).not_before is None


def test_it_leaves_when_it_is_wanted(room: Room) -> None:
    tomorrow = (now() + timedelta(days=1)).replace(microsecond=0)
    first = room.send(room.ann, room.write(room.ann), at=tomorrow)
    without_zone = tomorrow.replace(tzinfo=None)
    second = room.send(room.ben, room.write(room.ben), at=without_zone, again=first.id)
    assert [each.not_before for each in (first, second)] == [tomorrow, tomorrow]


@pytest.mark.parametrize("wrong", [timedelta(seconds=-1), timedelta(0), LATEST + timedelta(minutes=1)])
def test_a_time_that_has_passed_or_is_too_far_ahead_is_refused_beside_its_field(room: Room, wrong: timedelta) -> None:
    draft = room.write(room.ann)
    assert refused_field(lambda: room.send(room.ann, draft, at=now() + wrong)) == "at"
    assert refused_field(lambda: room.send(room.ann, draft, at=datetime(1970, 1, 1, tzinfo=UTC))) == "at"
    assert open_draft(room) == draft


# Taking it back


def test_a_message_that_was_taken_back_is_a_draft_again(room: Room) -> None:
    room.attach(room.ann, "warranty.pdf")
    room.attach(room.ann, "photo.png", PNG)
    written = room.write(
        room.ann, type="warranty", text="", coverage_start="2026-12-01", coverage_end="2027-11-30T10:00:00+01:00"
    )
    sent = room.send(room.ann, written)
    draft = room.sending.undo(room.ann, sent.id)
    assert draft is not None
    assert draft == open_draft(room)
    assert (draft.type, draft.text, draft.coverage_start) == ("warranty", "", "2026-12-01")
    assert draft.coverage_end == "2027-11-30T09:00:00+00:00"
    contents = [(file.name, file.content) for file in room.drafts.contents(room.ann, draft)]
    assert contents == [("warranty.pdf", PDF), ("photo.png", PNG)]
    assert room.outbox.get(sent.id).state is State.CANCELLED


def test_what_goes_elsewhere_is_not_taken_back_here(room: Room) -> None:
    """A message of a sandbox, in an app that was started for Amazon: it is not shown, so nobody decides about it."""
    elsewhere = Outbox(database=room.database, who=room.ann.email, options={"endpoint": "https://elsewhere.example"})
    [added] = elsewhere.add_many(letters(1, account=room.account.name))
    with pytest.raises(NotHere):
        room.sending.undo(room.olga, added.message_id)
    assert elsewhere.get(added.message_id).state is State.QUEUED


def test_what_was_taken_back_can_be_changed_and_sent(room: Room) -> None:
    sent = room.send(room.ann, room.write(room.ann))
    draft = room.sending.undo(room.ann, sent.id)
    assert draft is not None
    again = room.send(room.ann, draft)
    assert (again.state, again.text, again.id != sent.id) == (State.QUEUED, TEXT, True)


def test_only_who_sent_it_or_an_owner_takes_it_back(room: Room) -> None:
    sent = room.send(room.ann, room.write(room.ann))
    with pytest.raises(NotAllowed):
        room.sending.undo(room.ben, sent.id)
    with pytest.raises(NotHere):
        room.sending.undo(room.dora, sent.id)
    with pytest.raises(NotHere):
        room.sending.undo(room.ann, "no-such-message")
    assert room.sending.undo(room.olga, sent.id) is not None


def test_what_is_taken_back_while_another_is_written_stays_in_the_outbox(room: Room) -> None:
    sent = room.send(room.ann, room.write(room.ann))
    other = room.write(room.ann, text="Another thing")
    assert room.sending.undo(room.ann, sent.id) is None
    assert open_draft(room) == other
    message = room.outbox.get(sent.id)
    assert (message.state, message.text) == (State.CANCELLED, TEXT)


def test_taking_back_is_all_or_nothing(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database is gone when the draft is to be written: the message is not cancelled either."""
    sent = room.send(room.ann, room.write(room.ann))

    def gone(*_: object, **__: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(draft_rows, "change", gone)
        with pytest.raises(ConnectionError):
            room.sending.undo(room.ann, sent.id)
    assert (room.outbox.get(sent.id).state, open_draft(room)) == (State.QUEUED, None)
    draft = room.sending.undo(room.ann, sent.id)
    assert draft is not None
    assert (room.outbox.get(sent.id).state, draft.text) == (State.CANCELLED, TEXT)


def test_taking_back_twice_takes_back_once(room: Room) -> None:
    sent = room.send(room.ann, room.write(room.ann))
    outcomes = at_once(*[lambda: room.sending.undo(room.ann, sent.id)] * 3)
    assert len({each.id for each in outcomes if isinstance(each, Draft)}) == 1
    assert all(isinstance(each, Draft) for each in outcomes)
    assert room.count(drafts, drafts.c.account_id == room.account.id) == 1


@pytest.mark.parametrize(
    ("state", "why"),
    [
        (State.SENDING, "it is being sent at this moment"),
        (State.SENT, "Amazon has accepted it"),
        (State.UNKNOWN, "it may have been sent"),
        (State.REFUSED, "the message was not sent"),
    ],
)
def test_it_is_told_why_a_message_cannot_be_taken_back(room: Room, state: State, why: str) -> None:
    sent = room.send(room.ann, room.write(room.ann))
    with room.database.write() as connection:
        connection.execute(sa.update(messages).where(messages.c.id == sent.id).values(state=state))
    with pytest.raises(Changed, match=why):
        room.sending.undo(room.ann, sent.id)
    assert (open_draft(room), room.outbox.get(sent.id).state) == (None, state)


# With Amazon


@pytest.fixture
def live(desk: Desk) -> Room:
    return room_at_amazon(desk)


def test_what_was_written_reaches_amazon_with_its_files(live: Room) -> None:
    offer = live.offers.get(live.account, live.order, language=True)
    live.attach(live.ann, "photo.png", PNG)
    live.send(live.ann, live.write(live.ann, type="digitalAccessKey"))
    live.deliver()
    (accepted,) = live.desk.amazon.messages()
    assert (accepted.type, accepted.text) == ("digitalAccessKey", TEXT)
    assert [file.file_name for file in accepted.attachments] == ["photo.png"]
    assert offer.locale == "en-US"


def test_it_is_too_late_once_amazon_has_it(live: Room) -> None:
    live.offers.get(live.account, live.order)
    sent = live.send(live.ann, live.write(live.ann))
    live.deliver()
    with pytest.raises(Changed, match="Amazon has accepted it"):
        live.sending.undo(live.ann, sent.id)
    assert live.drafts.open(live.ann, live.account, live.order.order_id) is None


def test_what_amazon_has_never_answered_about_is_not_queued(live: Room) -> None:
    with (
        live.desk.amazon.faulty("getMessagingActionsForOrder", "status", status=503),
        pytest.raises(Refused, match="reached"),
    ):
        live.send(live.ann, live.write(live.ann))
    assert queued(live) == 0
