"""Durable sending: messages are kept in a database until Amazon has taken them, and never sent twice.

`Outbox` accepts, lists and decides; `Worker` sends. docs/outbox.md tells how to use both.
"""

from typing import TYPE_CHECKING

from buyerline._loading import loading

if TYPE_CHECKING:
    from buyerline.outbox.errors import KeyTaken, MessageUnknown, OutboxNewer, OutboxUnavailable, WrongState
    from buyerline.outbox.messages import Added, Event, FileFacts, Message, Outgoing, State
    from buyerline.outbox.outbox import Outbox
    from buyerline.outbox.worker import Worker

_HOMES = {
    "errors": ("KeyTaken", "MessageUnknown", "OutboxNewer", "OutboxUnavailable", "WrongState"),
    "messages": ("Added", "Event", "FileFacts", "Message", "Outgoing", "State"),
    "outbox": ("Outbox",),
    "worker": ("Worker",),
}

__all__ = [
    "Added",
    "Event",
    "FileFacts",
    "KeyTaken",
    "Message",
    "MessageUnknown",
    "Outbox",
    "OutboxNewer",
    "OutboxUnavailable",
    "Outgoing",
    "State",
    "Worker",
    "WrongState",
]

__getattr__ = loading(__name__, _HOMES)
