"""A second person approves: never who wrote it, always what they looked at, and both stand in the history."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from buyerline.app import draft_rows
from buyerline.app.approving import Waiting
from buyerline.app.audit import AuditFilters
from buyerline.app.digests import digest_of_waiting
from buyerline.app.errors import Changed, Invalid, NotAllowed, NotHere
from buyerline.app.queueing import Refused
from buyerline.app.schema import access, person
from buyerline.app.schema import draft as drafts
from buyerline.outbox import Message, State
from buyerline.outbox.clock import now
from buyerline.outbox.schema import account as accounts
from buyerline.outbox.schema import message as messages
from tests.app.folk import at_once, refused_field
from tests.app.writing import TEXT, Room


@pytest.fixture
def room(room: Room) -> Room:
    """Where a second person has to approve."""
    room.needs_approval = True
    return room


def queued(room: Room) -> int:
    return room.count(messages, messages.c.account_id == room.account.id)


def test_a_message_that_needs_approval_waits(room: Room) -> None:
    tomorrow = (now() + timedelta(days=1)).replace(microsecond=0)
    asked = room.ask(room.ann, room.write(room.ann), at=tomorrow)
    assert (asked.own, asked.writer, asked.account.name) == (True, "Ann", room.account.name)
    assert (asked.draft.waits, asked.draft.send_at, asked.draft.text) == (True, tomorrow, TEXT)
    assert queued(room) == 0


def test_what_is_being_sent_while_approval_is_turned_on_is_not_sent(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Amazon may take seconds to say what the order takes."""
    room.needs_approval = False
    let_pass = room.approving.let_pass

    def slowly(*about: Any) -> Any:
        order = let_pass(*about)
        room.needs_approval = True
        return order

    monkeypatch.setattr(room.approving, "let_pass", slowly)
    draft = room.write(room.ann)
    with pytest.raises(Changed, match="wait for a second person from now on"):
        room.send(room.ann, draft)
    assert queued(room) == 0
    assert room.ask(room.ann, draft).draft.waits


def test_asking_twice_asks_once(room: Room) -> None:
    draft = room.write(room.ann)
    assert room.ask(room.ann, draft) == room.ask(room.ann, draft)
    assert len(room.approving.waiting(room.ann)) == 1


def test_a_double_click_asks_once(room: Room) -> None:
    draft = room.attached(room.ann)
    outcomes = at_once(*[lambda: room.ask(room.ann, draft)] * 3)
    assert [isinstance(each, Waiting) for each in outcomes] == [True] * 3
    assert len(room.approving.waiting(room.ann)) == 1


def test_what_the_checks_refuse_asks_nobody(room: Room) -> None:
    with pytest.raises(Refused):
        room.ask(room.ann, room.write(room.ann, text="Write to a@b.example"))
    assert room.approving.waiting(room.ann) == []


def test_everybody_of_the_account_sees_what_waits_and_nobody_else(room: Room) -> None:
    asked = room.ask(room.ann, room.write(room.ann)).draft
    seen = {
        who.name: [each for each in room.approving.waiting(who) if each.draft == asked]
        for who in (room.ann, room.ben, room.olga)
    }
    assert {name: [each.own for each in found] for name, found in seen.items()} == {
        "Ann": [True],
        "Ben": [False],
        "Olga": [False],
    }
    assert room.approving.waiting(room.dora) == []
    with pytest.raises(NotHere):
        room.drafts.get(room.dora, asked.id)
    assert room.drafts.get(room.ben, asked.id) == asked


def test_what_waits_is_found_until_somebody_decides_about_it(room: Room) -> None:
    asked = room.ask(room.ann, room.write(room.ann)).draft
    assert [room.approving.get(who, asked.id).own for who in (room.ann, room.ben)] == [True, False]
    with pytest.raises(NotHere):
        room.approving.get(room.dora, asked.id)
    room.give_back(room.ben, asked, "Name the colours.")
    for who in (room.ann, room.ben):
        with pytest.raises(NotHere, match="does not wait any more"):
            room.approving.get(who, asked.id)


def test_the_longest_waiting_comes_first(room: Room) -> None:
    first = room.ask(room.ann, room.write(room.ann)).draft
    room.later(timedelta(hours=1), "draft", "asked_at")
    second = room.ask(room.ben, room.write(room.ben, text="Another")).draft
    assert [each.draft.id for each in room.approving.waiting(room.ann)] == [first.id, second.id]


def test_a_second_person_approves_and_both_stand_in_the_history(room: Room) -> None:
    asked = room.ask(room.ann, room.attached(room.ann)).draft
    sent = room.approve(room.ben, asked)
    assert (sent.state, sent.queued_by, sent.text, len(sent.files)) == (State.QUEUED, room.ann.email, TEXT, 1)
    history = [(event.who, event.what) for event in room.outbox.history(sent.id)]
    done = [(room.ann.email, "queued"), (room.ann.email, "asked for approval"), (room.ben.email, "approved")]
    assert sorted(history) == sorted(done)
    entries = room.desk.audit.list(room.olga, filters=AuditFilters(account_id=room.account.id)).entries
    assert [(entry.what, entry.who) for entry in entries] == [
        ("approved", room.ben.email),
        ("approval-asked", room.ann.email),
    ]
    assert room.approving.waiting(room.ann) == []


def test_nobody_approves_what_they_wrote(room: Room) -> None:
    for who in (room.ann, room.olga):
        asked = room.ask(who, room.write(who)).draft
        with pytest.raises(NotAllowed):
            room.approve(who, asked)
        with pytest.raises(NotAllowed):
            room.give_back(who, asked, "Too long")
    assert queued(room) == 0


def test_nobody_approves_for_an_account_that_is_not_theirs(room: Room) -> None:
    asked = room.ask(room.ann, room.write(room.ann)).draft
    with pytest.raises(NotHere):
        room.approve(room.dora, asked)
    with pytest.raises(NotHere):
        room.give_back(room.dora, asked, "No")
    with pytest.raises(NotHere):
        room.approving.take_back(room.dora, asked.id)


@pytest.mark.parametrize(
    "change",
    [
        {"text": "Another text"},
        {"name": "other.pdf"},
        {"at": now() + timedelta(days=1)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_nobody_decides_about_what_they_were_not_shown(room: Room, change: dict[str, Any]) -> None:
    shown = room.ask(room.ann, room.attached(room.ann)).draft
    draft = room.approving.take_back(room.ann, shown.id)
    if "name" in change:
        draft = room.drafts.rename_file(room.ann, draft.id, draft.files[0].id, change["name"])
    elif "at" not in change:
        draft = room.write(room.ann, type=draft.type, text=change["text"])
    room.ask(room.ann, draft, at=change.get("at"))
    with pytest.raises(Changed):
        room.approve(room.ben, shown)
    with pytest.raises(Changed):
        room.give_back(room.ben, shown, "No")
    assert queued(room) == 0


def test_what_was_asked_again_unchanged_is_what_was_shown(room: Room) -> None:
    shown = room.ask(room.ann, room.attached(room.ann)).draft
    room.ask(room.ann, room.approving.take_back(room.ann, shown.id))
    assert room.approve(room.ben, shown).state is State.QUEUED


def test_nothing_is_given_back_beside_what_its_writer_has_begun(room: Room) -> None:
    """A person writes one message for an order."""
    asked = room.ask(room.ann, room.write(room.ann)).draft
    with room.database.write() as connection:
        draft_rows.make(connection, room.ann.person_id, room.account.id, room.order.order_id)
    for decide in (
        partial(room.give_back, room.ben, asked, "No"),
        partial(room.approving.take_back, room.ann, asked.id),
    ):
        with pytest.raises(Changed, match="begun another message"):
            decide()
    assert room.approve(room.ben, asked).state is State.QUEUED


def test_nobody_approves_what_does_not_wait(room: Room) -> None:
    draft = room.write(room.ann)
    with pytest.raises(NotHere):
        room.approve(room.ben, draft)


def test_approving_twice_or_by_two_at_once_queues_one_message(room: Room) -> None:
    asked = room.ask(room.ann, room.write(room.ann)).draft
    outcomes = at_once(*[partial(room.approve, who, asked) for who in (room.ben, room.olga, room.ben)])
    assert len({each.id for each in outcomes if isinstance(each, Message)}) == 1
    assert all(isinstance(each, Message | Changed) for each in outcomes)
    assert queued(room) == 1


def test_who_comes_after_somebody_else_has_decided_is_told_so(room: Room) -> None:
    """What the other one approved need not be what this one was shown."""
    asked = room.ask(room.ann, room.write(room.ann)).draft
    sent = room.approve(room.ben, asked)
    assert room.approve(room.ben, asked) == sent
    with pytest.raises(Changed, match="Somebody has decided"):
        room.approve(room.olga, asked)


def test_the_same_is_not_approved_twice_unless_that_is_meant(room: Room) -> None:
    """Two people ask for the same words, and whoever approves has both pages open."""
    first = room.ask(room.ann, room.write(room.ann)).draft
    second = room.ask(room.ben, room.write(room.ben)).draft
    sent = room.approve(room.olga, first)
    with pytest.raises(Invalid) as asked:
        room.approve(room.olga, second)
    assert (asked.value.field, queued(room)) == ("again", 1)
    room.approving.approve(room.olga, second.id, digest_of_waiting(second), again=sent.id)
    assert queued(room) == 2


def test_nobody_is_told_that_it_will_be_read_first_when_it_will_not(room: Room) -> None:
    room.needs_approval = True
    draft = room.write(room.ann)
    room.needs_approval = False
    with pytest.raises(Changed, match="need no second person any more"):
        room.sending.send(room.ann, room.account, draft.id, draft.version, asks=True)
    assert queued(room) == 0


@pytest.mark.parametrize("why", ["shut out", "without the account"])
def test_what_nobody_would_get_back_is_thrown_away(room: Room, why: str) -> None:
    asked = room.ask(room.ann, room.write(room.ann)).draft
    with room.database.write() as connection:
        if why == "shut out":
            connection.execute(sa.update(person).where(person.c.id == room.ann.person_id).values(left_at=now()))
        else:
            connection.execute(sa.delete(access).where(access.c.person_id == room.ann.person_id))
    waiting = next(each for each in room.approving.waiting(room.olga) if each.draft.id == asked.id)
    assert waiting.orphaned
    with pytest.raises(Changed, match="would not get it back"):
        room.give_back(room.olga, asked, "The page that said so is older than that.")
    room.approving.give_back(room.olga, asked.id, waiting.digest, "It was answered by phone.", discard=True)
    assert room.count(drafts, drafts.c.id == asked.id) == 0


def test_what_its_writer_would_get_back_is_not_thrown_away(room: Room) -> None:
    asked = room.ask(room.ann, room.write(room.ann)).draft
    with pytest.raises(Changed, match="writes for this account again"):
        room.approving.give_back(room.olga, asked.id, digest_of_waiting(asked), "No", discard=True)
    assert room.count(drafts, drafts.c.id == asked.id) == 1


def test_what_waits_elsewhere_is_not_shown_and_closes_nothing(room: Room) -> None:
    """A draft of a sandbox's account, in an app that was started for Amazon."""
    asked = room.ask(room.ann, room.write(room.ann)).draft
    with room.database.write() as connection:
        here = sa.select(accounts.c.endpoint).where(accounts.c.id == room.account.id)
        endpoint = connection.execute(here).scalar_one()
        this = sa.update(accounts).where(accounts.c.id == room.account.id)
        connection.execute(this.values(endpoint="http://127.0.0.1:1"))
    try:
        assert asked.id not in {each.draft.id for each in room.approving.waiting(room.olga)}
        with pytest.raises(NotHere):
            room.approving.get(room.olga, asked.id)
        with pytest.raises(NotHere):
            room.approve(room.olga, asked)
    finally:
        with room.database.write() as connection:
            connection.execute(this.values(endpoint=endpoint))


def test_who_sends_the_form_again_after_it_was_approved_gets_the_message(room: Room) -> None:
    draft = room.write(room.ann)
    asked = room.ask(room.ann, draft).draft
    sent = room.approve(room.ben, asked)
    assert room.sending.send(room.ann, room.account, draft.id, draft.version) == sent


def test_what_the_checks_refuse_by_now_is_not_queued(room: Room) -> None:
    asked = room.ask(room.ann, room.write(room.ann)).draft
    room.offered(room.order, disabled={"confirmOrderDetails": "It was delivered."})
    with pytest.raises(Refused) as refusal:
        room.approve(room.ben, asked)
    assert [problem.code for problem in refusal.value.problems] == ["type_disabled"]
    assert (queued(room), len(room.approving.waiting(room.ben))) == (0, 1)


def test_it_leaves_when_it_was_wanted_or_after_the_time_to_undo(room: Room) -> None:
    tomorrow = (now() + timedelta(days=1)).replace(microsecond=0)
    later = room.ask(room.ann, room.write(room.ann), at=tomorrow).draft
    assert room.approve(replace(room.ben, undo_seconds=10), later).not_before == tomorrow
    at_once_ = room.ask(room.ann, room.write(room.ann, text="Another")).draft
    sent = room.approve(replace(room.ben, undo_seconds=10), at_once_)
    assert sent.not_before is not None
    assert sent.not_before > now()


def test_a_time_that_went_by_while_it_waited_means_at_once(room: Room) -> None:
    asked = room.ask(room.ann, room.write(room.ann), at=now() + timedelta(hours=1)).draft
    room.later(timedelta(hours=2), "draft", "send_at", "asked_at")
    sent = room.approve(room.ben, room.drafts.get(room.ben, asked.id))
    assert sent.not_before is not None
    assert sent.not_before < now()


@pytest.mark.parametrize("who", ["ann", "ben", "olga"])
def test_who_wrote_it_who_approved_it_and_owners_may_take_it_back(room: Room, who: str) -> None:
    asked = room.ask(room.ann, room.write(room.ann)).draft
    sent = room.approve(room.ben, asked)
    draft = room.sending.undo(getattr(room, who), sent.id)
    assert draft is not None
    assert draft.person_id == getattr(room, who).person_id
    assert not draft.waits


def test_it_can_be_given_back_with_a_reason(room: Room) -> None:
    asked = room.ask(room.ann, room.write(room.ann)).draft
    room.give_back(room.ben, asked, "  Please name\nthe colour. ")
    draft = room.drafts.get(room.ann, asked.id)
    assert (draft.waits, draft.returned, draft.send_at) == (False, f"{room.ben.name}: Please name the colour.", None)
    assert room.write(room.ann, text="The cup is blue.").version > draft.version
    assert room.ask(room.ann, room.write(room.ann)).draft.returned is None


def test_a_reason_is_asked_for(room: Room) -> None:
    asked = room.ask(room.ann, room.write(room.ann)).draft
    for why in ("", " \n ", "x" * 501, "a\0b"):
        assert refused_field(partial(room.give_back, room.ben, asked, why)) == "why"


def test_who_wrote_it_can_take_it_back(room: Room) -> None:
    asked = room.ask(room.ann, room.write(room.ann)).draft
    draft = room.approving.take_back(room.ann, asked.id)
    assert (draft.waits, draft.text) == (False, TEXT)
    assert room.approving.take_back(room.ann, asked.id) == draft
    with pytest.raises(NotHere):
        room.approve(room.ben, asked)


def test_one_decision_holds(room: Room) -> None:
    asked = room.ask(room.ann, room.write(room.ann)).draft
    approved, given_back, taken_back = at_once(
        lambda: room.approve(room.ben, asked),
        lambda: room.give_back(room.olga, asked, "No"),
        lambda: room.approving.take_back(room.ann, asked.id),
    )
    open_again = room.drafts.open(room.ann, room.account, room.order.order_id)
    assert isinstance(approved, Message) == (open_again is None)
    assert queued(room) == (1 if isinstance(approved, Message) else 0)
    assert given_back is None or isinstance(given_back, Changed | NotHere)
    assert taken_back == open_again or isinstance(taken_back, Changed)


def test_it_is_too_late_to_take_back_what_was_approved(room: Room) -> None:
    asked = room.ask(room.ann, room.write(room.ann)).draft
    room.approve(room.ben, asked)
    with pytest.raises(Changed):
        room.approving.take_back(room.ann, asked.id)


def test_no_text_is_in_what_is_printed(room: Room) -> None:
    waiting = room.ask(room.ann, room.write(room.ann))
    assert isinstance(waiting, Waiting)
    assert TEXT not in repr(waiting)
