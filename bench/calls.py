"""Part one: what a call costs each client, all of them against the same sandbox process."""

from collections import defaultdict
from collections.abc import Callable

import msgspec

from bench.clients import CLIENTS, adapter
from bench.one_client import Measured
from bench.process import Failed, python
from bench.results import Calls, ClientFigures, Spread
from bench.server import Sandbox

AT_ONCE = 50


def measure(tell: Callable[[str], None], *, quick: bool) -> Calls:
    """Rounds of all clients in turn (A B C D, A B C D), each client in a fresh process on a fresh world.

    Raises:
        Failed: a client failed, or the sandbox did not answer every one of its calls with success.
    """
    rounds, seconds = (2, 0.3) if quick else (9, 0.5)
    seen: dict[tuple[str, str, str], list[Measured]] = defaultdict(list)
    with Sandbox() as sandbox:
        for number in range(1, rounds + 1):
            for client in CLIENTS:
                tell(f"calls: round {number} of {rounds}, {client}")
                sandbox.reset()
                measured = _one_round(sandbox, client, seconds)
                for each in measured:
                    seen[client, each.mode, each.operation].append(each)
    figures = [
        ClientFigures(
            *key,
            cpu=Spread.of(each.cpu / each.calls * 1000 for each in measured),
            rate=Spread.of(each.calls / each.wall for each in measured),
        )
        for key, measured in seen.items()
    ]
    return Calls(rounds, seconds, AT_ONCE, {client: adapter(client).NOTE for client in CLIENTS}, figures)


def _one_round(sandbox: Sandbox, client: str, seconds: float) -> list[Measured]:
    printed = python("bench.one_client", client, sandbox.url, str(seconds), str(AT_ONCE))
    measured = msgspec.json.decode(printed, type=list[Measured])
    sent: dict[str, int] = defaultdict(int)
    for each in measured:
        sent[each.operation] += each.sent
    answered = {operation: counts for operation, counts in sandbox.counts().items() if operation != "lwa"}
    taken = {operation: counts.get("200", 0) + counts.get("201", 0) for operation, counts in answered.items()}
    if taken != sent or any(not status.startswith("2") for counts in answered.values() for status in counts):
        raise Failed(f"{client} says it made {dict(sent)}, the sandbox says it answered {answered}")
    return measured
