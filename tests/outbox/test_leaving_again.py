"""A message that leaves another time, because Amazon has certainly not taken it: it is still this worker's then."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from buyerline import CallEvent
from buyerline.amazon.connect import ClientOptions
from buyerline.outbox import Outbox, State, Worker
from buyerline.outbox.delivery import Delivery
from tests.databases import Postgres
from tests.outbox.samples import letter
from tests.outbox.serving import PATIENCE, options_for, send_all
from tests.running import Amazon

POST = "createConfirmOrderDetails"


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers look after their house so often that no test waits for it."""
    monkeypatch.setattr("buyerline.outbox.worker.ROUND", 0.05)


@pytest.fixture
def options(amazon: Amazon) -> ClientOptions:
    return options_for(amazon)


def at_the_first(status: int, act: Callable[[], None]) -> Callable[[CallEvent], None]:
    """Whoever is told of calls, and acts once: when the POST is first answered by this status."""
    acted: list[CallEvent] = []

    def observe(event: CallEvent) -> None:
        if (event.operation, event.status) == (POST, status) and not acted:
            acted.append(event)
            act()

    return observe


def send_by_one_that_stands_still(
    url: str, options: ClientOptions, status: int, meanwhile: Callable[[], None], **settings: Any
) -> None:
    """A worker that stands still when its POST has been answered by `status`, until `meanwhile` is over.

    Keywords are those of `Worker`.
    """

    def elsewhere() -> None:
        with ThreadPoolExecutor() as threads:
            threads.submit(meanwhile).result(PATIENCE)

    options = {**options, "observers": [at_the_first(status, elsewhere)]}
    asyncio.run(asyncio.wait_for(Worker(url, options=options, **settings).run(once=True), PATIENCE))


class TestOneWhoseWorkerWasTakenForDead:
    """A person found that it had not arrived, and another worker has sent it."""

    @pytest.fixture
    def message_id(self, postgres_url: str, options: ClientOptions) -> str:
        with Outbox(postgres_url, who="ann", options=options) as outbox:
            return outbox.add_many([letter()])[0].message_id

    @pytest.fixture
    def send_anew(
        self, postgres: Postgres, postgres_url: str, options: ClientOptions, message_id: str
    ) -> Callable[[], None]:
        """End the worker's session, decide, and let another worker send."""

        def work() -> None:
            postgres.terminate_connections(postgres_url)
            with Outbox(postgres_url, who="ann", options=options) as outbox:
                send_all(postgres_url, options)
                assert outbox.get(message_id).state is State.UNKNOWN
                outbox.resolve(message_id, arrived=False)
                send_all(postgres_url, options)

        return work

    @pytest.fixture(autouse=True)
    def sent_once(self, postgres_url: str, amazon: Amazon, options: ClientOptions, message_id: str) -> Iterator[None]:
        """Whatever a test does: the message was sent by the other worker, and only by that one."""
        yield
        assert len(amazon.ledger()) == 1
        with Outbox(postgres_url, options=options) as outbox:
            whats = [event.what for event in outbox.history(message_id)]
        assert whats == ["queued", "sending", "unknown", "queued", "sending", "sent"]

    def test_does_not_leave_with_a_renewed_access_token(
        self,
        amazon: Amazon,
        postgres_url: str,
        options: ClientOptions,
        send_anew: Callable[[], None],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        prepared = Delivery._prepared

        async def until_the_token_ends(*args: Any) -> Any:
            done = await prepared(*args)
            if not amazon.counts(POST):
                amazon.advance(4000)
            return done

        monkeypatch.setattr(Delivery, "_prepared", until_the_token_ends)
        send_by_one_that_stands_still(postgres_url, options, 403, send_anew)
        assert amazon.counts(POST) == {"403": 1, "201": 1}

    def test_does_not_leave_after_a_pause(
        self,
        amazon: Amazon,
        postgres_url: str,
        options: ClientOptions,
        message_id: str,
        send_anew: Callable[[], None],
    ) -> None:
        """A worker for one message tries it again by itself when Amazon throttles."""
        amazon.fault(POST, "status", status=429)
        send_by_one_that_stands_still(postgres_url, options, 429, send_anew, only=message_id)
        assert amazon.counts(POST) == {"429": 1, "201": 1}


def test_one_that_is_still_its_workers_leaves_again(amazon: Amazon, sqlite_url: str, options: ClientOptions) -> None:
    with Outbox(sqlite_url, who="ann", options=options) as outbox:
        [added] = outbox.add_many([letter()])
        amazon.fault(POST, "status", status=429)
        send_all(sqlite_url, options, only=added.message_id)
        assert amazon.counts(POST) == {"429": 1, "201": 1}
        assert [event.what for event in outbox.history(added.message_id)] == ["queued", "sending", "sent"]
