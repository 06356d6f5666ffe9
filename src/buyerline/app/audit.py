"""What people did, for the owners to read later. Never a secret, a message's text or anything about a buyer."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from buyerline.app.schema import audit, connected
from buyerline.app.sentences import marked
from buyerline.app.viewer import Viewer
from buyerline.app.words import Words
from buyerline.outbox.clock import now
from buyerline.outbox.database import Database
from buyerline.outbox.schema import account

APP = "buyerline"
"""Who did what nobody signed in did."""

WAS_SENT = marked("it was sent")
WAS_NOT_SENT = marked("it was not sent; it is sent again")
"""What somebody said of a message of which nobody knew whether it was sent: notes, in English as all that is kept."""

LONGEST_ABOUT = 254
LONGEST_NOTE = 500


class What(StrEnum):
    """Everything that is written down. The values stand in the database: they do not change."""

    SIGNED_IN = "signed-in"
    SIGN_IN_FAILED = "sign-in-failed"
    SIGNED_OUT = "signed-out"
    SESSIONS_ENDED = "sessions-ended"
    PASSWORD_CHANGED = "password-changed"  # noqa: S105 - a word, not a password
    OWNER_MADE = "owner-made"
    PERSON_INVITED = "person-invited"
    INVITATION_ACCEPTED = "invitation-accepted"
    PASSWORD_LINK_MADE = "password-link-made"  # noqa: S105 - a word, not a password
    PASSWORD_SET = "password-set"  # noqa: S105 - a word, not a password
    ROLE_CHANGED = "role-changed"
    ACCESS_CHANGED = "access-changed"
    PERSON_SHUT_OUT = "person-shut-out"
    PERSON_BROUGHT_BACK = "person-brought-back"
    API_KEY_MADE = "api-key-made"
    API_KEY_REVOKED = "api-key-revoked"
    APPROVAL_ON = "approval-on"
    APPROVAL_OFF = "approval-off"
    APPLICATION_SET = "application-set"
    ACCOUNT_CONNECTED = "account-connected"
    ACCOUNT_RENAMED = "account-renamed"
    ACCOUNT_TESTED = "account-tested"
    ACCOUNT_DISCONNECTED = "account-disconnected"
    APPROVAL_ASKED = "approval-asked"
    APPROVED = "approved"
    GIVEN_BACK = "given-back"
    THROWN_AWAY = "thrown-away"
    MESSAGE_SENT = "message-sent"
    MESSAGE_UNDONE = "message-undone"
    MESSAGE_CANCELLED = "message-cancelled"
    MESSAGE_RETRIED = "message-retried"
    MESSAGE_RESOLVED = "message-resolved"
    MESSAGES_EXPORTED = "messages-exported"


SAID = {
    What.SIGNED_IN: Words("Signed in"),
    What.SIGN_IN_FAILED: Words("Sign-in refused: wrong email or password"),
    What.SIGNED_OUT: Words("Signed out"),
    What.SESSIONS_ENDED: Words("Ended sessions"),
    What.PASSWORD_CHANGED: Words("Changed the password"),
    What.OWNER_MADE: Words("Became the first owner"),
    What.PERSON_INVITED: Words("Invited a person"),
    What.INVITATION_ACCEPTED: Words("Accepted the invitation"),
    What.PASSWORD_LINK_MADE: Words("Made a link to set a new password"),
    What.PASSWORD_SET: Words("Set a new password with a link"),
    What.ROLE_CHANGED: Words("Changed a role"),
    What.ACCESS_CHANGED: Words("Changed which accounts a person sees"),
    What.PERSON_SHUT_OUT: Words("Shut a person out"),
    What.PERSON_BROUGHT_BACK: Words("Let a person back in"),
    What.API_KEY_MADE: Words("Made an API key"),
    What.API_KEY_REVOKED: Words("Revoked an API key"),
    What.APPROVAL_ON: Words("Turned second-person approval on"),
    What.APPROVAL_OFF: Words("Turned second-person approval off"),
    What.APPLICATION_SET: Words("Set the application's credentials"),
    What.ACCOUNT_CONNECTED: Words("Connected an account"),
    What.ACCOUNT_RENAMED: Words("Renamed an account"),
    What.ACCOUNT_TESTED: Words("Tested an account's connection"),
    What.ACCOUNT_DISCONNECTED: Words("Disconnected an account"),
    What.APPROVAL_ASKED: Words("Asked for approval of a message"),
    What.APPROVED: Words("Approved a message"),
    What.GIVEN_BACK: Words("Gave a message back"),
    What.THROWN_AWAY: Words("Threw a message away whose writer has left"),
    What.MESSAGE_SENT: Words("Queued a message"),
    What.MESSAGE_UNDONE: Words("Took a message back before it left"),
    What.MESSAGE_CANCELLED: Words("Cancelled a message"),
    What.MESSAGE_RETRIED: Words("Had a message tried again"),
    What.MESSAGE_RESOLVED: Words("Said what became of a message"),
    What.MESSAGES_EXPORTED: Words("Exported messages"),
}
"""The words for each, as the audit page shows them."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the audit.

    Attributes:
        id: higher than every earlier line's.
        at: when.
        person_id, who: the person and the email they had then; ``None`` and `APP` where nobody was signed in.
        what: what was done.
        account_id, account, account_title: the account that it was done to, its name and what people call it now.
        about: an order, a message, a person that it was done to.
        note: what else there is to know, e.g. the new role.
    """

    id: int
    at: datetime
    person_id: int | None
    who: str
    what: What
    account_id: int | None
    account: str | None
    account_title: str | None
    about: str | None
    note: str | None

    @property
    def said(self) -> Words:
        """What was done, in words."""
        return SAID[self.what]


@dataclass(frozen=True, slots=True)
class AuditFilters:
    """Which lines are wanted; ``None``: all."""

    person_id: int | None = None
    account_id: int | None = None
    what: What | None = None


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Some lines, newest first; `before` asks for the next older ones, ``None`` at the end."""

    entries: tuple[Entry, ...]
    before: int | None


class Audit:
    """Writes down and lists what people did."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(
        self,
        viewer: Viewer | None,
        what: What,
        *,
        account_id: int | None = None,
        about: str | None = None,
        note: str | None = None,
        connection: sa.Connection | None = None,
    ) -> None:
        """Write down what somebody did.

        Args:
            viewer: who; ``None`` where nobody is signed in.
            what: did what.
            account_id: to which account.
            about: to what: an order's id, a message's, a person's email.
            note: more about it. No secret and no text of a message.
            connection: the transaction in which it is done, so that both are kept or neither.
        """
        row = {
            "at": now(),
            "person_id": viewer.person_id if viewer else None,
            "who": viewer.email if viewer else APP,
            "what": what.value,
            "account_id": account_id,
            "about": about[:LONGEST_ABOUT] if about else None,
            "note": note[:LONGEST_NOTE] if note else None,
        }
        with self._database.joined(connection) as transaction:
            transaction.execute(sa.insert(audit).values(row))

    def list(
        self, viewer: Viewer, *, before: int | None = None, limit: int = 50, filters: AuditFilters | None = None
    ) -> AuditPage:
        """The newest lines, or those older than the line `before`.

        Raises:
            NotAllowed: only owners read the audit.
        """
        viewer.require_owner()
        query = (
            sa.select(audit, account.c.name, connected.c.title)
            .outerjoin(account, account.c.id == audit.c.account_id)
            .outerjoin(connected, connected.c.account_id == audit.c.account_id)
            .where(*_conditions(filters or AuditFilters(), before))
            .order_by(audit.c.id.desc())
            .limit(limit + 1)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        entries = tuple(_entry(row) for row in rows[:limit])
        return AuditPage(entries, entries[-1].id if len(rows) > limit else None)


def _conditions(filters: AuditFilters, before: int | None) -> list[sa.ColumnElement[bool]]:
    wanted = {
        audit.c.person_id: filters.person_id,
        audit.c.account_id: filters.account_id,
        audit.c.what: filters.what.value if filters.what else None,
    }
    conditions = [column == value for column, value in wanted.items() if value is not None]
    return conditions if before is None else [*conditions, audit.c.id < before]


def _entry(row: sa.Row[Any]) -> Entry:
    return Entry(
        id=row.id,
        at=row.at,
        person_id=row.person_id,
        who=row.who,
        what=What(row.what),
        account_id=row.account_id,
        account=row.name,
        account_title=row.title,
        about=row.about,
        note=row.note,
    )
