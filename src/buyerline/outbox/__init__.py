"""Durable sending: messages are kept in a database until Amazon has taken them, and never sent twice.

`Outbox` accepts, lists and decides; `Worker` sends. docs/outbox.md tells how to use both.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

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
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

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


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)
