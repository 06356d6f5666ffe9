"""Queueing messages: all or nothing, each once, and only what may be sent."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from buyerline import DraftRefused
from buyerline.amazon.errors import UnknownMarketplace
from buyerline.amazon.uploads import content_md5
from buyerline.outbox import Added, KeyTaken, Message, Outbox, Outgoing, State
from buyerline.outbox import adding as adding_module
from buyerline.outbox.schema import attachment, content
from tests.outbox.samples import NOWHERE, ORDER, TEXT, TYPE, letter, letters

COVERAGE = {"coverage_start": "2026-01-31", "coverage_end": "2026-12-31"}
KEY_FILE = ("key.txt", b"The key is in the box.")


@pytest.fixture
def outbox(database_url: str) -> Iterator[Outbox]:
    with Outbox(database_url, who="ann", options={"endpoint": NOWHERE}) as opened:
        yield opened


@pytest.fixture
def plain(sqlite_url: str) -> Iterator[Outbox]:
    """One whose database does not matter."""
    with Outbox(sqlite_url, who="ann", options={"endpoint": NOWHERE}) as opened:
        yield opened


def queue(outbox: Outbox, outgoing: Outgoing) -> Message:
    """What becomes of one message."""
    return outbox.get(outbox.add_many([outgoing])[0].message_id)


def stored(outbox: Outbox) -> list[str]:
    """The SHA-256 of all bytes that are kept."""
    with outbox.database.read() as connection:
        return list(connection.execute(sa.select(content.c.sha256)).scalars())


def refused(outbox: Outbox, outgoing: Outgoing) -> list[tuple[str, str]]:
    """Code and field of everything for which a message is refused, which must leave nothing behind."""
    with pytest.raises(DraftRefused) as refusal:
        outbox.add_many([letter("This one is good."), outgoing])
    assert outbox.counts() == {}
    return [(problem.code, problem.field) for problem in refusal.value.problems]


@contextmanager
def watched(outbox: Outbox, words: str) -> Iterator[list[str]]:
    """The statements with these words that are carried out in the block."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if words in statement:
            seen.append(statement)

    with outbox.database.read() as connection:
        engine = connection.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    yield seen
    sa.event.remove(engine, "before_cursor_execute", note)


class TestAMessage:
    def test_is_queued_with_all_that_was_said_about_it(self, outbox: Outbox) -> None:
        soon = datetime(2031, 5, 6, 7, 8, 9, 123000, UTC)
        before = datetime.now(UTC) - timedelta(seconds=1)
        message = outbox.add(
            ORDER,
            "digitalAccessKey",
            text=TEXT,
            attachments=[KEY_FILE],
            account="shop",
            marketplace="CA",
            idempotency_key="key-1",
            not_before=soon,
            expires_at=soon + timedelta(days=1),
            priority=-7,
        )
        assert message.state is State.QUEUED
        assert (message.order_id, message.type, message.text) == (ORDER, "digitalAccessKey", TEXT)
        assert (message.account, message.endpoint, message.marketplace_id) == ("shop", NOWHERE, "A2EUQ1WTGCTBG2")
        assert (message.idempotency_key, message.priority) == ("key-1", -7)
        assert (message.not_before, message.expires_at) == (soon, soon + timedelta(days=1))
        assert before <= message.queued_at <= datetime.now(UTC)
        assert message.queued_by == "ann"
        assert (message.attempts, message.sent_at, message.request_id, message.reason) == (0, None, None, None)
        assert message == outbox.get(message.id)

    def test_begins_its_history_with_who_queued_it(self, outbox: Outbox) -> None:
        message = queue(outbox, letter())
        [event] = outbox.history(message.id)
        assert (event.at, event.who, event.what) == (message.queued_at, "ann", "queued")

    def test_goes_by_the_name_that_stands_in_amazons_path(self, plain: Outbox) -> None:
        message = queue(plain, letter(type="sendInvoice", text=None, attachments=[("invoice.txt", b"1 lamp, $5")]))
        assert message.type == "invoice"

    def test_of_a_warranty_has_its_days_as_moments(self, plain: Outbox) -> None:
        message = queue(plain, letter(type="warranty", text=None, attachments=[KEY_FILE], **COVERAGE))
        assert message.coverage_start == "2026-01-31T00:00:00+00:00"
        assert message.coverage_end == "2026-12-31T23:59:59+00:00"

    def test_without_text_has_none_however_that_was_written(self, plain: Outbox) -> None:
        assert queue(plain, letter("", type="negativeFeedbackRemoval")).text is None

    def test_is_for_the_default_account_and_the_outboxs_marketplace(self, sqlite_url: str) -> None:
        with Outbox(sqlite_url, marketplace="DE", options={"endpoint": NOWHERE}) as outbox:
            message = queue(outbox, letter())
        assert (message.account, message.marketplace_id) == ("default", "A1PA6795UKMFR9")

    def test_is_queued_by_the_login_unless_somebody_else_is_named(
        self, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("LOGNAME", "berta")
        with Outbox(sqlite_url, options={"endpoint": NOWHERE}) as outbox:
            assert queue(outbox, letter()).queued_by == "berta"

    def test_takes_a_moment_without_a_zone_for_utc(self, plain: Outbox) -> None:
        message = queue(plain, letter(not_before=datetime(2031, 1, 1, 12), expires_at=datetime(2031, 1, 2)))  # noqa: DTZ001 - what is tested
        assert message.not_before == datetime(2031, 1, 1, 12, tzinfo=UTC)
        assert message.expires_at == datetime(2031, 1, 2, tzinfo=UTC)

    def test_takes_a_moment_of_any_zone(self, plain: Outbox) -> None:
        there = datetime(2031, 1, 1, 12, tzinfo=timezone(timedelta(hours=9)))
        assert queue(plain, letter(not_before=there)).not_before == datetime(2031, 1, 1, 3, tzinfo=UTC)

    def test_with_odd_characters_is_stored_as_it_is(self, outbox: Outbox) -> None:
        text = 'Ça va? "Ja" \\u0000 \\ 100 % 🙂 {order_id} :doc\n日本'
        assert queue(outbox, letter(text)).text == text

    def test_shows_its_text_in_no_repr(self, plain: Outbox) -> None:
        outgoing = letter("Nobody else is to read this.")
        assert "Nobody" not in repr(outgoing)
        assert "Nobody" not in repr(queue(plain, outgoing))


class TestTheSameContent:
    def test_is_queued_once(self, outbox: Outbox) -> None:
        first = queue(outbox, letter())
        assert outbox.add_many([letter()]) == [Added(first.id, repeated=True)]
        assert outbox.counts() == {State.QUEUED: 1}
        assert len(outbox.history(first.id)) == 1

    def test_has_no_key_to_show(self, plain: Outbox) -> None:
        assert queue(plain, letter()).idempotency_key is None

    def test_is_the_same_by_every_name_of_its_type(self, plain: Outbox) -> None:
        message = queue(plain, letter(type="sendInvoice", text=None, attachments=[KEY_FILE]))
        assert queue(plain, letter(type="invoice", text=None, attachments=[KEY_FILE])).id == message.id

    def test_is_the_same_whenever_it_is_to_be_sent(self, plain: Outbox) -> None:
        message = queue(plain, letter())
        assert queue(plain, letter(priority=9, not_before=datetime(2031, 1, 1, tzinfo=UTC))) == message

    @pytest.mark.parametrize(
        "other",
        [
            {"text": f"{TEXT} Really."},
            {"order_id": "902-6786204-8179806"},
            {"marketplace": "CA"},
            {"account": "another"},
            {"attachments": [("other.txt", KEY_FILE[1])]},
            {"attachments": [("key.txt", b"The key is under the mat.")]},
            {"attachments": [KEY_FILE, ("two.txt", b"Two.")]},
        ],
        ids=lambda other: next(iter(other)),
    )
    def test_is_another_where_anything_of_it_differs(self, plain: Outbox, other: dict[str, Any]) -> None:
        outgoing = letter(type="digitalAccessKey", attachments=[KEY_FILE])
        assert queue(plain, outgoing).id != queue(plain, replace(outgoing, **other)).id

    def test_within_one_call_is_queued_once(self, outbox: Outbox) -> None:
        one, two = letters(2)
        added = outbox.add_many([one, two, one, one])
        first = added[0].message_id
        assert [each.repeated for each in added] == [False, False, True, True]
        assert [each.message_id == first for each in added] == [True, False, True, True]

    def test_is_not_queued_again_after_it_was_cancelled(self, plain: Outbox) -> None:
        message = queue(plain, letter())
        plain.cancel(message.id)
        assert queue(plain, letter()).state is State.CANCELLED

    def test_is_another_message_at_another_endpoint(self, sqlite_url: str) -> None:
        """What was tried on a sandbox is yet to be sent to the buyer."""
        with Outbox(sqlite_url, options={"endpoint": NOWHERE}) as outbox:
            tried = queue(outbox, letter())
        with Outbox(sqlite_url, options={"endpoint": "https://amazon.example"}) as outbox:
            meant = queue(outbox, letter())
        assert tried.id != meant.id
        assert (tried.endpoint, meant.endpoint) == (NOWHERE, "https://amazon.example")

    def test_added_by_two_at_once_is_queued_once(self, outbox: Outbox) -> None:
        outcomes: list[list[Added]] = []
        both = threading.Barrier(2)

        def add() -> None:
            both.wait()
            outcomes.append(outbox.add_many(letters(50)))

        threads = [threading.Thread(target=add) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        first, second = outcomes
        assert [each.message_id for each in first] == [each.message_id for each in second]
        assert all(one.repeated is not other.repeated for one, other in zip(first, second, strict=True))


class TestAGivenKey:
    def test_makes_the_same_content_another_message(self, outbox: Outbox) -> None:
        one, two = outbox.add_many([letter(idempotency_key="monday"), letter(idempotency_key="tuesday")])
        assert one.message_id != two.message_id
        assert outbox.get(one.message_id).idempotency_key == "monday"

    def test_stands_for_the_message_that_it_was_first_given_to(self, outbox: Outbox) -> None:
        message = queue(outbox, letter(idempotency_key="monday"))
        assert outbox.add_many([letter(idempotency_key="monday")]) == [Added(message.id, repeated=True)]

    def test_is_taken_for_other_content(self, outbox: Outbox) -> None:
        message = queue(outbox, letter(idempotency_key="monday"))
        with pytest.raises(KeyTaken, match="monday") as taken:
            outbox.add_many([letter("Something else."), letter("Quite another.", idempotency_key="monday")])
        assert taken.value.message_id == message.id
        assert outbox.counts() == {State.QUEUED: 1}

    def test_is_taken_within_one_call_too(self, outbox: Outbox) -> None:
        with pytest.raises(KeyTaken):
            outbox.add_many([letter(idempotency_key="a"), letter("Another.", idempotency_key="a")])
        assert outbox.counts() == {}

    def test_is_one_accounts_own(self, plain: Outbox) -> None:
        keyed = [letter(name, account=name, idempotency_key="a") for name in ("Anna", "Bert")]
        assert not any(added.repeated for added in plain.add_many(keyed))


class TestManyMessages:
    def test_are_queued_in_their_order(self, outbox: Outbox) -> None:
        added = outbox.add_many(letters(30))
        texts = [outbox.get(each.message_id).text for each in added]
        assert texts == [each.text for each in letters(30)]
        assert [each.message_id for each in added] == sorted(each.message_id for each in added)

    def test_that_go_in_several_statements_are_one_transaction(
        self, plain: Outbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(adding_module, "AT_ONCE", 2)
        with pytest.raises(DraftRefused):
            plain.add_many([*letters(5), letter(order_id="5")])
        assert plain.counts() == {}
        assert len(plain.add_many([*letters(5), *letters(3)])) == 8
        assert plain.counts() == {State.QUEUED: 5}

    def test_with_large_attachments_go_in_small_groups(self, plain: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(adding_module, "BYTES_AT_ONCE", 2000)
        large = [letter(type="digitalAccessKey", attachments=[(f"{n}.txt", b"%d" % n * 1500)]) for n in range(5)]
        with watched(plain, "INSERT INTO message") as groups:
            plain.add_many(large)
        assert len(groups) == 3
        assert len(stored(plain)) == 5

    def test_may_be_none(self, plain: Outbox) -> None:
        assert plain.add_many([]) == []

    def test_are_not_queued_when_whoever_tells_them_fails(self, outbox: Outbox) -> None:
        def told() -> Iterator[Outgoing]:
            yield letter()
            raise RuntimeError("the file has ended in the middle")

        with pytest.raises(RuntimeError):
            outbox.add_many(told())
        assert outbox.counts() == {}

    def test_are_found_together_by_their_batch(self, outbox: Outbox) -> None:
        early = queue(outbox, letter())
        outbox.add_many(letters(2), batch="monday.csv")
        outbox.add_many([letter(), *letters(1)], batch="tuesday.csv")
        assert outbox.counts(batch="monday.csv") == {State.QUEUED: 1}
        assert outbox.counts(batch="tuesday.csv") == {State.QUEUED: 2}
        assert early.id in [message.id for message in outbox.list(batch="tuesday.csv")]
        assert outbox.counts() == {State.QUEUED: 3}


class TestAttachments:
    def test_are_stored_once_however_many_messages_have_them(self, outbox: Outbox) -> None:
        outbox.add_many(
            letter(order_id=f"902-6786204-817980{number}", type="digitalAccessKey", attachments=[KEY_FILE])
            for number in range(3)
        )
        queue(outbox, letter(type="warranty", text=None, attachments=[("other.txt", KEY_FILE[1])], **COVERAGE))
        assert stored(outbox) == [sha256(KEY_FILE[1]).hexdigest()]

    def test_are_stored_once_in_a_transaction_of_many_statements(
        self, plain: Outbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(adding_module, "AT_ONCE", 2)
        with watched(plain, "content") as statements:
            plain.add_many(letter(f"{TEXT} {n}", type="digitalAccessKey", attachments=[KEY_FILE]) for n in range(6))
        assert len([each for each in statements if each.startswith(("SELECT content", "INSERT INTO content"))]) == 2

    def test_are_told_with_the_message(self, outbox: Outbox) -> None:
        files = [KEY_FILE, ("map.txt", b"Left, then right.")]
        message = queue(outbox, letter(type="digitalAccessKey", attachments=files))
        assert [(each.file_name, each.size) for each in message.files] == [("key.txt", 22), ("map.txt", 17)]
        assert message.files[0].content_md5 == content_md5(KEY_FILE[1])
        assert message.files[0].sha256 == sha256(KEY_FILE[1]).hexdigest()

    def test_may_be_paths(self, plain: Outbox, tmp_path: Path) -> None:
        path = tmp_path / "key.txt"
        path.write_bytes(KEY_FILE[1])
        message = queue(plain, letter(type="digitalAccessKey", attachments=[path]))
        path.unlink()
        assert [each.file_name for each in message.files] == ["key.txt"]
        assert stored(plain) == [sha256(KEY_FILE[1]).hexdigest()]

    def test_of_what_was_refused_are_not_stored(self, plain: Outbox) -> None:
        with pytest.raises(DraftRefused):
            plain.add_many([letter(type="digitalAccessKey", attachments=[KEY_FILE]), letter(order_id="5")])
        assert stored(plain) == []
        with plain.database.read() as connection:
            assert connection.execute(sa.select(sa.func.count()).select_from(attachment)).scalar_one() == 0


class TestBeforeAnythingIsQueued:
    @pytest.mark.parametrize(
        ("wrong", "code", "field"),
        [
            ({"order_id": "12345"}, "order_id_malformed", "order_id"),
            ({"type": "confirmOrderDetail"}, "type_not_available", "type"),
            ({"text": None}, "text_missing", "text"),
            ({"text": "Write to ann@example.com"}, "text_email", "text"),
            ({"text": "Half a character: \ud83d"}, "text_control", "text"),
            ({"text": "a" * 2001}, "text_too_long", "text"),
            ({"attachments": [KEY_FILE]}, "attachments_not_taken", "attachments"),
            ({"attachments": ["/nowhere/key.txt"]}, "file_unreadable", "attachments[0]"),
            ({"coverage_start": "2026-01-31"}, "coverage_not_taken", "coverage_start"),
            ({"priority": 1001}, "priority_out_of_range", "priority"),
            ({"account": "  "}, "account_missing", "account"),
            ({"account": "shop\x00"}, "value_unprintable", "account"),
            ({"idempotency_key": "line\nbreak"}, "value_unprintable", "idempotency_key"),
            ({"idempotency_key": "\udcff"}, "value_unprintable", "idempotency_key"),
            ({"idempotency_key": "k" * 256}, "value_too_long", "idempotency_key"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_every_rule_is_checked(self, plain: Outbox, wrong: dict[str, Any], code: str, field: str) -> None:
        assert (code, field) in refused(plain, letter(**({"text": TEXT} | wrong)))

    def test_it_must_not_expire_before_it_may_be_sent(self, plain: Outbox) -> None:
        moment = datetime(2031, 1, 1, tzinfo=UTC)
        assert refused(plain, letter(not_before=moment, expires_at=moment)) == [("expires_too_early", "expires_at")]

    def test_all_that_is_wrong_with_a_message_is_told_at_once(self, plain: Outbox) -> None:
        found = refused(plain, letter("", order_id="5", priority=5000))
        assert [field for _, field in found] == ["order_id", "text", "priority"]

    def test_a_type_of_which_nothing_is_known_is_taken_at_the_callers_word(self, plain: Outbox) -> None:
        assert queue(plain, letter(type="updateFeedback", allow_unlisted=True)).type == "updateFeedback"

    @pytest.mark.parametrize(
        ("wrong", "code"),
        [
            ({"order_id": "5"}, "order_id_malformed"),
            ({"text": "Write to ann@example.com"}, "text_email"),
            ({"coverage_start": "some day"}, "coverage_malformed"),
            ({"attachments": [("key.exe", b"MZ")]}, "file_type_not_allowed"),
            ({"type": "update\x00Feedback"}, "value_unprintable"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_what_holds_for_every_type_holds_for_that_one_too(
        self, plain: Outbox, wrong: dict[str, Any], code: str
    ) -> None:
        outgoing = replace(letter(type="updateFeedback", allow_unlisted=True), **wrong)
        assert code in [found for found, _ in refused(plain, outgoing)]

    def test_an_unknown_marketplace_is_refused(self, plain: Outbox) -> None:
        with pytest.raises(UnknownMarketplace):
            plain.add(ORDER, TYPE, text=TEXT, marketplace="Atlantis")
        assert plain.counts() == {}
