"""Finding messages: lists page by page, filters, and that no list goes through all messages."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
import sqlalchemy as sa

from buyerline.app import finding
from buyerline.app import following as following_module
from buyerline.app.errors import Invalid
from buyerline.app.finding import NO_FILTERS, OutboxFilters
from buyerline.app.followed import Tab
from buyerline.app.viewer import Viewer
from buyerline.outbox import State
from buyerline.outbox.clock import now
from buyerline.outbox.schema import message
from tests.app.correspondence import Correspondence, correspondence
from tests.outbox.samples import ORDER, letter

OTHER_ORDER = "902-1111111-2222222"
AN_INSTANT = timedelta(milliseconds=1)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Correspondence]:
    """A shop's correspondence with messages of every kind, which are only looked at."""
    names, states = ("shop", "store", "stall"), list(State)
    with correspondence(f"sqlite:///{tmp_path_factory.mktemp('many') / 'outbox.db'}") as made:
        made.outbox.add_many(
            letter(
                f"Part {index} of it.",
                order_id=(ORDER, OTHER_ORDER)[index % 2],
                type="unexpectedProblem" if index % 5 == 0 else "confirmOrderDetails",
                account=names[(index // 3) % 3],
            )
            for index in range(240)
        )
        with made.database.write() as connection:
            for index, line in enumerate(connection.scalars(sa.select(message.c.id)).all()):
                state = states[index * 7 % 11 % len(states)]
                connection.execute(sa.update(message).where(message.c.id == line).values(state=state))
        yield made


class TestAList:
    def test_shows_the_newest_first(self, shop: Correspondence) -> None:
        queued = [shop.queue() for _ in range(3)]
        assert ids(shop) == queued[::-1]

    @pytest.mark.parametrize("who", ["owner", "agent"])
    def test_goes_page_by_page(self, shop: Correspondence, who: str) -> None:
        states = [State.SENT, State.QUEUED, State.UNKNOWN, State.SENT, State.REFUSED]
        queued = [shop.brought_to(state, account=name) for state in states for name in ("shop", "store")]
        looking = shop.owner() if who == "owner" else shop.agent("shop", "store")
        found, before = [], None
        for expected in (4, 4, 2):
            page = shop.following.page(looking, Tab.ALL, before=before, limit=4)
            assert len(page.messages) == expected
            found += [each.message.id for each in page.messages]
            before = page.next
        assert before is None
        assert found == queued[::-1]

    def test_has_what_comes_to_another_state_while_it_is_read(self, shop: Correspondence) -> None:
        """Each state is asked for by itself: what moves from one to one that was asked before is in neither."""
        message_id = shop.brought_to(State.CANCELLED)
        moved: list[str] = []

        def move(_: Any, __: Any, statement: str, *___: Any) -> None:
            if "FROM message" in statement and not moved:
                moved.append(message_id)
                shop.bring(message_id, State.QUEUED)

        engine = shop.database._engine
        sa.event.listen(engine, "after_cursor_execute", move)
        try:
            assert ids(shop) == moved == [message_id]
        finally:
            sa.event.remove(engine, "after_cursor_execute", move)
        assert shop.outbox.get(message_id).state is State.QUEUED

    @pytest.mark.parametrize(
        ("tab", "states"),
        [
            (Tab.NEEDS_YOU, {State.UNKNOWN, State.FAILED}),
            (Tab.QUEUED, {State.QUEUED, State.SENDING}),
            (Tab.SENT, {State.SENT}),
            (Tab.REFUSED, {State.REFUSED}),
            (Tab.CALLED_OFF, {State.CANCELLED, State.EXPIRED}),
            (Tab.ALL, set(State)),
        ],
    )
    def test_of_a_tab_has_the_messages_in_its_states(
        self, plain_shop: Correspondence, tab: Tab, states: set[State]
    ) -> None:
        for state in State:
            plain_shop.brought_to(state)
        page = plain_shop.following.page(plain_shop.owner(), tab)
        assert {each.message.state for each in page.messages} == states

    def test_says_who_queued_each_by_name(self, shop: Correspondence) -> None:
        shop.employ("ann@shop.example", "Ann")
        shop.queue()
        [each] = shop.following.page(shop.owner(), Tab.ALL).messages
        assert each.by == "Ann"

    def test_names_the_account_as_people_call_it(self, shop: Correspondence) -> None:
        shop.connect("shop", "The Shop")
        shop.queue()
        shop.queue(account="default")
        [unconnected, connected] = shop.following.page(shop.owner(), Tab.ALL).messages
        assert (connected.account.title, connected.account.connected) == ("The Shop", True)
        assert (unconnected.account.title, unconnected.account.connected) == ("default", False)

    def test_begins_anew_where_the_cursor_is_none(self, shop: Correspondence) -> None:
        message_id = shop.queue()
        for before in ("", "0", "'; --", "nul\0", "é" * 16, "z" * 17):
            page = shop.following.page(shop.owner(), Tab.ALL, before=before)
            assert [each.message.id for each in page.messages] == [message_id], before


class TestFilters:
    def test_leave_what_fits(self, shop: Correspondence) -> None:
        shop.queue()
        outgoing = {"order_id": OTHER_ORDER, "marketplace": "DE", "type": "unexpectedProblem"}
        shop.outbox = shop.outbox.acting("carl@shop.example")
        wanted = shop.queue(**outgoing)
        shop.outbox = shop.outbox.acting("ann@shop.example")
        shop.queue()
        filters: list[dict[str, Any]] = [
            {"marketplace": "A1PA6795UKMFR9"},
            {"type": "unexpectedProblem"},
            {"queued_by": "carl@shop.example"},
            {"order": OTHER_ORDER},
            {"order": f" {OTHER_ORDER} "},
            {"order": "1111111-22"},
            {"order": "2222222", "type": "unexpectedProblem"},
        ]
        for each, who in product(filters, (shop.owner(), shop.agent("shop"))):
            assert ids(shop, who=who, **each) == [wanted], each

    def test_by_account_show_that_account_alone(self, shop: Correspondence) -> None:
        mine, other = shop.queue(), shop.queue(account="store")
        assert ids(shop, account=shop.number("shop")) == [mine]
        assert ids(shop, account=shop.number("store")) == [other]
        assert ids(shop, who=shop.agent("shop"), account=shop.number("store")) == []

    def test_take_the_signs_of_patterns_for_what_they_are(self, plain_shop: Correspondence) -> None:
        plain_shop.queue()
        assert ids(plain_shop, order="%") == ids(plain_shop, order="902_6786204") == []

    def test_by_day_go_by_when_a_message_was_first_queued(self, shop: Correspondence) -> None:
        before = now() - AN_INSTANT
        message_id = shop.queue()
        after = now() + AN_INSTANT
        shop.outbox.retry(message_id)
        assert ids(shop, since=before, until=after) == [message_id]
        assert ids(shop, until=before) == []
        assert ids(shop, since=after) == []

    @pytest.mark.parametrize("at", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
    def test_by_day_take_every_day_of_a_calendar(self, plain_shop: Correspondence, at: datetime) -> None:
        message_id = plain_shop.queue()
        assert ids(plain_shop, since=at) in ([message_id], [])
        assert (ids(plain_shop, since=at) == []) is (ids(plain_shop, until=at) == [message_id])

    @pytest.mark.parametrize("field", ["marketplace", "type", "queued_by", "order"])
    @pytest.mark.parametrize("value", ["a\0b", "line\nbreak", "x" * 201])
    def test_refuse_what_nothing_is_called(self, field: str, value: str) -> None:
        with pytest.raises(Invalid) as wrong:
            OutboxFilters(**dict[str, Any]({field: value}))
        assert wrong.value.field == field

    def test_look_among_the_newest_first_and_say_how_far(
        self, plain_shop: Correspondence, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(finding, "LOOKED_AT", 3)
        wanted = plain_shop.queue(type="unexpectedProblem")
        queued = [plain_shop.queue() for _ in range(6)]
        filters = OutboxFilters(type="unexpectedProblem")
        first = plain_shop.following.page(plain_shop.owner(), Tab.ALL, filters)
        assert first.messages == ()
        assert first.looked_back_to == plain_shop.outbox.get(queued[2]).queued_at
        second = plain_shop.following.page(plain_shop.owner(), Tab.ALL, filters, first.next)
        assert [each.message.id for each in second.messages] == [wanted]
        assert (second.next, second.looked_back_to) == (None, None)


class TestASearch:
    """Held against the plain way to find the same: look at every message."""

    @pytest.mark.parametrize("streams", [0, 20], ids=["by state", "by account"])
    @pytest.mark.parametrize("looked_at", [4, 1000])
    @pytest.mark.parametrize("names", [None, (), ("stall",), ("shop", "store")])
    def test_finds_exactly_what_is_there(
        self,
        many: Correspondence,
        monkeypatch: pytest.MonkeyPatch,
        streams: int,
        looked_at: int,
        names: tuple[str, ...] | None,
    ) -> None:
        monkeypatch.setattr(finding, "STREAMS_OF_ACCOUNTS", streams)
        monkeypatch.setattr(finding, "LOOKED_AT", looked_at)
        monkeypatch.setattr(following_module, "ROWS_AT_ONCE", 30)
        looking = many.owner() if names is None else many.agent(*names)
        everything = many.outbox.list(limit=1000)
        for tab, kind, order in product(
            (Tab.NEEDS_YOU, Tab.ALL), (None, "unexpectedProblem"), (None, OTHER_ORDER, "1111")
        ):
            found = many.following.rows(looking, tab, OutboxFilters(type=kind, order=order))
            assert [each.message.id for each in found] == [
                each.id
                for each in everything
                if each.state in tab.states
                and (names is None or each.account in names)
                and each.type == (kind or each.type)
                and (order or "") in each.order_id
            ]

    def test_of_a_person_goes_by_an_index_and_never_through_all_messages(
        self, many: Correspondence, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[tuple[str, Any]] = []

        def listen(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
            asked.append((statement, parameters))

        engine = many.database._engine
        sa.event.listen(engine, "before_cursor_execute", listen)
        try:
            for looking in (many.owner(), many.agent("shop", "store")):
                many.following.counts(looking)
                for wanted in (NO_FILTERS, OutboxFilters(type="warranty"), OutboxFilters(order=ORDER)):
                    many.following.page(looking, Tab.ALL, wanted)
        finally:
            sa.event.remove(engine, "before_cursor_execute", listen)
        searches = [each for each in asked if "FROM message" in each[0]]
        assert searches
        with many.database.read() as connection:
            for statement, parameters in searches:
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
                assert not [line for line in plan if line[3].startswith("SCAN message")], (statement, plan)


def ids(shop: Correspondence, tab: Tab = Tab.ALL, who: Viewer | None = None, **filters: Any) -> list[str]:
    """The ids of the first page."""
    page = shop.following.page(who or shop.owner(), tab, OutboxFilters(**filters))
    return [each.message.id for each in page.messages]
