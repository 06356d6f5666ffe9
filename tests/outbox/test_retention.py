"""What is forgotten, and when."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from buyerline.amazon.errors import ConfigurationError
from buyerline.amazon.marketplaces import Marketplace
from buyerline.outbox import Outbox, State, retention
from buyerline.outbox.adding import Adding
from buyerline.outbox.clock import now
from buyerline.outbox.retention import Retention
from buyerline.outbox.schema import content, message
from buyerline.outbox.writer import Standing
from tests.outbox.hands import Hand, hand
from tests.outbox.samples import NOWHERE, letter

KEY_FILE = ("key.txt", b"The key is in the box.")
MONTH = timedelta(days=30)


@pytest.fixture
def outbox(database_url: str) -> Iterator[Outbox]:
    with Outbox(database_url, who="ann", options={"endpoint": NOWHERE}) as opened:
        yield opened


@pytest.fixture
def worker(outbox: Outbox) -> Iterator[Hand]:
    with hand(outbox) as living:
        yield living


def ended(outbox: Outbox, state: State, ago: timedelta, **facts: Any) -> str:
    """A message with an attachment that came to this state so long ago; its id."""
    told = {"type": "digitalAccessKey", "attachments": [KEY_FILE]} | facts
    message_id = outbox.add_many([letter(**told)])[0].message_id
    values = {"state": state, "ready": False, "ended_at": datetime.now(UTC) - ago, "request_id": "r-1"}
    with outbox.database.write() as connection:
        connection.execute(sa.update(message).where(message.c.id == message_id).values(values))
    return message_id


def forget(worker: Hand) -> None:
    with worker.connection.begin():
        Retention(MONTH).forget(Standing(worker.connection, worker.life, worker.transitions))


def stored(outbox: Outbox) -> int:
    """How many attachments' bytes are kept."""
    with outbox.database.read() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(content)).scalar_one()


def test_texts_and_attachments_are_forgotten_after_their_time(outbox: Outbox, worker: Hand) -> None:
    message_id = ended(outbox, State.SENT, MONTH + timedelta(minutes=1))
    forget(worker)
    found = outbox.get(message_id)
    assert (found.text, found.files) == (None, ())
    assert (found.state, found.request_id) == (State.SENT, "r-1")
    assert [event.what for event in outbox.history(message_id)] == ["queued"]


def test_they_are_kept_until_then(outbox: Outbox, worker: Hand) -> None:
    message_id = ended(outbox, State.SENT, MONTH - timedelta(minutes=1))
    before = outbox.get(message_id)
    forget(worker)
    assert outbox.get(message_id) == before
    assert before.text is not None
    assert len(before.files) == 1


def test_what_may_still_be_sent_is_never_forgotten(outbox: Outbox, worker: Hand) -> None:
    queued = outbox.add_many([letter("Queued.")])[0].message_id
    unknown = ended(outbox, State.UNKNOWN, MONTH * 100)
    forget(worker)
    assert outbox.get(queued).text == "Queued."
    assert outbox.get(unknown).text is not None
    assert stored(outbox) == 1


@pytest.mark.parametrize(
    ("state", "kept"), [(State.SENT, 0), (State.REFUSED, 1), (State.CANCELLED, 1), (State.FAILED, 1)]
)
def test_the_bytes_of_attachments_are_kept_only_while_somebody_may_send_them(
    outbox: Outbox, worker: Hand, state: State, kept: int
) -> None:
    ended(outbox, state, timedelta(minutes=1))
    forget(worker)
    assert stored(outbox) == kept


def test_bytes_that_another_message_needs_are_kept(outbox: Outbox, worker: Hand) -> None:
    ended(outbox, State.SENT, timedelta(minutes=1))
    waiting = ended(outbox, State.REFUSED, MONTH * 2, text="Another.")
    with outbox.database.write() as connection:
        connection.execute(sa.update(message).where(message.c.id == waiting).values(ended_at=None))
    forget(worker)
    assert stored(outbox) == 1


def test_much_is_forgotten_little_by_little(outbox: Outbox, worker: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    for number in range(3):
        ended(outbox, State.SENT, MONTH * 2, text=f"Number {number}", attachments=[("a.txt", b"%d" % number)])
    forget(worker)
    assert sorted(each.text is None for each in outbox.list()) == [False, True, True]
    forget(worker)
    assert all(each.text is None for each in outbox.list())
    assert stored(outbox) == 0


def test_what_was_forgotten_is_not_queued_again(outbox: Outbox, worker: Hand) -> None:
    message_id = ended(outbox, State.SENT, MONTH * 2)
    forget(worker)
    [again] = outbox.add_many([letter(type="digitalAccessKey", attachments=[KEY_FILE])])
    assert (again.message_id, again.repeated) == (message_id, True)
    assert stored(outbox) == 0


def test_bytes_that_are_queued_anew_at_this_moment_are_kept(postgres_url: str) -> None:
    with Outbox(postgres_url, options={"endpoint": NOWHERE}) as outbox, hand(outbox) as worker:
        ended(outbox, State.SENT, timedelta(minutes=1))
        with outbox.database.write() as connection:
            adding = Adding(
                database=outbox.database,
                connection=connection,
                endpoint=NOWHERE,
                marketplace=Marketplace.US,
                who="ann",
                now=now(),
                batch=None,
            )
            list(adding.add([letter("Another.", type="digitalAccessKey", attachments=[KEY_FILE])]))
            forget(worker)
        assert stored(outbox) == 1


def test_it_is_a_month_unless_the_environment_says_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BUYERLINE_RETENTION_DAYS", raising=False)
    assert Retention.of_environment().time == MONTH
    monkeypatch.setenv("BUYERLINE_RETENTION_DAYS", "7")
    assert Retention.of_environment().time == timedelta(days=7)


@pytest.mark.parametrize("days", ["0", "-1", "3651", "1.5", "a month", "٣", "9" * 5000])
def test_a_time_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, days: str) -> None:
    monkeypatch.setenv("BUYERLINE_RETENTION_DAYS", days)
    with pytest.raises(ConfigurationError, match="no number of days from 1 to 3650"):
        Retention.of_environment()
