"""Part seven: how soon another worker goes on where one has ended, or its host is gone."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from bench.databases import Databases, Kind
from bench.outbox_run import BATCH, PATIENCE, Workers, living, outbox_for, queue
from bench.outbox_work import Work
from bench.process import Failed
from bench.recorder import Recorder
from bench.results import HOST_LOST, KILLED, Spread, TakeoverFigures, Takeovers
from buyerline.amazon.messaging import PLAN
from buyerline.outbox import Outbox, State
from buyerline.outbox.schema import account, message

LOOK = 0.01
"""Seconds between two looks at what has become of the work."""

ANSWER = 0.2
"""Seconds that the server takes to answer, so that some messages are always on their way."""

CASES: tuple[tuple[Kind, str], ...] = (("postgresql", KILLED), ("postgresql", HOST_LOST), ("sqlite", KILLED))
"""A SQLite database is on its worker's own host: when that is lost, so is the database."""


@dataclass(frozen=True, slots=True)
class _Takeover:
    owned: float
    sent: float
    unknown: int


def measure(tell: Callable[[str], None], *, quick: bool) -> Takeovers:
    """Two workers each time, of which one ends in the middle of the work."""
    rounds, accounts, moments = 1 if quick else 2, 20 if quick else 200, random.Random(8710)
    work = Work(accounts, each=60)
    figures = []
    with Databases() as databases, Recorder(delay=ANSWER) as recorder:
        for kind, end in CASES:
            seen = []
            for number in range(1, rounds + 1):
                tell(f"outbox, takeover: {kind}, {end}, round {number} of {rounds}")
                seen.append(_one(databases.new(kind), recorder, work, end, moments))
            figures.append(
                TakeoverFigures(
                    kind,
                    end,
                    owned=Spread.of(each.owned for each in seen),
                    sent=Spread.of(each.sent for each in seen),
                    unknown=sum(each.unknown for each in seen),
                )
            )
    return Takeovers(rounds, accounts, figures)


def _one(database: str, recorder: Recorder, work: Work, end: str, moments: random.Random) -> _Takeover:
    recorder.reset()
    with outbox_for(database, recorder) as outbox, Workers(database, recorder.url) as workers:
        workers.start(outbox, 2)
        queue(outbox, work)
        _until(lambda: recorder.record().messages >= work.accounts * (PLAN.burst + 2))
        time.sleep(moments.random() / PLAN.rate)
        pid, worker = next(iter(living(outbox).items()))
        accounts = _accounts_of(outbox, worker)
        at, start = time.time(), time.monotonic()
        if end == KILLED:
            workers.kill(pid)
        else:
            workers.freeze(pid)
        _until(lambda: not _left_behind(outbox, worker))
        owned = time.monotonic() - start
        _until(lambda: _sent_by_another(outbox, worker, accounts) is not None)
        sent = (_sent_by_another(outbox, worker, accounts) or at) - at
        if end == HOST_LOST:
            workers.kill(pid)
        workers.stop()
        unknown = outbox.counts(batch=BATCH).get(State.UNKNOWN, 0)
    if repeats := recorder.record().repeats:
        raise Failed(f"after a takeover {repeats} messages were sent again")
    return _Takeover(owned, sent, unknown)


def _until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        if time.monotonic() > deadline:
            raise Failed(f"no worker goes on after {PATIENCE} s")
        time.sleep(LOOK)


def _accounts_of(outbox: Outbox, worker: str) -> list[int]:
    with outbox.database.read() as connection:
        return list(connection.execute(sa.select(account.c.id).where(account.c.owner == worker)).scalars())


def _left_behind(outbox: Outbox, worker: str) -> bool:
    """Whether there are accounts that nobody living serves, or messages that the dead worker seems to be sending."""
    alone = sa.exists().where(sa.or_(account.c.owner.is_(None), account.c.owner == worker))
    sending = sa.exists().where(message.c.state == State.SENDING, message.c.worker == worker)
    with outbox.database.read() as connection:
        return bool(connection.execute(sa.select(sa.or_(alone, sending))).scalar())


def _sent_by_another(outbox: Outbox, worker: str, accounts: list[int]) -> float | None:
    """When another worker first sent a message of these accounts, in seconds since 1970; ``None``: not yet."""
    first = sa.select(sa.func.min(message.c.sent_at)).where(
        message.c.account_id.in_(accounts), message.c.worker != worker, message.c.sent_at.is_not(None)
    )
    with outbox.database.read() as connection:
        found = connection.execute(first).scalar()
    return found.timestamp() if found is not None else None
