"""Token buckets, one per operation, application and account (Amazon's usage plans and rate limits)."""

from buyerline.sandbox.clock import Clock
from buyerline.sandbox.operations import Operation, Plan


class Buckets:
    """Counts requests against usage plans."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._plans: dict[str, Plan] = {}
        self._levels: dict[tuple[Operation, str, str], tuple[float, float]] = {}

    def plan(self, operation: Operation) -> Plan:
        """The plan in force for the operation."""
        return self._plans.get(operation.name) or self._plans.get("*") or operation.plan

    def change(self, plans: dict[str, Plan]) -> None:
        """Put other plans in force, ``"*"`` for every operation without one of its own. All buckets are full again."""
        self._plans.update(plans)
        self._levels.clear()

    def take(self, operation: Operation, client_id: str, account: str) -> bool:
        """Take one request from the bucket; ``False`` when it is empty."""
        key = (operation, client_id, account)
        plan = self.plan(operation)
        now = self._clock.time()
        level, since = self._levels.get(key, (plan.burst, now))
        level = min(plan.burst, level + max(0.0, now - since) * plan.rate)
        taken = level >= 1
        self._levels[key] = (level - 1 if taken else level, now)
        return taken

    def clear(self) -> None:
        """Fill all buckets and return to the default plans."""
        self._plans.clear()
        self._levels.clear()
