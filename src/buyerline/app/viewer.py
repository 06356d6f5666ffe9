"""Who looks: a signed-in person, or a program with a person's API key, and what that person may see."""

from dataclasses import dataclass
from enum import StrEnum

from buyerline.app.errors import NotAllowed
from buyerline.app.words import Words


class Role(StrEnum):
    """What a person may do: an owner everything, an agent what belongs to messages of the accounts given to them."""

    OWNER = "owner"
    AGENT = "agent"


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person as the app knows them while it answers one request.

    Attributes:
        person_id: the person.
        email, name: how others see them.
        role: what they may do.
        language: of the pages, a language code (``"de"``); ``None``: what the browser asks for.
        zone: IANA name of the time zone; ``None``: UTC.
        undo_seconds: how long a message waits before it leaves, 0 to 30.
        accounts: numbers of the accounts they may see; ``None`` for all of them.
    """

    person_id: int
    email: str
    name: str
    role: Role
    language: str | None
    zone: str | None
    undo_seconds: int
    accounts: frozenset[int] | None

    def may_see(self, account_id: int) -> bool:
        """Whether an account is theirs to see."""
        return self.accounts is None or account_id in self.accounts

    def require_owner(self) -> None:
        """Let owners pass.

        Raises:
            NotAllowed: the person is none.
        """
        if self.role is not Role.OWNER:
            raise NotAllowed(Words("Only an owner may do this. Ask whoever invited you."))
