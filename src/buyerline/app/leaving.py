"""When a message leaves: after a while in which its sender may think again, or at a time to come."""

from datetime import datetime, timedelta

from buyerline.app.errors import Invalid
from buyerline.app.viewer import Viewer
from buyerline.app.words import Words
from buyerline.outbox.clock import now
from buyerline.outbox.messages import in_utc

LATEST = timedelta(days=30)
"""How far ahead a message may be scheduled: as long as Amazon takes proactive messages once an order is complete."""


def after_undo(viewer: Viewer) -> datetime | None:
    """Until when a message waits for its sender to think again."""
    return now() + timedelta(seconds=viewer.undo_seconds) if viewer.undo_seconds else None


def moment_of(at: datetime | None) -> datetime | None:
    """When a message is to leave, in UTC; ``None`` for at once.

    Args:
        at: as the person chose it. Without a zone: UTC.

    Raises:
        Invalid: that has passed, or is too far ahead.
    """
    if at is None:
        return None
    moment = in_utc(at)
    if moment <= now():
        raise Invalid(Words("That time has passed. Choose one to come, or send it now."), "at")
    if moment > now() + LATEST:
        words = Words("That is too far ahead. Choose a time within the next {days} days.", days=LATEST.days)
        raise Invalid(words, "at")
    return moment
