"""A worker in a process of its own, with credentials for many accounts and whatever a test does to it."""

import asyncio
import logging
import os
import signal
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa

from buyerline.amazon.connect import ClientOptions
from buyerline.amazon.credentials import Credentials
from buyerline.outbox import Worker
from tests.durability.traps import Trap, Traps

NO_LIMIT = 2**30
"""Pages that no test's database comes to."""


class Account(msgspec.Struct, frozen=True):
    """An account's credentials."""

    client_id: str
    client_secret: str
    refresh_token: str


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker's process is told.

    Attributes:
        database: the outbox's URL.
        endpoint: the sandbox.
        accounts: the credentials of every account, by name.
        timeout: seconds for one exchange with Amazon: many, for a busy machine answers late.
        plan: calls a second and at once that it believes each messaging operation to allow.
        once: whether it ends when nothing is due.
        trap: what happens to it at a point of its way.
        full: while this file is there, the disk is full for SQLite; a file of this name and ``.met`` tells that it was
            noticed.
    """

    database: str
    endpoint: str
    accounts: dict[str, Account]
    timeout: float = 30.0
    plan: tuple[float, int] = (1.0, 5)
    once: bool = False
    trap: Trap | None = None
    full: str | None = None


def work(settings: Settings, output: Path) -> None:
    """Be a worker, and write what it says to `output`. It ends as ``buyerline worker`` does, at SIGTERM."""
    with output.open("wb") as log:
        for stream in (1, 2):
            os.dup2(log.fileno(), stream)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    _set_plan(*settings.plan)
    Traps(settings.trap, settings.endpoint).set()
    if settings.full:
        _limit_disk(Path(settings.full))
    asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    worker = Worker(settings.database, options=options_of(settings))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, worker.stop)
    await worker.run(once=settings.once)


def options_of(settings: Settings) -> ClientOptions:
    """How clients reach the sandbox on behalf of every account."""

    def look(account: str) -> Credentials | str:
        found = settings.accounts.get(account)
        return Credentials(**msgspec.structs.asdict(found)) if found else "the test's accounts: not there"

    return {"endpoint": settings.endpoint, "sources": [look], "timeout": settings.timeout}


def _set_plan(rate: float, burst: int) -> None:
    """Let the operations have another usage plan than the documented one, as a seller may have been granted."""
    from buyerline.amazon.messaging import PLAN

    object.__setattr__(PLAN, "rate", rate)
    object.__setattr__(PLAN, "burst", burst)


def _limit_disk(full: Path) -> None:
    """Let SQLite find no room for another page while the file `full` is there."""

    def limit(connection: sa.Connection, cursor: Any, *_: Any) -> None:
        is_full = full.exists()
        if connection.info.get("full", False) is not is_full:
            connection.info["full"] = is_full
            cursor.connection.execute(f"PRAGMA max_page_count = {1 if is_full else NO_LIMIT}")

    def tell(context: sa.engine.ExceptionContext) -> None:
        if "full" in str(context.original_exception):
            full.with_suffix(".met").touch()

    sa.event.listen(sa.Engine, "before_cursor_execute", limit)
    sa.event.listen(sa.Engine, "handle_error", tell)
