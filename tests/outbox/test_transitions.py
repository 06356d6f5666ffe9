"""How workers change messages: only those that are theirs, and only from the state that they knew."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from buyerline.outbox import Outbox, State
from tests.outbox.hands import Hand, hand
from tests.outbox.samples import NOWHERE, letter, letters


@pytest.fixture
def outbox(database_url: str) -> Iterator[Outbox]:
    with Outbox(database_url, who="ann", options={"endpoint": NOWHERE}) as opened:
        yield opened


@pytest.fixture
def worker(outbox: Outbox) -> Iterator[Hand]:
    with hand(outbox) as living:
        yield living


def queue(outbox: Outbox, worker: Hand, **facts: Any) -> str:
    """Queue a message of an account that the worker has; its id."""
    message_id = outbox.add_many([letter(**facts)])[0].message_id
    worker.take()
    return message_id


def whats(outbox: Outbox, message_id: str) -> list[str]:
    return [event.what for event in outbox.history(message_id)]


class TestFetching:
    def test_gives_each_accounts_next_by_priority_and_age(self, outbox: Outbox, worker: Hand) -> None:
        outbox.add_many(
            [letter(f"{name} {n}", account=name, priority=n % 2) for name in ("one", "two") for n in range(6)]
        )
        worker.take()
        found = [job.text for job in worker.fetch(limit=4)]
        assert found == [f"{name} {n}" for name in ("one", "two") for n in (1, 3, 5, 0)]

    def test_gives_what_is_due_alone(self, outbox: Outbox, worker: Hand) -> None:
        later = datetime.now(UTC) + timedelta(hours=1)
        _, cancelled = outbox.add_many([letter("Due."), letter("Cancelled.")])
        outbox.add_many([letter("Later.", not_before=later), letter("Another's.", account="another")])
        outbox.cancel(cancelled.message_id)
        worker.take()
        assert [job.text for job in worker.fetch("default")] == ["Due."]

    def test_gives_nothing_of_an_account_that_is_another_workers(self, outbox: Outbox, worker: Hand) -> None:
        outbox.add_many([letter()])
        with hand(outbox) as other:
            other.take()
            assert worker.fetch() == []
            assert len(other.fetch()) == 1

    def test_gives_all_that_is_to_be_sent(self, outbox: Outbox, worker: Hand) -> None:
        facts = {"coverage_start": "2026-01-31", "coverage_end": "2026-12-31"}
        added = queue(outbox, worker, text=None, type="warranty", attachments=[("a.txt", b"Two years.")], **facts)
        [job] = worker.fetch()
        message = outbox.get(added)
        assert (job.id, job.order_id, job.type, job.text) == (message.id, message.order_id, "warranty", None)
        assert (job.coverage_start, job.coverage_end) == (message.coverage_start, message.coverage_end)
        assert (job.marketplace_id, job.allow_unlisted, job.files, job.attempts) == (
            message.marketplace_id,
            False,
            1,
            0,
        )


class TestClaiming:
    def test_is_written_down_before_anything_leaves(self, outbox: Outbox, worker: Hand) -> None:
        message_id = queue(outbox, worker)
        assert worker.claim(*worker.fetch()) == {message_id}
        message = outbox.get(message_id)
        assert (message.state, message.attempts) == (State.SENDING, 1)
        assert outbox.history(message_id)[-1].who == f"worker {worker.worker}"

    def test_takes_many_at_once(self, outbox: Outbox, worker: Hand) -> None:
        outbox.add_many(letters(50))
        worker.take()
        assert len(worker.claim(*worker.fetch())) == 50
        assert outbox.counts() == {State.SENDING: 50}

    def test_is_refused_for_what_was_cancelled_meanwhile(self, outbox: Outbox, worker: Hand) -> None:
        message_id = queue(outbox, worker)
        jobs = worker.fetch()
        outbox.cancel(message_id)
        assert worker.claim(*jobs) == set()
        assert outbox.get(message_id).state is State.CANCELLED
        assert whats(outbox, message_id) == ["queued", "cancelled"]

    def test_is_refused_for_what_has_expired_meanwhile(self, outbox: Outbox, worker: Hand) -> None:
        message_id = queue(outbox, worker, expires_at=datetime.now(UTC) - timedelta(seconds=1))
        assert worker.claim(*worker.fetch()) == set()
        assert outbox.get(message_id).state is State.QUEUED

    def test_is_refused_for_an_account_that_another_has_meanwhile(self, outbox: Outbox, worker: Hand) -> None:
        message_id = queue(outbox, worker)
        jobs = worker.fetch()
        with hand(outbox) as other:
            other.take()
            assert worker.claim(*jobs) == set()
            assert other.claim(*jobs) == {message_id}

    def test_is_refused_for_an_account_that_nobody_has(self, outbox: Outbox, worker: Hand) -> None:
        outbox.add_many([letter()])
        assert worker.claim(*worker.fetch()) == set()

    def test_is_refused_for_what_is_being_sent_already(self, outbox: Outbox, worker: Hand) -> None:
        queue(outbox, worker)
        jobs = worker.fetch()
        assert worker.claim(*jobs)
        assert worker.claim(*jobs) == set()

    def test_is_refused_for_what_was_tried_meanwhile(self, outbox: Outbox, worker: Hand) -> None:
        """It is queued again, and yet not the same: somebody has looked at it since."""
        queue(outbox, worker)
        [job] = worker.fetch()
        worker.claim(job)
        worker.record(worker.outcome(job, State.REFUSED))
        outbox.retry(job.id)
        assert worker.claim(job) == set()
        assert worker.claim(*worker.fetch()) == {job.id}


class TestRecording:
    def test_writes_what_became_of_a_message(self, outbox: Outbox, worker: Hand) -> None:
        queue(outbox, worker)
        [job] = worker.fetch()
        worker.claim(job)
        outcome = worker.outcome(job, State.SENT, request_id="r-1")
        assert worker.record(outcome) == {job.id}
        message = outbox.get(job.id)
        assert (message.state, message.request_id, message.reason) == (State.SENT, "r-1", None)
        assert message.sent_at == outbox.history(job.id)[-1].at
        assert whats(outbox, job.id) == ["queued", "sending", "sent"]

    def test_queues_a_message_again_for_its_time(self, outbox: Outbox, worker: Hand) -> None:
        queue(outbox, worker)
        [job] = worker.fetch()
        worker.claim(job)
        later = worker.outcome(job, State.QUEUED, reason="Throttled.", tries=3, not_before=4_000_000_000_000)
        worker.record(later)
        message = outbox.get(job.id)
        assert (message.state, message.reason) == (State.QUEUED, "Throttled.")
        assert message.not_before == datetime.fromtimestamp(4_000_000_000, UTC)
        assert worker.fetch() == []

    def test_keeps_the_request_id_of_an_earlier_attempt_where_there_is_no_newer_one(
        self, outbox: Outbox, worker: Hand
    ) -> None:
        queue(outbox, worker)
        for request_id in ("r-1", None):
            [job] = worker.fetch()
            worker.claim(job)
            worker.record(worker.outcome(job, State.QUEUED, request_id=request_id))
        assert outbox.get(job.id).request_id == "r-1"

    def test_is_done_once(self, outbox: Outbox, worker: Hand) -> None:
        queue(outbox, worker)
        [job] = worker.fetch()
        worker.claim(job)
        assert worker.record(worker.outcome(job, State.SENT))
        assert worker.record(worker.outcome(job, State.UNKNOWN)) == set()
        assert whats(outbox, job.id) == ["queued", "sending", "sent"]

    def test_is_not_for_another_attempt(self, outbox: Outbox, worker: Hand) -> None:
        """What came late of the first attempt says nothing about the second."""
        queue(outbox, worker)
        [first] = worker.fetch()
        worker.claim(first)
        worker.record(worker.outcome(first, State.UNKNOWN))
        outbox.resolve(first.id, arrived=False)
        [second] = worker.fetch()
        worker.claim(second)
        assert worker.record(worker.outcome(first, State.SENT)) == set()
        assert outbox.get(first.id).state is State.SENDING

    def test_is_not_for_another_workers_attempt(self, outbox: Outbox, worker: Hand) -> None:
        queue(outbox, worker)
        [job] = worker.fetch()
        worker.claim(job)
        with hand(outbox) as other:
            other.take()
            assert other.record(other.outcome(job, State.SENT)) == set()

    def test_of_whoever_tried_corrects_what_others_took_for_unknown(self, outbox: Outbox, worker: Hand) -> None:
        queue(outbox, worker)
        [job] = worker.fetch()
        worker.claim(job)
        worker.record(worker.outcome(job, State.UNKNOWN, reason="It was taken for dead."))
        with hand(outbox) as next_life:
            outcome = msgspec.structs.replace(worker.outcome(job, State.SENT, request_id="r-1"), worker=worker.worker)
            assert next_life.record(outcome) == {job.id}
        message = outbox.get(job.id)
        assert (message.state, message.request_id, message.reason) == (State.SENT, "r-1", None)

    @pytest.mark.parametrize("arrived", [True, False])
    def test_comes_too_late_after_somebody_has_decided(self, outbox: Outbox, worker: Hand, *, arrived: bool) -> None:
        queue(outbox, worker)
        [job] = worker.fetch()
        worker.claim(job)
        worker.record(worker.outcome(job, State.UNKNOWN))
        decided = outbox.resolve(job.id, arrived=arrived)
        assert worker.record(worker.outcome(job, State.REFUSED)) == set()
        assert outbox.get(job.id) == decided

    def test_that_it_was_sent_after_all_is_never_too_late_to_keep_it_from_being_sent_twice(
        self, outbox: Outbox, worker: Hand
    ) -> None:
        queue(outbox, worker)
        [job] = worker.fetch()
        worker.claim(job)
        worker.record(worker.outcome(job, State.UNKNOWN))
        outbox.resolve(job.id, arrived=False)
        assert worker.record(worker.outcome(job, State.SENT)) == {job.id}
        assert outbox.get(job.id).state is State.SENT
        assert worker.fetch() == []

    def test_of_what_never_left_is_for_the_accounts_worker(self, outbox: Outbox, worker: Hand) -> None:
        queue(outbox, worker)
        [job] = worker.fetch()
        outcome = worker.outcome(job, State.REFUSED, attempts=job.attempts, claimed=False, reason="Not offered.")
        with hand(outbox) as other:
            other.take()
            assert worker.record(outcome) == set()
            assert other.record(outcome) == {job.id}
        message = outbox.get(job.id)
        assert (message.state, message.attempts, message.reason) == (State.REFUSED, 0, "Not offered.")

    def test_of_what_never_left_is_nothing_to_a_cancelled_message(self, outbox: Outbox, worker: Hand) -> None:
        queue(outbox, worker)
        [job] = worker.fetch()
        outbox.cancel(job.id)
        assert worker.record(worker.outcome(job, State.REFUSED, attempts=0, claimed=False)) == set()

    def test_takes_tried_and_untried_messages_together(self, outbox: Outbox, worker: Hand) -> None:
        outbox.add_many(letters(2))
        worker.take()
        tried, untried = worker.fetch()
        worker.claim(tried)
        outcomes = [
            worker.outcome(tried, State.SENT),
            worker.outcome(untried, State.REFUSED, attempts=0, claimed=False),
        ]
        assert worker.record(*outcomes) == {tried.id, untried.id}
        assert outbox.counts() == {State.SENT: 1, State.REFUSED: 1}

    @pytest.mark.parametrize("words", ["A \\u0000 written out.", 'It\'s "100 %" :doc {each} \\', "日本 🙂"])
    def test_keeps_amazons_words_whatever_they_are(self, outbox: Outbox, worker: Hand, words: str) -> None:
        queue(outbox, worker)
        [job] = worker.fetch()
        worker.claim(job)
        worker.record(worker.outcome(job, State.REFUSED, reason=words))
        assert outbox.get(job.id).reason == words

    def test_leaves_out_the_one_character_that_no_database_takes(self, outbox: Outbox, worker: Hand) -> None:
        queue(outbox, worker)
        [job] = worker.fetch()
        worker.claim(job)
        worker.record(worker.outcome(job, State.REFUSED, reason="Nothing\x00 here."))
        assert outbox.get(job.id).reason == "Nothing here."
