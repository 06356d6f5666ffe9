"""The outbox's part of docs/benchmarks.md."""

from collections.abc import Iterable, Iterator

from bench.results import HOST_LOST, KILLED, Adding, Comparison, Load, LoadFigures, Pace, Queues, Results, Takeovers
from bench.tables import goal, goals, number, spread, table

MOST_OF_PLAN = 1.02
LEAST_SHARE = 0.95
LEAST_BURST = 1500
MOST_CPU = 0.6
MOST_STATEMENTS = 1.5
MOST_MEMORY = 200e6 / 2**20
"""200 MB in MiB."""
MOST_GROWTH = 1.1
"""What counts as flat: so many times the memory at the shortest queue."""
MOST_TAKEOVER = {KILLED: 2.0, HOST_LOST: 7.0}
MOST_ADDING = 6.0
MOST_FILE = 30.0
MOST_LISTING = 50.0

_INTRODUCTION = """\
## Outbox

Workers, database and server are processes that share all cores. PostgreSQL runs with its own defaults, SQLite as the
outbox sets it up; both write every commit through to the disk. A message is two calls: getMessagingActionsForOrder, by
which it is checked again, and createConfirmOrderDetails. Each account has Amazon's usage plan: 1 call a second and a
burst of 5, for each operation. "Sandbox" is the sandbox with these plans; "recorder" is a bare server that accepts
everything within the plans and counts it, for where the sandbox would be what sets the limit. Every message of every
run arrived exactly once, where nothing else is said.
"""


def sections(results: Results) -> Iterator[str]:
    """The sections of the parts that were measured, an introduction before the first."""
    parts = [
        results.outbox_pace and _pace(results.outbox_pace),
        results.outbox_load and _load(results.outbox_load),
        results.outbox_takeover and _takeovers(results.outbox_takeover),
        results.outbox_adding and _adding(results.outbox_adding),
        results.outbox_queue and _queues(results.outbox_queue),
        results.outbox_loop and _comparison(results.outbox_loop),
    ]
    measured = [part for part in parts if part]
    if measured:
        yield _INTRODUCTION
        yield from measured


def _pace(pace: Pace) -> str:
    rows = [
        (f"{each.database}, {_workers(each.workers)}", number(each.seconds), str(each.throttled))
        for each in pace.figures
    ]
    found = []
    for each in pace.figures:
        what = f"{each.database}, {_workers(each.workers)}"
        times = each.seconds / pace.plan_seconds
        words = f"{what}: at most {MOST_OF_PLAN} times what the usage plan takes"
        found.append(goal(words, f"{times:.3f} times", reached=times <= MOST_OF_PLAN))
        found.append(goal(f"{what}: 0 calls throttled", str(each.throttled), reached=each.throttled == 0))
    return (
        "### One account\n\n"
        f"{pace.messages} messages of one account on the sandbox, which the usage plan lets go in "
        f"{number(pace.plan_seconds)} s, from queueing them to the last one's acceptance; the workers wait for them "
        "already. One run each.\n\n" + table(["", "s", "throttled"], rows) + "\n" + goals(found)
    )


def _load(load: Load) -> str:
    rows = [
        (
            f"{load.accounts:,} x {each.each}, {each.database}, {_workers(each.workers)}, {each.server}",
            spread(each.rate),
            f"{each.share.median:.1%}" if each.share else "-",
            spread(each.cpu),
            spread(each.statements),
            spread(each.memory),
            f"{each.throttled:,}",
        )
        for each in load.figures
    ]
    header = ["", "messages/s", "of what the plans allow", "CPU, ms", "statements", "memory, MiB", "throttled"]
    return (
        "### Many accounts\n\n"
        f"{load.accounts:,} accounts; messages a second are from the first to the last acceptance. What the plans "
        "allow is a burst of 5 and then 1 a second for each account: 20 messages in 15 s. With 5 messages each the "
        "plans set no limit. CPU (user and system, all threads) and SQL statements are those of all workers together, "
        "for a message, without their start; memory is the peak of the largest worker. Calls that are throttled are "
        "made again.\n\n" + table(header, rows) + "\n" + goals(_load_goals(load))
    )


def _load_goals(load: Load) -> Iterator[tuple[str, str, str]]:
    recorded = [each for each in load.figures if each.server == "recorder"]
    for each in recorded:
        what = f"{each.database}, {_workers(each.workers)}"
        if each.share is not None:
            words = f"{what}: at least {LEAST_SHARE:.0%} of what the plans allow"
            yield goal(words, f"{each.share.median:.1%}", reached=each.share.median >= LEAST_SHARE)
        else:
            words = f"{what}, burst: at least {LEAST_BURST:,} messages/s"
            yield goal(words, f"{number(each.rate.median)}/s", reached=each.rate.median >= LEAST_BURST)
    cpu, statements, memory = (_most(recorded, name) for name in ("cpu", "statements", "memory"))
    yield goal(f"CPU at most {MOST_CPU} ms a message", f"{number(cpu)} ms", reached=cpu <= MOST_CPU)
    words = f"at most {MOST_STATEMENTS} statements a message"
    yield goal(words, number(statements), reached=statements <= MOST_STATEMENTS)
    words = f"memory at most 200 MB ({number(MOST_MEMORY)} MiB)"
    yield goal(words, f"{number(memory)} MiB", reached=memory <= MOST_MEMORY)


def _most(figures: Iterable[LoadFigures], name: str) -> float:
    """The highest of the medians of a figure."""
    return max((getattr(each, name).median for each in figures), default=0.0)


def _takeovers(takeovers: Takeovers) -> str:
    rows = [
        (f"{each.database}, {each.end}", spread(each.owned), spread(each.sent), str(each.unknown))
        for each in takeovers.figures
    ]
    found = []
    for each in takeovers.figures:
        most = MOST_TAKEOVER[each.end]
        words = f"{each.database}, {each.end}: taken over within {number(most)} s, each time"
        found.append(goal(words, f"{number(each.owned.high)} s", reached=each.owned.high <= most))
    return (
        "### Takeover\n\n"
        f"Two workers share {takeovers.accounts} accounts, or one waits for the other's place (SQLite); the server "
        "takes 200 ms to answer. In the middle of the work one is killed (`kill -9`), or stopped with its connections "
        "open, as a host that is lost leaves them. Taken over: another worker has all of its accounts, and what it was "
        "sending is known to be unknown. Sent: another message of these accounts has arrived; buckets are taken over "
        f"empty. Rounds: {takeovers.rounds} each.\n\n"
        + table(["", "taken over, s", "sent, s", "unknown in all"], rows)
        + "\n"
        + goals(found)
    )


def _adding(adding: Adding) -> str:
    rows = [(database, spread(adding.api[database]), spread(adding.file[database])) for database in adding.api]
    found = []
    for database in adding.api:
        api, file = adding.api[database].median, adding.file[database].median
        words = f"{database}: {adding.messages:,} by the API in at most {number(MOST_ADDING)} s"
        found.append(goal(words, f"{number(api)} s", reached=api <= MOST_ADDING))
        words = f"{database}: a file of {adding.messages:,} lines in at most {number(MOST_FILE)} s"
        found.append(goal(words, f"{number(file)} s", reached=file <= MOST_FILE))
    return (
        "### Queueing\n\n"
        f"{adding.messages:,} messages, checked and queued in one transaction: by `Outbox.add_many`, and by "
        "`buyerline send-many FILE --yes --no-wait` from a file of JSON Lines, the whole command. "
        f"Rounds: {adding.rounds} each, in a fresh process on an empty database.\n\n"
        + table(["", "API, s", "file, s"], rows)
        + "\n"
        + goals(found)
    )


def _queues(queues: Queues) -> str:
    rows = [
        (
            f"{each.database}, {each.length:,} messages",
            number(each.memory),
            spread(each.listing),
            spread(each.command),
        )
        for each in queues.figures
    ]
    return (
        "### A long queue\n\n"
        f"A worker sends {queues.each} messages for each of {queues.accounts:,} accounts, which go before all others "
        "in the queue; half of a long queue is due, half not for days. Memory is the worker's peak. The list is the "
        "newest 50 messages: by `Outbox.list` in a process that has listed before, and as the whole command "
        "`buyerline outbox list`.\n\n"
        + table(["", "memory, MiB", "list, ms", "command, ms"], rows)
        + "\n"
        + goals(_queue_goals(queues))
    )


def _queue_goals(queues: Queues) -> Iterator[tuple[str, str, str]]:
    for database in dict.fromkeys(each.database for each in queues.figures):
        own = [each for each in queues.figures if each.database == database]
        shortest, longest = own[0], own[-1]
        growth = longest.memory / shortest.memory
        words = (
            f"{database}: memory at {longest.length:,} messages at most {MOST_GROWTH} times that at {shortest.length:,}"
        )
        yield goal(words, f"{growth:.2f} times", reached=growth <= MOST_GROWTH)
        words = f"{database}: list of {longest.length:,} messages in at most {number(MOST_LISTING)} ms"
        taken = longest.listing.median
        yield goal(words, f"{number(taken)} ms", reached=taken <= MOST_LISTING)


def _comparison(comparison: Comparison) -> str:
    rows = [
        (
            f"{each.program}, {each.work}{', killed in the middle' if each.killed else ''}",
            number(each.plan_seconds),
            number(each.seconds),
            str(each.throttled),
            f"{each.arrived} of {each.messages}",
            str(each.repeated),
            str(each.unknown),
            str(each.lost),
        )
        for each in comparison.figures
    ]
    notes = "".join(f"- {program}: {note}\n" for program, note in comparison.notes.items())
    header = ["", "usage plans, s", "taken, s", "throttled", "arrived", "repeated", "said to be unknown", "lost"]
    return (
        "### Beside a loop\n\n"
        "The same work on the sandbox, one run each. Seconds are from the first start of the program to the last "
        "message. Repeated: messages that buyers got again. Killed: by `kill -9` when half has arrived, and started "
        "again at once.\n\n" + table(header, rows) + f"\n{notes}"
    )


def _workers(count: int) -> str:
    return "1 worker" if count == 1 else f"{count} workers"
