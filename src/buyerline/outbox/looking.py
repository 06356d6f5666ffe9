"""Looking into a message of which nobody knows whether Amazon took it."""

from collections.abc import Callable
from dataclasses import dataclass

from buyerline.amazon.errors import BuyerlineError
from buyerline.amazon.transport import AsyncDriver
from buyerline.messages.sending import MessageFlows
from buyerline.outbox.transitions import Job

LOOKED_UP = "Amazon has stopped offering this type, which an order takes once: it was sent."


@dataclass(frozen=True, slots=True)
class Finding:
    """What a look has found: a sentence, and whether it proves that the message was sent."""

    words: str
    sent: bool = False


async def look(job: Job, flows: Callable[[], MessageFlows], driver: AsyncDriver) -> Finding:
    """Ask what Amazon offers for the order: a once-only type that it stopped offering was sent."""
    try:
        actions = await driver.run(flows().get_actions(job.order_id))
    except BuyerlineError as failure:
        return Finding(f"Amazon could not be asked: {failure}")
    action = actions.find(job.type)
    if len(actions) > 0 and (action is None or action.disabled):
        return Finding(LOOKED_UP, sent=True)
    return Finding(actions.closed_reason or f"Amazon still offers {job.type}.")
