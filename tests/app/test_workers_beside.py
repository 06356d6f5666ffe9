"""An app that sends nothing itself: whether a worker beside it does."""

import asyncio
import os
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from buyerline.outbox import Worker
from buyerline.outbox.clock import now
from buyerline.outbox.schema import worker
from tests.app.office import Office, application_of, opened
from tests.running import Amazon
from tests.waiting import until

SAID = "Nothing is sent at the moment"


def test_one_that_lives_is_enough(tmp_path: Path, amazon: Amazon) -> None:
    with application_of(amazon), opened(tmp_path, amazon, worker=False) as office, ThreadPoolExecutor(1) as process:
        visitor = office.visitor()
        assert SAID in visitor.get("/outbox").text
        beside = Worker(database=office.services.database, options=office.services.options)
        working = process.submit(asyncio.run, beside.run())
        until(lambda: SAID not in visitor.get("/outbox").text, "the page saw it")
        beside.stop()
        working.result()
        assert SAID in visitor.get("/outbox").text


def test_one_that_died_without_a_word_is_none(tmp_path: Path, amazon: Amazon, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its row stays, and its beat stands still; that is known before anybody looks at a page."""
    monkeypatch.setattr("buyerline.outbox.life.STILL", 0.2)
    monkeypatch.setattr("buyerline.app.server.WATCHING", 0.05)
    with application_of(amazon), opened(tmp_path, amazon, worker=False) as office:
        _leave_a_dead_one(office)
        until(lambda: not office.services.somebody_sends(), "it was missed")
        assert SAID in office.visitor().get("/outbox").text


def _leave_a_dead_one(office: Office) -> None:
    line = {
        "id": "gone",
        "beat": 17,
        "lock_key": 4711,
        "endpoint": office.services.outbox.endpoint,
        "shares": True,
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "started_at": now(),
    }
    with office.services.database.write() as connection:
        connection.execute(sa.insert(worker), line)
