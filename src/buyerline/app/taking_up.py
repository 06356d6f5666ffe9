"""What a message says that was not sent is written on, as a draft; the message itself stays as it is."""

from buyerline.app import draft_rows
from buyerline.app.accounts import DISCONNECTED, NotUsable
from buyerline.app.deciding import GONE
from buyerline.app.draft_rows import Draft
from buyerline.app.draft_values import wording_of, wording_of_message
from buyerline.app.errors import Changed
from buyerline.app.followed import Followed
from buyerline.app.schema import draft
from buyerline.app.undoing import draft_again
from buyerline.app.viewer import Viewer
from buyerline.app.words import Words
from buyerline.outbox.database import Database
from buyerline.outbox.messages import NOT_SENT, Message

_NOT_ENDED = Words("It was queued again meanwhile, or sent: there is nothing to edit. Look at its history.")
_WRITES_ANOTHER = Words(
    "You are writing another message for this order, which stays as it is. Send it or discard it, then edit this one."
)
_ANOTHER_WAITS = Words(
    "Another message of yours for this order waits for approval. Edit this one once that is decided, or taken back."
)


def take_up(database: Database, viewer: Viewer, followed: Followed) -> Draft:
    """Make a draft of the person of what a message says. Twice is the same as once.

    Args:
        database: the outbox's, with the app's tables.
        viewer: whose draft it becomes: whoever may see the account, for they may send for it.
        followed: the message as they were shown it.

    Raises:
        Changed: it is not among those that were not sent, its text is no longer kept, or the person writes another
            message for the order.
        NotUsable: its account is disconnected.
    """
    message = followed.message
    if not followed.account.connected:
        raise NotUsable(DISCONNECTED)
    if message.state not in NOT_SENT:
        raise Changed(_NOT_ENDED)
    if not followed.kept:
        raise Changed(GONE)
    with database.write() as connection:
        made = draft_again(connection, viewer, message.id)
        if made:
            return made
        this = (draft.c.account_id == followed.account.id, draft.c.order_id == message.order_id)
        own = draft_rows.read(connection, *this, draft.c.person_id == viewer.person_id)
    same = next((each for each in own if not each.waits and _says_the_same(each, message)), None)
    if same:
        return same
    raise Changed(_ANOTHER_WAITS if any(each.waits for each in own) else _WRITES_ANOTHER)


def _says_the_same(written: Draft, message: Message) -> bool:
    """Whether a draft says what a message says; files count by their names."""
    names = [file.name for file in written.files]
    return wording_of(written) == wording_of_message(message) and names == [file.file_name for file in message.files]
