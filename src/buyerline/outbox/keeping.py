"""What a worker does twice a second beside sending: live, take over from the dead, share, wake, expire."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import msgspec
import sqlalchemy as sa

from buyerline.outbox.clock import now
from buyerline.outbox.database import Database
from buyerline.outbox.messages import State
from buyerline.outbox.schema import account, message, milliseconds
from buyerline.outbox.statements import statement
from buyerline.outbox.stops import LIFTED
from buyerline.outbox.transitions import OWNED, Job
from buyerline.outbox.writer import LifeLost, Standing

AT_ONCE = 5000
"""Messages that become due in one go, at most, so that no transaction takes long."""

LOOKS = (timedelta(minutes=1), timedelta(minutes=10))
"""The pauses after the first and the second look into an unknown message; after the third a person must decide."""

RESENDS = 3
"""Calls after which a message whose outcome stays unknown is left to a person, also under ``--on-unknown resend``."""


@dataclass(frozen=True, slots=True)
class Taken:
    """An account that is the worker's from now on: its number, its name, and how full its buckets were left."""

    id: int
    name: str
    plans: str | None


@dataclass(frozen=True, slots=True)
class Round:
    """What a round of housekeeping found.

    Attributes:
        taken: accounts that are the worker's from now on.
        surplus: how many of its accounts it should give back, for others to have their share.
        busy: accounts, of those asked about, that have messages to send.
        stopped: those of them for which nothing may be sent.
        looks: messages to look into.
    """

    taken: list[Taken]
    surplus: int
    busy: list[int]
    stopped: list[int]
    looks: list[Job]


@dataclass(frozen=True, slots=True)
class Keeper:
    """The housekeeping of one worker.

    Attributes:
        database: where.
        endpoint: accounts of this endpoint are served.
        only: the one message that this worker is for, ``None`` for all.
        resend: whether messages with an unknown outcome are sent again without asking anybody.
    """

    database: Database
    endpoint: str
    only: str | None
    resend: bool

    def round(self, standing: Standing, owned: int, leaving: int, idle: Iterable[int]) -> Round:
        """Do the housekeeping.

        Args:
            standing: the transaction.
            owned: how many accounts the worker has and keeps.
            leaving: how many it is about to give back.
            idle: those of which it is not sending anything.

        Raises:
            LifeLost: the worker was taken for dead.
        """
        connection = standing.connection
        if not standing.life.beat(connection):
            raise LifeLost("outbox: this worker was taken for dead; others have its accounts.")
        standing.life.bury_the_dead(connection, standing.transitions)
        share = self._share(connection)
        taken = self._take(connection, standing.life.worker, share - owned - leaving)
        moment = milliseconds(now())
        self._expire(standing, moment)
        self._wake(connection, moment)
        if self.resend:
            self._send_again(standing, moment)
        standings = self._standings(connection, [*idle, *(each.id for each in taken)])
        return Round(
            taken=taken,
            surplus=max(0, owned - share),
            busy=[number for number, stopped in standings if not stopped],
            stopped=[number for number, stopped in standings if stopped],
            looks=self._looks(connection, standing.life.worker, moment),
        )

    def waiting(self, standing: Standing) -> bool:
        """Whether any message is due or on its way, in whoever's hands."""
        if self.only is not None:
            return bool(standing.connection.execute(_WAITING_FOR_ONE, {"only": self.only}).scalar())
        return bool(
            standing.connection.execute(statement(self.database, _WAITING), {"endpoint": self.endpoint}).scalar()
        )

    def give_back(self, standing: Standing, plans: Mapping[int, str]) -> None:
        """Give accounts back, each with how full its buckets are."""
        lines = [{"number": number, "left": text, "me": standing.life.worker} for number, text in plans.items()]
        if lines:
            standing.connection.execute(_GIVE_BACK, lines)

    def _share(self, connection: sa.Connection) -> int:
        if self.only is not None:
            return 1
        accounts, workers = connection.execute(_SHARE, {"endpoint": self.endpoint}).one()
        share: int = math.ceil(accounts / max(1, workers))
        return share

    def _take(self, connection: sa.Connection, me: str, count: int) -> list[Taken]:
        if count <= 0:
            return []
        free = sa.select(account.c.id).where(account.c.owner.is_(None), account.c.endpoint == self.endpoint)
        if self.only is not None:
            wanted = sa.select(message.c.account_id).where(message.c.id == self.only)
            free = free.where(account.c.id == wanted.scalar_subquery())
        free = free.order_by(account.c.id).limit(count).with_for_update(skip_locked=True, key_share=True)
        take = sa.update(account).where(account.c.id.in_(free)).values(owner=me, stopped=LIFTED)
        return [
            Taken(*line) for line in connection.execute(take.returning(account.c.id, account.c.name, account.c.plans))
        ]

    def _expire(self, standing: Standing, moment: int) -> None:
        ended = list(
            standing.connection.execute(statement(self.database, _EXPIRE), {"now": moment, "limit": AT_ONCE}).scalars()
        )
        standing.transitions.note(
            standing.connection, [(message_id, moment, State.EXPIRED, None, None) for message_id in ended]
        )

    def _wake(self, connection: sa.Connection, moment: int) -> None:
        connection.execute(statement(self.database, _WAKE), {"now": moment, "limit": AT_ONCE})

    def _standings(self, connection: sa.Connection, idle: list[int]) -> list[tuple[int, bool]]:
        """The accounts that have something to send, or are stopped; of each, whether it is the latter."""
        if not idle:
            return []
        if self.only is not None:
            lines = connection.execute(_STANDING_OF_ONE, {"only": self.only})
        else:
            document = msgspec.json.encode([[number] for number in idle]).decode()
            lines = connection.execute(statement(self.database, _STANDINGS), {"doc": document})
        return [(number, bool(stopped)) for number, stopped in lines]

    def _looks(self, connection: sa.Connection, me: str, moment: int) -> list[Job]:
        first, second = (moment + milliseconds_of(pause) for pause in LOOKS)
        told = {"now": moment, "worker": me, "first": first, "second": second}
        return [Job(*line) for line in connection.execute(statement(self.database, _LOOK), told)]

    def _send_again(self, standing: Standing, moment: int) -> None:
        told = {"now": moment, "worker": standing.life.worker, "limit": RESENDS}
        again = list(standing.connection.execute(statement(self.database, _SEND_AGAIN), told).scalars())
        note = "sent again without anybody knowing whether it had arrived (--on-unknown resend)"
        standing.transitions.note(
            standing.connection, [(message_id, moment, State.QUEUED, None, note) for message_id in again]
        )


def milliseconds_of(duration: timedelta) -> int:
    """Whole milliseconds of a duration."""
    return int(duration.total_seconds() * 1000)


_SHARE = sa.text(
    """
    SELECT (SELECT count(*) FROM account WHERE endpoint = :endpoint),
        (SELECT count(*) FROM worker WHERE endpoint = :endpoint AND shares)
    """
)
_GIVE_BACK = (
    sa.update(account)
    .where(account.c.id == sa.bindparam("number"), account.c.owner == sa.bindparam("me"))
    .values(owner=None, plans=sa.bindparam("left"))
)
_QUEUED = f"state = '{State.QUEUED}'"
_OVER = f"SELECT id FROM message {{by[expiring]}} WHERE {_QUEUED} AND expires_at <= :now LIMIT :limit"  # noqa: S608 - our own names only
_EXPIRE = f"""
    UPDATE message SET state = '{State.EXPIRED}', ready = false, ended_at = :now WHERE id IN ({_OVER} {{skip_locked}})
    RETURNING id
"""  # noqa: S608 - our own names only
_DUE = f"""
    SELECT id FROM message {{by[waiting]}} WHERE {_QUEUED} AND NOT ready AND not_before <= :now
    ORDER BY not_before LIMIT :limit
"""  # noqa: S608 - our own names only
_WAKE = f"UPDATE message SET ready = true WHERE id IN ({_DUE} {{skip_locked}})"  # noqa: S608 - our own names only
_STANDINGS = f"""
    SELECT account.id, account.stopped IS NOT NULL
    FROM {{each}} JOIN account ON account.id = CAST(item.value ->> 0 AS BIGINT)
    WHERE account.stopped IS NOT NULL
        OR EXISTS (SELECT 1 FROM message {{by[ready]}} WHERE account_id = account.id AND {_QUEUED} AND ready)
"""  # noqa: S608 - our own names only
_STANDING_OF_ONE = sa.text(
    f"""
    SELECT account.id, account.stopped IS NOT NULL FROM message JOIN account ON account.id = message.account_id
    WHERE message.id = :only AND {_QUEUED} AND ready
    """  # noqa: S608 - our own names only
)
_WAITING = f"""
    SELECT EXISTS (
        SELECT 1 FROM account WHERE endpoint = :endpoint AND stopped IS NULL AND EXISTS (
            SELECT 1 FROM message {{by[ready]}} WHERE account_id = account.id AND {_QUEUED} AND ready)
    ) OR EXISTS (
        SELECT 1 FROM message {{by[sending]}} JOIN account ON account.id = message.account_id
        WHERE message.state = '{State.SENDING}' AND account.endpoint = :endpoint
    )
"""  # noqa: S608 - our own names only
_WAITING_FOR_ONE = sa.text(
    f"""
    SELECT EXISTS (
        SELECT 1 FROM message JOIN account ON account.id = message.account_id
        WHERE message.id = :only AND (({_QUEUED} AND ready AND stopped IS NULL) OR state = '{State.SENDING}'))
    """  # noqa: S608 - our own names only
)
_JOB_COLUMNS = ", ".join(Job.__struct_fields__)
_TO_LOOK_INTO = f"""
    SELECT id FROM message {{by[looking]}}
    WHERE look_at IS NOT NULL AND look_at <= :now AND state = '{State.UNKNOWN}' AND {OWNED}
"""  # noqa: S608 - our own names only
_LOOK = f"""
    UPDATE message SET looks = looks + 1,
        look_at = CASE looks WHEN 0 THEN CAST(:first AS BIGINT) WHEN 1 THEN CAST(:second AS BIGINT) END
    WHERE id IN ({_TO_LOOK_INTO} {{skip_locked}})
    RETURNING {_JOB_COLUMNS}
"""  # noqa: S608 - our own names only
_TO_SEND_AGAIN = f"""
    SELECT id FROM message
    WHERE state = '{State.UNKNOWN}' AND look_at IS NULL AND attempts < :limit AND kept AND {OWNED}
"""  # noqa: S608 - our own names only
_SEND_AGAIN = f"""
    UPDATE message SET state = '{State.QUEUED}', ready = true, ended_at = NULL
    WHERE id IN ({_TO_SEND_AGAIN} {{skip_locked}})
    RETURNING id
"""  # noqa: S608 - our own names only
