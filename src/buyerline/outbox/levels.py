"""How full an account's buckets were left, so that its next worker does not believe them fuller than they are."""

import socket
from collections.abc import Callable, Hashable, Mapping
from typing import cast

import msgspec

from buyerline.amazon.operations import UsagePlan
from buyerline.amazon.usage_plans import Bucket


class Levels(msgspec.Struct, frozen=True):
    """The buckets of an account at a moment.

    Attributes:
        at: the moment, milliseconds since 1970.
        known: tokens and rate of each operation's bucket, by the operation's path.
        others_full: whether the other buckets were full; those of a worker that died count as empty.
        host: by whose clock; on another host nothing is credited for the time since, for its clock may differ.
    """

    at: int
    known: dict[str, tuple[float, float]] = {}
    others_full: bool = False
    host: str = msgspec.field(default_factory=socket.gethostname)

    def level_of(self, path: str, plan: UsagePlan, now: int) -> float:
        """The tokens that an operation's bucket has by now."""
        level, rate = self.known.get(path, (float(plan.burst) if self.others_full else 0.0, plan.rate))
        return min(float(plan.burst), level + self._gained(rate, now))

    def later(self, now: int) -> dict[str, tuple[float, float]]:
        """The known buckets as they are by now, those that would run over included."""
        return {path: (level + self._gained(rate, now), rate) for path, (level, rate) in self.known.items()}

    def _gained(self, rate: float, now: int) -> float:
        if self.host != socket.gethostname():
            return 0.0
        return max(0, now - self.at) / 1000 * rate  # a clock that was set back takes nothing away


def empty(at: int) -> str:
    """Buckets that were all empty at that moment."""
    return _encode(Levels(at)).decode()


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Levels).decode


def start(plans: str | None, clock: Callable[[], int]) -> Callable[[Hashable, UsagePlan], float] | None:
    """What tells the levels of an account's new buckets; ``None`` where nobody has served it: they are full."""
    if plans is None:
        return None
    levels = _decode(plans)

    def level_of(key: Hashable, plan: UsagePlan) -> float:
        return levels.level_of(_path_of(key), plan, clock())

    return level_of


def left(buckets: Mapping[Hashable, Bucket], before: str | None, at: int) -> str:
    """The levels of an account that is given back now.

    Args:
        buckets: those that were used.
        before: the levels with which the account was taken.
        at: now.
    """
    known = {_path_of(key): (bucket.level(), bucket.rate) for key, bucket in buckets.items()}
    if before is None:
        return _encode(Levels(at, known, others_full=True)).decode()
    old = _decode(before)
    return _encode(Levels(at, old.later(at) | known, old.others_full)).decode()


def _path_of(key: Hashable) -> str:
    """The operation's path in the key of a bucket (see `Session`)."""
    _, path = cast("tuple[object, str]", key)
    return path
