"""What a worker on its own does for the app's accounts, whichever of the two comes first."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from buyerline.app import at_work
from buyerline.app.schema import connected
from buyerline.app.vault import VARIABLE
from buyerline.outbox import Worker
from buyerline.outbox.database import Database
from tests.app.desk import KEY, desk_in
from tests.running import Amazon
from tests.waiting import until

if TYPE_CHECKING:
    from buyerline.amazon.connect import ClientOptions


def test_a_worker_that_was_there_before_the_app_fetches_its_orders_too(
    tmp_path: Path, amazon: Amazon, no_application: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two services of one file for compose start in any order."""
    monkeypatch.setattr(at_work, "LOOK", 0.05)
    monkeypatch.setenv(VARIABLE, KEY)
    url = f"sqlite:///{tmp_path / 'outbox.db'}"
    database = Database.open(url)
    seller = amazon.default_account
    options: ClientOptions = {
        "endpoint": amazon.url,
        "lwa_endpoint": amazon.lwa_url,
        "sources": [lambda _: seller.credentials],
    }
    worker = Worker(database=database, options=options, beside=at_work.beside(database, options))
    with ThreadPoolExecutor(1) as process:
        working = process.submit(asyncio.run, worker.run())
        try:
            until(lambda: worker.serving, "the worker served")
            with desk_in(url, amazon) as desk:
                desk.connect()
            until(lambda: _synced(database), "the orders were here")
        finally:
            worker.stop()
        working.result()
    database.close()


def _synced(database: Database) -> bool:
    with database.read() as connection:
        return connection.execute(sa.select(connected.c.synced_at)).scalar() is not None
