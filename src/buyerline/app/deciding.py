"""Who may have a message sent again, or sooner than planned, and why something cannot be decided any more."""

from buyerline.app.accounts import DISCONNECTED
from buyerline.app.followed import Followed
from buyerline.app.viewer import Viewer
from buyerline.app.words import Words
from buyerline.outbox.messages import State

WRITER = Words(
    "You wrote this message, and messages need a second person here: somebody else has to send it again, or sooner "
    "than planned."
)
THE_SAME = Words(
    "The same message stands in the outbox for this order once more, and Amazon may have it already. Send this one, "
    "too, only if the buyer is to get it twice."
)
TRIED_SINCE = Words(
    "It was sent once more since you were shown it, and nobody knows what became of that either. Look again, then say "
    "here what you found."
)

_SENDING = Words("It is being sent at this moment. A message cannot be called back.")
_SENT = Words("It was sent meanwhile. A message cannot be called back.")
_ENDED = Words("It is not queued any more: look at its history.")

GONE = Words("Its text was deleted when its retention time was over. Write the message anew on the order's page.")
CANNOT_CANCEL = {
    **dict.fromkeys(State, _ENDED),
    State.SENDING: _SENDING,
    State.SENT: _SENT,
    State.UNKNOWN: Words("It may have been sent by now. A message cannot be called back."),
}
CANNOT_RETRY = {
    State.SENDING: Words("It is being sent at this moment."),
    State.SENT: Words("It was sent meanwhile, and is never sent twice."),
    State.UNKNOWN: Words(
        "Nobody knows whether it was sent. Look in Seller Central first, then say here what you found."
    ),
}
ELSEWHERE_NOW = Words(
    "It does not stand where it did when you were shown it: somebody has decided about it, or it was tried meanwhile. "
    "Look at its history, then decide."
)
CANNOT_RESOLVE = dict.fromkeys(State, Words("What became of it is known by now: look at its history."))


def barred(viewer: Viewer, followed: Followed, *, approval_needed: bool) -> Words | None:
    """Why somebody may not have a message sent that could be sent; ``None`` where they may.

    While messages need a second person, whoever wrote one has it sent only as somebody else has approved it; everybody
    else who has it sent approves it by that.
    """
    if not followed.sendable:
        return None
    if followed.account.disconnected:
        return DISCONNECTED
    own = followed.message.queued_by == viewer.email
    return WRITER if own and approval_needed and not followed.approved_for_now else None
