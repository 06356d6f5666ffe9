"""Messages for which no second person will come: their writers get them back, with the reason."""

import sqlalchemy as sa

from buyerline.app import draft_rows
from buyerline.app.audit import Audit, What
from buyerline.app.schema import draft
from buyerline.app.viewer import Viewer
from buyerline.app.words import Words
from buyerline.outbox.clock import now
from buyerline.outbox.retention import Retention

DISCONNECTED = Words("The account was disconnected before anybody had decided about it.")
NOBODY_CAME = Words("Nobody decided about it for as long as drafts are kept. Send it again if it is still needed.")


def give_back_of_account(connection: sa.Connection, audit: Audit, viewer: Viewer | None, account_id: int) -> int:
    """Give back what waits for a second person in an account that is disconnected. How many messages that were.

    Args:
        connection: the transaction.
        audit: where each is written down.
        viewer: who disconnected it; ``None`` for the app itself.
        account_id: the account.
    """
    return _give_back(connection, audit, viewer, DISCONNECTED, draft.c.account_id == account_id)


def give_back_overdue(connection: sa.Connection, audit: Audit, retention: Retention) -> int:
    """Give back what has waited for longer than texts are kept, except for what is to leave at a time to come.

    From then on they are drafts like all others, kept for the retention time from now on. How many they were.
    """
    at = now()
    overdue = draft.c.asked_at < at - retention.time
    not_ahead = sa.or_(draft.c.send_at.is_(None), draft.c.send_at <= at)
    return _give_back(connection, audit, None, NOBODY_CAME, overdue, not_ahead)


def _give_back(
    connection: sa.Connection, audit: Audit, viewer: Viewer | None, why: Words, *these: sa.ColumnElement[bool]
) -> int:
    waiting = draft_rows.read(connection, draft.c.asked_at.is_not(None), *these, lock=True)
    for each in waiting:
        draft_rows.release(connection, each, str(why))
        audit.note(
            viewer,
            What.GIVEN_BACK,
            account_id=each.account_id,
            about=each.order_id,
            note=str(why),
            connection=connection,
        )
    return len(waiting)
