"""What a worker's log tells of messages: which, and nothing of what they say."""

import logging

from buyerline.outbox.messages import State

_NOTABLE = {State.REFUSED, State.UNKNOWN, State.FAILED}

_LOGGER = logging.getLogger("buyerline.outbox")


def tell_end(message_id: str, order_id: str, state: str) -> None:
    """Tell of a message that was not sent, or of which nobody knows."""
    if state in _NOTABLE:
        _LOGGER.info("message %s for order %s is %s", message_id, order_id, state)
