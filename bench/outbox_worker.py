"""A worker that is measured: ``python -m bench.outbox_worker DATABASE ENDPOINT`` serves until it is asked to end.

When SIGTERM has ended it, it prints what it used, as JSON.
"""

import asyncio
import resource
import signal
import sys
from typing import Any

import msgspec
import sqlalchemy as sa

from bench.outbox_work import options_for
from bench.process import let_threads_end, peak_memory
from buyerline.outbox import Worker

_NOT_COUNTED = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")


class Used(msgspec.Struct, frozen=True):
    """What a worker used from its first to its last look at the outbox.

    Attributes:
        cpu: seconds of user and system time, all threads together.
        statements: SQL statements; one that runs for several sets of parameters counts for each.
        memory: MiB at the peak of the process's whole life.
    """

    cpu: float
    statements: int
    memory: float


class _Statements:
    """Counts the statements of every connection of this process; transactions' own are none."""

    def __init__(self) -> None:
        self.count = 0
        sa.event.listen(sa.Engine, "before_cursor_execute", self._add)

    def _add(self, _c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if not statement.lstrip().startswith(_NOT_COUNTED):
            self.count += len(parameters) if many and isinstance(parameters, list) else 1


async def serve(database: str, endpoint: str) -> Used:
    """Send what is queued in `database` for `endpoint` until SIGTERM comes."""
    statements = _Statements()
    worker = Worker(database, options=options_for(endpoint))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, worker.stop)
    cpu, before = _cpu_seconds(), statements.count
    await worker.run()
    return Used(cpu=_cpu_seconds() - cpu, statements=statements.count - before, memory=peak_memory())


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    database, endpoint = sys.argv[1:]
    print(msgspec.json.encode(asyncio.run(serve(database, endpoint))).decode(), flush=True)
    let_threads_end()


if __name__ == "__main__":
    main()
