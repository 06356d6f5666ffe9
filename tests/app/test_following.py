"""Following messages: what may be seen, what is told of each, what can be decided."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from buyerline.app import following as following_module
from buyerline.app.accounts import DISCONNECTED, NotUsable
from buyerline.app.audit import AuditFilters, What
from buyerline.app.errors import Changed, Invalid, NotAllowed, NotHere
from buyerline.app.finding import OutboxFilters
from buyerline.app.followed import Standing, Tab
from buyerline.app.following import Following
from buyerline.app.viewer import Viewer
from buyerline.outbox import Outbox, State
from buyerline.outbox.clock import now
from buyerline.outbox.errors import OutboxUnavailable
from buyerline.outbox.schema import content, message
from buyerline.outbox.transitions import LOOKED_INTO
from tests.app.correspondence import WORKER, Correspondence, viewer
from tests.outbox.samples import ORDER, letters

OTHER_ORDER = "902-1111111-2222222"
SOON = datetime(2031, 1, 1, tzinfo=UTC)


DECISIONS: dict[str, Callable[[Correspondence, str], object]] = {
    "cancel": lambda shop, message_id: shop.following.cancel(shop.owner(), message_id),
    "retry": lambda shop, message_id: shop.retry(shop.owner(), message_id),
    "resolve": lambda shop, message_id: shop.resolve(shop.owner(), message_id, arrived=True),
}


def ids(shop: Correspondence, tab: Tab = Tab.ALL, who: Viewer | None = None, **filters: Any) -> list[str]:
    """The ids of the first page."""
    page = shop.following.page(who or shop.owner(), tab, OutboxFilters(**filters))
    return [each.message.id for each in page.messages]


class TestWhatMayBeSeen:
    @pytest.mark.parametrize(
        "look",
        [
            lambda following, who, id_: following.get(who, id_),
            lambda following, who, id_: following.file(who, id_, 0),
            lambda following, who, id_: following.cancel(who, id_),
            lambda following, who, id_: following.retry(who, id_, state=State.QUEUED),
            lambda following, who, id_: following.resolve(who, id_, arrived=True, attempts=0),
        ],
        ids=["get", "file", "cancel", "retry", "resolve"],
    )
    def test_of_another_account_is_as_if_it_were_not_there(
        self, plain_shop: Correspondence, look: Callable[[Following, Viewer, str], object]
    ) -> None:
        theirs = plain_shop.queue(
            account="store", type="invoice", text=None, attachments=[("a.pdf", b"%PDF-1.4\n%%EOF")]
        )
        told = []
        for who, message_id in ((plain_shop.agent("shop"), theirs), (plain_shop.owner(), "0000000000000000")):
            with pytest.raises(NotHere) as gone:
                look(plain_shop.following, who, message_id)
            told.append(str(gone.value))
        assert told[0] == told[1]
        assert plain_shop.outbox.get(theirs).state is State.QUEUED

    def test_is_nothing_under_what_is_no_id(self, shop: Correspondence) -> None:
        for message_id in ("", "nul\0nul\0nul\0nul\0", "../../../etc/pas", "'" * 16):
            with pytest.raises(NotHere):
                shop.following.get(shop.owner(), message_id)
            assert shop.following.several(shop.owner(), [message_id]) == ()

    def test_is_counted_and_listed_for_each_by_what_is_theirs(self, shop: Correspondence) -> None:
        mine, other = shop.brought_to(State.UNKNOWN), shop.brought_to(State.UNKNOWN, account="store")
        agent = shop.agent("shop")
        assert ids(shop, Tab.NEEDS_YOU, agent) == [mine]
        assert [each.message.id for each in shop.following.several(agent, [mine, other])] == [mine]
        assert shop.following.counts(agent).tabs[Tab.NEEDS_YOU] == shop.following.needs_you(agent) == 1
        assert shop.following.needs_you(shop.owner()) == 2
        assert [each.message.id for each in shop.following.rows(agent, Tab.ALL)] == [mine]
        assert shop.following.newer(agent, Tab.ALL, OutboxFilters(), None) == 1

    def test_is_nothing_for_somebody_without_an_account(self, shop: Correspondence) -> None:
        shop.brought_to(State.UNKNOWN)
        nobody = viewer(frozenset())
        assert ids(shop, who=nobody) == []
        assert shop.following.counts(nobody).tabs == dict.fromkeys(Tab, 0)

    def test_leaves_out_what_goes_elsewhere(self, shop: Correspondence) -> None:
        """Messages of a sandbox are in the same database as Amazon's, and never in the same list."""
        other = Outbox(database=shop.database, who="ann", options={"endpoint": "https://elsewhere.example"})
        [elsewhere] = other.add_many(letters(1, account="shop"))
        here = shop.queue()
        assert ids(shop) == [here]
        assert shop.following.counts(shop.owner()).tabs[Tab.ALL] == 1
        with pytest.raises(NotHere):
            shop.following.get(shop.owner(), elsewhere.message_id)
        assert {change.message_id for change in shop.following.changes_since(0)} == {here}


class TestCounts:
    def test_are_those_of_each_tab(self, shop: Correspondence) -> None:
        for state in State:
            shop.brought_to(state)
        assert shop.following.counts(shop.owner()).tabs == {
            Tab.NEEDS_YOU: 2,
            Tab.QUEUED: 2,
            Tab.SENT: 1,
            Tab.REFUSED: 1,
            Tab.CALLED_OFF: 2,
            Tab.ALL: 8,
        }

    def test_end_where_nobody_wants_to_know(self, plain_shop: Correspondence, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(following_module, "AT_MOST", 3)
        plain_shop.outbox.add_many(letters(5))
        counts = plain_shop.following.counts(plain_shop.owner())
        assert (counts.tabs[Tab.QUEUED], counts.tabs[Tab.ALL]) == (3, 3)

    def test_of_what_needs_a_person_have_the_drafts_of_others_to_approve(self, shop: Correspondence) -> None:
        shop.brought_to(State.FAILED)
        bob = shop.owner()
        shop.ask_for_approval(bob.person_id)
        shop.ask_for_approval(7)
        shop.ask_for_approval(7, "store")
        assert shop.following.counts(bob).needs_you == shop.following.needs_you(bob) == 3
        assert shop.following.counts(shop.agent("shop")).waiting == 1

    def test_tell_how_many_are_newer_than_what_is_shown(self, shop: Correspondence) -> None:
        shown = shop.queue()
        shop.queue()
        shop.brought_to(State.SENT)
        newer = shop.following.newer
        assert newer(shop.owner(), Tab.ALL, OutboxFilters(), shown) == 2
        assert newer(shop.owner(), Tab.SENT, OutboxFilters(), shown) == 1


class TestStoppedAccounts:
    def test_are_told_with_why_and_how_many_messages_wait(self, shop: Correspondence) -> None:
        shop.connect("shop", "The Shop")
        shop.queue()
        shop.queue()
        shop.stop("shop", "The seller took the authorisation back.")
        shop.stop("store", "Nothing waits here.")
        [stopped] = shop.following.stopped(shop.owner())
        assert (stopped.account.title, stopped.queued) == ("The Shop", 2)
        assert stopped.account.stopped == "The seller took the authorisation back."

    def test_of_others_are_not_told(self, shop: Correspondence) -> None:
        shop.queue()
        shop.stop("shop", "The seller took the authorisation back.")
        assert shop.following.stopped(shop.agent("store")) == []


class TestOneMessage:
    def test_comes_with_what_happened_to_it_and_who_did_it(self, shop: Correspondence) -> None:
        shop.employ("ann@shop.example", "Ann")
        message_id = shop.queue()
        shop.bring(message_id, State.SENDING)
        shop.bring(message_id, State.UNKNOWN, "No answer came.", request_id="r-1")
        shop.note(message_id, LOOKED_INTO, "Amazon still offers confirmOrderDetails.")
        each = shop.following.get(shop.owner(), message_id)
        assert [event.what for event in each.history] == ["queued", "sending", "unknown", "looked into"]
        assert each.names == {"ann@shop.example": "Ann"}
        assert each.asked == each.history[1]
        assert each.came_back == each.history[2]
        assert each.looks == each.history[3:]
        assert each.history[2].who == WORKER

    def test_tells_of_the_last_attempt_alone(self, plain_shop: Correspondence) -> None:
        message_id = plain_shop.brought_to(State.UNKNOWN)
        plain_shop.note(message_id, LOOKED_INTO, "An old look.")
        plain_shop.outbox.resolve(message_id, arrived=False)
        plain_shop.bring(message_id, State.UNKNOWN, "Again no answer.")
        assert plain_shop.following.get(plain_shop.owner(), message_id).looks == ()

    def test_hands_its_files_out_until_it_is_sent(self, shop: Correspondence) -> None:
        pdf = b"%PDF-1.4\n%%EOF"
        message_id = shop.queue(type="invoice", text=None, attachments=[("Rechnung.pdf", pdf)])
        found = shop.following.file(shop.owner(), message_id, 0)
        assert (found.name, found.content) == ("Rechnung.pdf", pdf)
        with pytest.raises(NotHere):
            shop.following.file(shop.owner(), message_id, 1)
        shop.bring(message_id, State.SENT)
        with shop.database.write() as connection:
            connection.execute(sa.delete(content))
        with pytest.raises(NotHere, match="no longer kept"):
            shop.following.file(shop.owner(), message_id, 0)
        assert not shop.following.get(shop.owner(), message_id).has_bytes


class TestWhereItStands:
    @pytest.mark.parametrize(
        ("columns", "standing"),
        [
            ({"tries": 0}, Standing.WAITING),
            ({"not_before": 8}, Standing.LEAVING),
            ({"not_before": 30}, Standing.LEAVING),
            ({"not_before": 3600}, Standing.SCHEDULED),
            ({"not_before": 5, "reason": "Amazon answered 429."}, Standing.AGAIN),
            ({"not_before": -5}, Standing.WAITING),
            ({"state": State.SENDING}, Standing.SENDING),
            ({"state": State.SENT, "sent_at": 0}, Standing.ACCEPTED),
            ({"state": State.SENT, "reason": "ann found that it was sent"}, Standing.FOUND_SENT),
            ({"state": State.REFUSED}, Standing.REFUSED),
            ({"state": State.UNKNOWN}, Standing.UNKNOWN),
            ({"state": State.CANCELLED}, Standing.CANCELLED),
            ({"state": State.EXPIRED}, Standing.EXPIRED),
            ({"state": State.FAILED}, Standing.FAILED),
        ],
        ids=str,
    )
    def test_is_told_apart(self, plain_shop: Correspondence, columns: dict[str, Any], standing: Standing) -> None:
        message_id = plain_shop.queue()
        moments = {
            name: now() + timedelta(seconds=value)
            for name, value in columns.items()
            if name.endswith(("_at", "_before"))
        }
        with plain_shop.database.write() as connection:
            connection.execute(sa.update(message).where(message.c.id == message_id).values(columns | moments))
        assert plain_shop.following.get(plain_shop.owner(), message_id).standing is standing

    def test_is_that_nothing_is_sent_where_the_account_is_stopped(self, plain_shop: Correspondence) -> None:
        message_id = plain_shop.queue(not_before=SOON)
        plain_shop.stop("shop", "The authorisation is gone.")
        assert plain_shop.following.get(plain_shop.owner(), message_id).standing is Standing.STOPPED

    def test_counts_the_seconds_until_it_leaves(self, plain_shop: Correspondence) -> None:
        leaving = plain_shop.following.get(
            plain_shop.owner(), plain_shop.queue(not_before=now() + timedelta(seconds=8))
        )
        assert 0 < leaving.seconds_left <= 8
        assert plain_shop.following.get(plain_shop.owner(), plain_shop.queue()).seconds_left == 0


class TestTheTimelineOfAnOrder:
    def test_has_everything_sent_for_it_newest_first(self, shop: Correspondence) -> None:
        shop.connect("shop", "The Shop")
        first, second = shop.queue(), shop.queue()
        shop.queue(order_id=OTHER_ORDER)
        shop.queue(account="store")
        before = shop.following.position()
        timeline = shop.following.for_order(shop.owner(), shop.account("shop"), ORDER)
        assert [each.message.id for each in timeline] == [second, first]
        assert len(timeline) == 2
        assert all(each.history for each in timeline)
        assert timeline.position == before

    def test_is_not_there_for_those_who_may_not_see_the_account(self, shop: Correspondence) -> None:
        shop.connect("shop", "The Shop")
        shop.queue()
        with pytest.raises(NotHere):
            shop.following.for_order(shop.agent("store"), shop.account("shop"), ORDER)
        with pytest.raises(NotHere):
            shop.following.for_order(shop.owner(), shop.account("shop"), "902\0")


class TestDeciding:
    def test_cancels_in_the_name_of_the_person(self, shop: Correspondence) -> None:
        message_id = shop.queue()
        done = shop.following.cancel(shop.agent("shop"), message_id)
        assert done.message.state is State.CANCELLED
        assert [event.who for event in done.history] == ["ann@shop.example", "bob@shop.example"]
        assert audited(shop, What.MESSAGE_CANCELLED) == [("bob@shop.example", message_id, None)]

    @pytest.mark.parametrize("state", [State.REFUSED, State.FAILED, State.CANCELLED, State.EXPIRED])
    def test_queues_again_what_was_not_sent(self, plain_shop: Correspondence, state: State) -> None:
        message_id = plain_shop.brought_to(state)
        done = plain_shop.retry(plain_shop.owner(), message_id)
        assert done.message.state is State.QUEUED
        assert done.history[-1].who == "bob@shop.example"
        assert audited(plain_shop, What.MESSAGE_RETRIED) == [("bob@shop.example", message_id, None)]

    @pytest.mark.parametrize(("arrived", "state"), [(True, State.SENT), (False, State.QUEUED)])
    def test_says_what_became_of_an_unknown_one(
        self, plain_shop: Correspondence, state: State, *, arrived: bool
    ) -> None:
        message_id = plain_shop.brought_to(State.UNKNOWN)
        done = plain_shop.resolve(plain_shop.owner(), message_id, arrived=arrived)
        assert done.message.state is state
        [(who, about, note)] = audited(plain_shop, What.MESSAGE_RESOLVED)
        assert (who, about) == ("bob@shop.example", message_id)
        assert note == ("it was sent" if arrived else "it was not sent; it is sent again")

    @pytest.mark.parametrize("state", list(State))
    @pytest.mark.parametrize("decide", DECISIONS)
    def test_comes_too_late_where_the_state_has_moved_on(
        self, plain_shop: Correspondence, state: State, decide: str
    ) -> None:
        """What can be done in a state is done; else it is said why not, and nothing is changed or audited."""
        message_id = plain_shop.brought_to(state)
        each = plain_shop.following.get(plain_shop.owner(), message_id)
        possible = {"cancel": each.may_cancel, "retry": each.may_retry or state is State.QUEUED}
        what = DECISIONS[decide]
        if possible.get(decide, each.may_resolve):
            what(plain_shop, message_id)
            assert plain_shop.outbox.get(message_id).state is not state or state is State.QUEUED
            return
        with pytest.raises(Changed) as late:
            what(plain_shop, message_id)
        assert str(late.value).endswith((".", "below."))
        assert plain_shop.outbox.get(message_id) == each.message
        assert plain_shop.audit.list(plain_shop.owner()).entries == ()

    def test_cannot_send_again_what_is_no_longer_kept(self, plain_shop: Correspondence) -> None:
        message_id = plain_shop.brought_to(State.REFUSED)
        with plain_shop.database.write() as connection:
            connection.execute(sa.update(message).values(kept=False, text=None))
        assert not plain_shop.following.get(plain_shop.owner(), message_id).may_retry
        with pytest.raises(Changed, match="deleted when its retention time was over"):
            plain_shop.retry(plain_shop.owner(), message_id)

    @pytest.mark.parametrize("decide", DECISIONS)
    def test_is_kept_with_the_line_of_the_audit_or_not_at_all(
        self, plain_shop: Correspondence, monkeypatch: pytest.MonkeyPatch, decide: str
    ) -> None:
        message_id = plain_shop.brought_to(State.UNKNOWN if decide == "resolve" else State.QUEUED)
        before = plain_shop.outbox.history(message_id)
        monkeypatch.setattr(plain_shop.audit, "note", _full)
        with pytest.raises(OutboxUnavailable):
            DECISIONS[decide](plain_shop, message_id)
        assert plain_shop.outbox.history(message_id) == before

    @pytest.mark.parametrize("state", [State.QUEUED, State.FAILED, State.EXPIRED])
    def test_sends_nothing_that_was_called_off_since_it_was_shown(self, shop: Correspondence, state: State) -> None:
        message_id = shop.brought_to(state)
        shop.bring(message_id, State.CANCELLED)
        with pytest.raises(Changed, match="does not stand where it did"):
            shop.following.retry(shop.owner(), message_id, state=state)
        assert shop.outbox.get(message_id).state is State.CANCELLED

    @pytest.mark.parametrize("arrived", [True, False])
    def test_goes_for_the_try_that_was_looked_into_and_no_later_one(
        self, shop: Correspondence, *, arrived: bool
    ) -> None:
        message_id = shop.brought_to(State.UNKNOWN)
        shop.bring(message_id, State.UNKNOWN, attempts=2)
        with pytest.raises(Changed, match="sent once more since you were shown it"):
            shop.following.resolve(shop.owner(), message_id, arrived=arrived, attempts=1)
        assert shop.outbox.get(message_id).state is State.UNKNOWN
        assert shop.audit.list(shop.owner()).entries == ()

    def test_asks_before_an_unknown_one_goes_beside_the_same(self, shop: Correspondence) -> None:
        nobody_knows = shop.brought_to(State.UNKNOWN, text="The same.")
        shop.brought_to(State.SENT, text="The same.", idempotency_key="anew")
        with pytest.raises(Invalid) as asked:
            shop.resolve(shop.owner(), nobody_knows, arrived=False)
        assert asked.value.field == "again"
        assert shop.outbox.get(nobody_knows).state is State.UNKNOWN
        assert shop.resolve(shop.owner(), nobody_knows, arrived=False, again=True).message.state is State.QUEUED

    def test_asks_before_the_same_goes_twice(self, shop: Correspondence) -> None:
        taken_back = shop.brought_to(State.CANCELLED, text="The same.")
        anew = shop.queue(text="The same.", idempotency_key="anew")
        with pytest.raises(Invalid) as asked:
            shop.retry(shop.owner(), taken_back)
        assert asked.value.field == "again"
        assert shop.outbox.get(taken_back).state is State.CANCELLED
        assert shop.retry(shop.owner(), anew).message.state is State.QUEUED, "it does not go twice by that"
        assert shop.retry(shop.owner(), taken_back, again=True).message.state is State.QUEUED

    @pytest.mark.parametrize("state", [State.SENT, State.CANCELLED])
    def test_about_what_is_known_by_now_asks_nothing(self, shop: Correspondence, state: State) -> None:
        """Not even whether the buyer is to get it twice: it is not sent again by that."""
        message_id = shop.brought_to(state, text="The same.")
        shop.queue(text="The same.", idempotency_key="anew")
        with pytest.raises(Changed, match="known by now"):
            shop.resolve(shop.owner(), message_id, arrived=False)


class TestDisconnected:
    """Nothing is sent for an account whose authorisation was deleted, whoever asks."""

    @pytest.fixture(autouse=True)
    def disconnected(self, shop: Correspondence) -> None:
        shop.connect("shop", "The Shop")
        shop.disconnect("shop")

    @pytest.mark.parametrize("state", [State.QUEUED, State.CANCELLED, State.FAILED])
    def test_nothing_is_tried_again(self, shop: Correspondence, state: State) -> None:
        message_id = shop.brought_to(state)
        with pytest.raises(NotUsable, match="disconnected"):
            shop.retry(shop.owner(), message_id)
        assert (shop.outbox.get(message_id).state, list(shop.outbox.stopped())) == (state, ["shop"])
        each = shop.following.get(shop.owner(), message_id)
        assert (each.may_retry, each.barred) == (False, DISCONNECTED)

    def test_that_something_was_sent_can_be_said_and_that_it_was_not_cannot(self, shop: Correspondence) -> None:
        message_id = shop.brought_to(State.UNKNOWN)
        assert not shop.following.get(shop.owner(), message_id).may_send_again
        with pytest.raises(NotUsable):
            shop.resolve(shop.owner(), message_id, arrived=False)
        assert shop.resolve(shop.owner(), message_id, arrived=True).message.state is State.SENT

    def test_what_is_queued_can_be_taken_back(self, shop: Correspondence) -> None:
        assert shop.following.cancel(shop.owner(), shop.queue()).message.state is State.CANCELLED


class TestWhileMessagesNeedASecondPerson:
    """Ann writes, Bob is somebody else, and Eve has approved."""

    @pytest.fixture(autouse=True)
    def needed(self, shop: Correspondence) -> None:
        shop.needs_approval = True

    @pytest.mark.parametrize("state", [State.CANCELLED, State.EXPIRED, State.REFUSED, State.FAILED])
    def test_who_wrote_one_does_not_send_it_again(self, shop: Correspondence, state: State) -> None:
        message_id = shop.brought_to(state)
        for who in (ann(shop), ann(None)):
            assert not shop.following.get(who, message_id).may_retry
            with pytest.raises(NotAllowed, match="You wrote this message"):
                shop.retry(who, message_id)
        assert shop.outbox.get(message_id).state is state
        assert shop.audit.list(shop.owner()).entries == ()

    def test_who_wrote_one_does_not_say_that_it_was_not_sent(self, shop: Correspondence) -> None:
        message_id = shop.brought_to(State.UNKNOWN)
        assert not shop.following.get(ann(shop), message_id).may_send_again
        with pytest.raises(NotAllowed):
            shop.resolve(ann(shop), message_id, arrived=False)
        assert shop.resolve(ann(shop), message_id, arrived=True).message.state is State.SENT

    @pytest.mark.parametrize("approved", [True, False])
    def test_who_wrote_one_does_not_send_it_sooner(self, shop: Correspondence, *, approved: bool) -> None:
        message_id = shop.queue(not_before=SOON)
        if approved:
            shop.approve(message_id)
        assert not shop.following.get(ann(shop), message_id).may_retry
        with pytest.raises(NotAllowed):
            shop.retry(ann(shop), message_id)
        assert shop.outbox.get(message_id).not_before == SOON

    @pytest.mark.parametrize("state", [State.QUEUED, State.REFUSED, State.FAILED, State.CANCELLED])
    def test_somebody_else_who_sends_it_approves_it(self, shop: Correspondence, state: State) -> None:
        message_id = shop.brought_to(state, not_before=SOON)
        assert shop.following.get(shop.owner(), message_id).may_retry
        done = shop.retry(shop.owner(), message_id)
        assert (done.message.state, done.message.not_before) == (State.QUEUED, None)
        assert [(event.who, event.what) for event in done.history[-2:]] == [
            ("bob@shop.example", "approved"),
            ("bob@shop.example", "queued"),
        ]
        assert audited(shop, What.APPROVED) == [("bob@shop.example", message_id, ORDER)]
        shop.bring(message_id, State.FAILED)
        assert shop.retry(ann(shop), message_id).message.state is State.QUEUED, "as Bob approved it"

    @pytest.mark.parametrize("state", [State.REFUSED, State.FAILED])
    def test_who_wrote_one_sends_it_again_as_it_was_approved(self, shop: Correspondence, state: State) -> None:
        message_id = shop.queue()
        shop.approve(message_id)
        shop.bring(message_id, state)
        assert shop.following.get(ann(shop), message_id).may_retry
        assert shop.retry(ann(shop), message_id).message.state is State.QUEUED
        assert audited(shop, What.APPROVED) == []

    def test_one_that_is_tried_again_later_goes_now_as_it_was_approved(self, shop: Correspondence) -> None:
        message_id = shop.queue()
        shop.approve(message_id)
        shop.bring(message_id, State.QUEUED, "Amazon answered 503.", not_before=SOON)
        assert shop.retry(ann(shop), message_id).message.not_before is None

    def test_what_was_called_off_is_approved_no_more(self, shop: Correspondence) -> None:
        message_id = shop.queue()
        shop.approve(message_id)
        shop.following.cancel(shop.owner(), message_id)
        with pytest.raises(NotAllowed):
            shop.retry(ann(shop), message_id)
        assert shop.outbox.get(message_id).state is State.CANCELLED

    def test_is_told_of_each_in_lists_too(self, shop: Correspondence) -> None:
        shop.connect("shop", "The Shop")
        message_id = shop.brought_to(State.FAILED)
        timeline = shop.following.for_order(ann(shop), shop.account("shop"), ORDER)
        page = shop.following.page(ann(shop), Tab.ALL)
        several = shop.following.several(ann(shop), [message_id])
        assert [each.may_retry for each in (*timeline, *page.messages, *several)] == [False] * 3


class TestChanges:
    def test_are_told_from_a_position_on(self, shop: Correspondence) -> None:
        shop.queue()
        position = shop.following.position()
        assert shop.following.changes_since(position) == []
        message_id = shop.queue(account="store")
        shop.bring(message_id, State.SENT)
        changes = shop.following.changes_since(position)
        assert [(each.account, each.order_id, each.message_id) for each in changes] == [
            ("store", ORDER, message_id)
        ] * 2
        assert [each.account_id for each in changes] == [shop.number("store")] * 2
        assert changes[-1].position == shop.following.position()

    def test_begin_at_nothing(self, shop: Correspondence) -> None:
        assert shop.following.position() == 0

    def test_are_told_some_at_a_time(self, plain_shop: Correspondence) -> None:
        plain_shop.outbox.add_many(letters(5))
        assert [each.position for each in plain_shop.following.changes_since(1, limit=2)] == [2, 3]


def audited(shop: Correspondence, what: What) -> list[tuple[str, str | None, str | None]]:
    """What the audit has of this kind: who, about what, and the note."""
    entries = shop.audit.list(shop.owner(), filters=AuditFilters(what=what)).entries
    return [(each.who, each.about, each.note) for each in entries]


def ann(shop: Correspondence | None) -> Viewer:
    """Who queues the messages, as an agent; without a shop, as an owner."""
    return viewer(frozenset({shop.number("shop")}) if shop else None, 2, "ann@shop.example")


def _full(*_: object, **__: object) -> None:
    raise OutboxUnavailable("outbox: the disk is full.")
