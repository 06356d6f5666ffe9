"""Workers that send while everything goes wrong, at moments drawn by chance."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

import msgspec

from buyerline.outbox.messages import State
from tests.databases import Postgres
from tests.durability.workers import WorkerProcess, Workers
from tests.durability.world import OFFER, POSTS, UPLOAD, World

ENDED = tuple(set(State) - {State.QUEUED, State.SENDING})
CALM = 0.1
"""The share of the messages, the last ones, that are sent without more trouble."""

BEFORE_THE_POST = ("lwa", OFFER, UPLOAD, "s3")
KINDS = (
    {"kind": "status", "status": 429},
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 503},
    {"kind": "html"},
    {"kind": "reset_before"},
    {"kind": "reset_after"},
    {"kind": "half_answer"},
    {"kind": "hang_after", "seconds": 3.0},
    {"kind": "delay", "seconds": 0.5},
)


class Size(msgspec.Struct, frozen=True, kw_only=True):
    """How much is to be sent, by how many, and how much goes wrong meanwhile.

    Attributes:
        messages: how many messages; every other one has a file.
        workers: how many workers at once.
        kills: how often one of them is killed.
        troubles: how often something else happens.
    """

    messages: int
    workers: int
    kills: int
    troubles: int = 0


@dataclass
class Campaign:
    """A run in which things go wrong.

    Attributes:
        world: the accounts and the outbox.
        workers: to start workers with.
        chance: draws what happens when, and to whom.
        size: how much of it.
        postgres: the outbox's server, if it is on one.
        tell: called now and then with how far it is.
    """

    world: World
    workers: Workers
    chance: Random
    size: Size
    postgres: Postgres | None = None
    tell: Callable[[str], object] = str
    _crew: list[WorkerProcess] = field(default_factory=list)
    _frozen: list[WorkerProcess] = field(default_factory=list)

    def run(self) -> None:
        """Queue, send, disturb; then demand that all is in order."""
        self.world.queue(self.size.messages // 2, with_file=True)
        self.world.queue(self.size.messages - self.size.messages // 2)
        self._crew = [self.workers.start() for _ in range(self.size.workers)]
        deeds = self._deeds()
        latest = int(self.size.messages * (1 - CALM))
        moments = sorted(self.chance.choices(range(latest), k=len(deeds)))
        for number, (moment, deed) in enumerate(zip(moments, deeds, strict=True), 1):
            self._wait_for(moment)
            self._wake()
            self.tell(
                f"{self._ended()} of {self.size.messages} messages, trouble {number} of {len(deeds)}: {deed.__name__}"
            )
            deed()
        self._wake()
        self._wait_until(self.world.settled, "all messages are through")
        self.world.demand(self.workers.faults)

    def _deeds(self) -> list[Callable[[], None]]:
        troubles = [self.ask_to_end, self.disturb_amazon, self.disturb_amazon]
        if self.postgres:
            troubles += [self.restart_database, self.cut_connections, self.freeze]
        deeds = [self.kill] * self.size.kills + self.chance.choices(troubles, k=self.size.troubles)
        self.chance.shuffle(deeds)
        return deeds

    def kill(self) -> None:
        """Kill a worker; another one begins."""
        victim = self._serving()
        self.workers.kill(victim)
        self._replace(victim)

    def ask_to_end(self) -> None:
        """Let a worker end in peace; another one begins."""
        victim = self._serving()
        self.workers.end(victim)
        self._replace(victim)

    def freeze(self) -> None:
        """Let a worker stand still until the next trouble."""
        victim = self._serving()
        self.workers.freeze(victim)
        self._frozen.append(victim)

    def disturb_amazon(self) -> None:
        """Let a few calls of an operation go wrong."""
        operation = self.chance.choice((*POSTS, *BEFORE_THE_POST))
        self.world.amazon.fault(operation, count=self.chance.randint(1, 3), **self.chance.choice(KINDS))

    def cut_connections(self) -> None:
        """Cut every connection to the database."""
        assert self.postgres
        self._all_lose_the_database()
        self.postgres.terminate_connections(self.world.settings.database)

    def restart_database(self) -> None:
        """End the database's server, as a crash would or orderly, and start it again."""
        assert self.postgres
        self._all_lose_the_database()
        self.postgres.restart(self.chance.choice(("fast", "immediate")))

    def _all_lose_the_database(self) -> None:
        """A worker that is just beginning gives up without its database; so all must have begun."""
        for each in self._crew:
            self._wait_until(each.serves, "all of them serve")
        self.workers.cut_off()

    def _serving(self) -> WorkerProcess:
        """One of the workers that serve."""
        self._wait_until(lambda: any(each.serves() for each in self._crew), "a worker serves")
        return self.chance.choice([each for each in self._crew if each.serves()])

    def _replace(self, gone: WorkerProcess) -> None:
        self._crew[self._crew.index(gone)] = self.workers.start()

    def _wake(self) -> None:
        for each in self._frozen:
            self.workers.wake(each)
        self._frozen.clear()

    def _ended(self) -> int:
        return self.world.number(*ENDED)

    def _wait_for(self, moment: int) -> None:
        self._wait_until(lambda: self._ended() >= moment, f"{moment} messages are through")

    def _wait_until(self, happened: Callable[[], object], what: str) -> None:
        self.workers.wait_until(happened, what)


def summary(world: World) -> str:
    """How a run ended, in a line."""
    counts = ", ".join(f"{number} {state}" for state, number in sorted(world.outbox.counts().items()))
    throttled = sum(world.amazon.count(operation, 429) for operation in (*POSTS, *BEFORE_THE_POST))
    return f"{counts}; {world.arrived()} at Amazon, {throttled} throttled"
