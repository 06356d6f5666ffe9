"""What is forgotten, and when: attachments once they are sent, texts when their retention time is over."""

import os
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from buyerline.amazon.errors import ConfigurationError
from buyerline.outbox.clock import now
from buyerline.outbox.messages import State
from buyerline.outbox.schema import attachment, content, message, milliseconds
from buyerline.outbox.writer import Standing

DAYS = 30
AT_ONCE = 1000
"""Messages, and attachments, that are forgotten in one go."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How long texts and attachments of ended messages are kept. What happened and when is kept for good."""

    time: timedelta = timedelta(days=DAYS)

    @classmethod
    def of_environment(cls) -> "Retention":
        """As ``BUYERLINE_RETENTION_DAYS`` says, 30 days by default.

        Raises:
            ConfigurationError: it is no number of days.
        """
        named = os.environ.get("BUYERLINE_RETENTION_DAYS") or str(DAYS)
        if not named.isascii() or not named.isdecimal() or len(named) > 4 or not 0 < int(named) <= 3650:
            raise ConfigurationError(
                f"BUYERLINE_RETENTION_DAYS: {named[:20]!r} is no number of days from 1 to 3650.", hint="Example: 30"
            )
        return cls(timedelta(days=int(named)))

    def forget(self, standing: Standing) -> bool:
        """Delete what is no longer needed, some of it. Whether there may be more."""
        texts, contents = self._forget_texts(standing), _clear_contents(standing)
        return AT_ONCE in (texts, contents)

    def _forget_texts(self, standing: Standing) -> int:
        before = milliseconds(now() - self.time)
        over = _OVER[standing.connection.dialect.name]
        ids = list(standing.connection.execute(over, {"before": before, "limit": AT_ONCE}).scalars())
        if ids:
            standing.connection.execute(sa.delete(attachment).where(attachment.c.message_id.in_(ids)))
            standing.connection.execute(
                sa.update(message).where(message.c.id.in_(ids)).values(text=None, kept=False, files=0)
            )
        return len(ids)


def _clear_contents(standing: Standing) -> int:
    """Delete the bytes that no message needs any more. How many contents were looked at.

    The candidates are locked first and looked at again then: a message that is just being queued with the same file
    holds the lock, and is seen once it has let go.
    """
    unused = list(standing.connection.execute(_UNUSED.limit(AT_ONCE).with_for_update(skip_locked=True)).scalars())
    if unused:
        still = sa.select(content.c.sha256).where(content.c.sha256.in_(unused), ~_NEEDED)
        standing.connection.execute(sa.delete(content).where(content.c.sha256.in_(still)))
    return len(unused)


_ENDED = f"""
    SELECT id FROM message
    WHERE ended_at IS NOT NULL AND kept AND ended_at < :before AND state <> '{State.UNKNOWN}' LIMIT :limit
"""  # noqa: S608 - our own names only
# What somebody else changes at this moment is not waited for.
_OVER = {"sqlite": sa.text(_ENDED), "postgresql": sa.text(f"{_ENDED} FOR NO KEY UPDATE SKIP LOCKED")}
_NEEDED = (
    sa.select(attachment.c.message_id)
    .join(message, message.c.id == attachment.c.message_id)
    .where(attachment.c.sha256 == content.c.sha256, message.c.state != State.SENT)
    .exists()
)
_UNUSED = sa.select(content.c.sha256).where(~_NEEDED)
