"""What can go wrong between us and the outbox, of the same family as what can go wrong with Amazon."""

from buyerline.amazon.errors import BuyerlineError, ConfigurationError, redact


class OutboxUnavailable(BuyerlineError):
    """The outbox's database cannot be used now: locked, full, unreachable. Nothing was changed."""

    code = "outbox_unavailable"
    permanent = False


class OutboxNewer(ConfigurationError):
    """The database was written by a newer version of buyerline, which this one must not touch."""

    code = "outbox_newer"

    def __init__(self, found: str, known: str) -> None:
        super().__init__(
            f"outbox: its database has the schema {found[:40]!r}, this version of buyerline knows {known!r}.",
            hint="Install the version of buyerline that made it, or a later one: pip install -U buyerline.",
        )


class MessageUnknown(ConfigurationError):
    """The outbox has no message of that id."""

    code = "message_unknown"

    def __init__(self, message_id: str) -> None:
        super().__init__(
            f"outbox: there is no message {redact(message_id[:40])!r}.", hint="`buyerline outbox list` shows the ids."
        )


class WrongState(BuyerlineError):
    """What was asked for is not possible in the message's state. Nothing was changed.

    Attributes:
        message_id: the message.
        state: its state.
    """

    code = "wrong_state"

    def __init__(self, message_id: str, state: str, message: str, *, hint: str = "") -> None:
        self.message_id = message_id
        self.state = state
        super().__init__(f"message {message_id}: {message}", hint=hint)


class KeyTaken(BuyerlineError):
    """The idempotency key already stands for a message with other content. Nothing was queued.

    Attributes:
        message_id: the message that has it.
    """

    code = "idempotency_key_taken"

    def __init__(self, key: str, message_id: str) -> None:
        self.message_id = message_id
        super().__init__(
            f"idempotency_key: {key[:80]!r} already stands for message {message_id}, whose content is another.",
            hint="Give each message a key of its own, or none: then its content is its key.",
        )
