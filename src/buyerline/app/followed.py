"""Messages as people follow them: in tabs, each with where it stands and what may be done about it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum, auto

from buyerline.amazon.connect import AMAZON, STATIC_SANDBOX
from buyerline.amazon.marketplaces import Marketplace
from buyerline.amazon.messaging import MESSAGE_TYPES
from buyerline.app.draft_values import day_typed
from buyerline.app.persons import MOST_UNDO_SECONDS
from buyerline.app.seller_central import site_of
from buyerline.app.viewer import Role, Viewer
from buyerline.app.words import Words
from buyerline.outbox.messages import NOT_SENT, Event, Message, State
from buyerline.outbox.transitions import LOOKED_INTO

_ANSWERED = re.compile(r"Amazon answered (\d{3})\b")
_LOOK = "Look in Seller Central > Messages > Sent before sending it again."
"""What `OutcomeUnknown` advises: that is not where a sandbox shows what it took."""

LONGEST_UNDO = timedelta(seconds=MOST_UNDO_SECONDS + 1)
"""A message that waits no longer than this was sent at once: what it waits for is somebody who takes it back."""

ASKED = "asked for approval"
"""What the history says was done by the writer of a message that a second person approved. It comes first."""

APPROVED = "approved"
"""What the history says was done by the second person."""

BEGINNING = 140
"""Characters of a text that a list shows, more than fit on a line."""


def beginning_of(text: str) -> str:
    """The first words of a text, on one line."""
    return " ".join(text[: BEGINNING * 2].split())[:BEGINNING]


class Tab(StrEnum):
    """Which messages are looked at. The values stand in URLs."""

    NEEDS_YOU = "needs"
    QUEUED = "queued"
    SENT = "sent"
    REFUSED = "refused"
    CALLED_OFF = "cancelled"
    ALL = "all"

    @property
    def states(self) -> tuple[State, ...]:
        """The states of its messages."""
        return _STATES[self]


_STATES = {
    Tab.NEEDS_YOU: (State.UNKNOWN, State.FAILED),
    Tab.QUEUED: (State.QUEUED, State.SENDING),
    Tab.SENT: (State.SENT,),
    Tab.REFUSED: (State.REFUSED,),
    Tab.CALLED_OFF: (State.CANCELLED, State.EXPIRED),
    Tab.ALL: tuple(State),
}


class Standing(StrEnum):
    """Where a message stands, in as many cases as there are different things to say."""

    LEAVING = auto()
    """Queued; it leaves within seconds, so that it can still be taken back."""
    SCHEDULED = auto()
    """Queued for a time to come."""
    AGAIN = auto()
    """Queued; it could not be sent yet and is tried again later."""
    STOPPED = auto()
    """Queued; nothing is sent for its account before somebody mends something."""
    WAITING = auto()
    """Queued; its turn comes."""
    SENDING = auto()
    ACCEPTED = auto()
    """Sent; Amazon's answer said so."""
    FOUND_SENT = auto()
    """Sent; somebody, or Amazon's offer, told so afterwards."""
    REFUSED = auto()
    UNKNOWN = auto()
    CANCELLED = auto()
    EXPIRED = auto()
    FAILED = auto()


@dataclass(frozen=True, slots=True)
class FollowedAccount:
    """A message's account.

    Attributes:
        id, name: the outbox's number and name of it.
        title: what people call it.
        connected: whether the app holds its orders, so that there is a page for each.
        disconnected: whether an owner has disconnected it.
        stopped: why nothing is sent for it before somebody mends something; ``None``: it works.
    """

    id: int
    name: str
    title: str
    connected: bool
    disconnected: bool
    stopped: str | None


@dataclass(frozen=True, slots=True)
class Followed:
    """A message as it stood at `read_at`.

    Attributes:
        message: the message.
        account: whose order it is for.
        by: who queued it: the person's name, else the login that the outbox knows.
        kept: whether its text and its files are still here.
        approved: whether a second person has approved it, and nobody has called it off since.
        read_at: when all this was so, in UTC.
        history: what happened to it, oldest first; empty in lists.
        offered_as: Amazon's title of its type, where it is remembered for the order; ``""`` where not.
        names: the names of the people in the history, by the emails that stand there.
        barred: why the one who looks may not have it sent though it could be; ``None`` where they may.
    """

    message: Message
    account: FollowedAccount
    by: str
    kept: bool
    approved: bool
    read_at: datetime
    history: tuple[Event, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    barred: Words | None = None
    offered_as: str = ""

    @property
    def standing(self) -> Standing:
        """Where it stands."""
        state = self.message.state
        if state is State.QUEUED:
            return self._queued
        if state is State.SENT:
            return Standing.ACCEPTED if self.message.sent_at else Standing.FOUND_SENT
        return Standing(state.value)

    @property
    def _queued(self) -> Standing:
        message = self.message
        if self.account.stopped:
            return Standing.STOPPED
        if message.not_before is None or message.not_before <= self.read_at:
            return Standing.WAITING
        if message.reason:
            return Standing.AGAIN
        soon = message.not_before - message.queued_at <= LONGEST_UNDO
        return Standing.LEAVING if soon else Standing.SCHEDULED

    @property
    def seconds_left(self) -> int:
        """Whole seconds until it may leave, 0 where nothing holds it."""
        until = self.message.not_before
        return max(0, -int((self.read_at - until) // timedelta(seconds=1))) if until else 0

    @property
    def beginning(self) -> str:
        """The first words of its text, on one line; ``""`` where it has none, or none any more."""
        return beginning_of(self.message.text or "")

    @property
    def covers(self) -> tuple[date | datetime, date | datetime] | None:
        """From when to when a warranty covers, in days where days were given; ``None`` for other messages."""
        start, end = self.message.coverage_start, self.message.coverage_end
        return (_day_or_moment(start), _day_or_moment(end)) if start and end else None

    def may_undo(self, viewer: Viewer) -> bool:
        """Whether the viewer can take it back now to write in it again."""
        here = self.account.connected and self.standing in (Standing.LEAVING, Standing.SCHEDULED)
        return here and self.undone_by(viewer)

    def undone_by(self, viewer: Viewer) -> bool:
        """Whether it is the viewer who may take it back, while it can be: who queued or approved it, and owners."""
        theirs = (event.who == viewer.email and event.what in (State.QUEUED, APPROVED) for event in self.history)
        return viewer.role is Role.OWNER or any(theirs)

    def seen_by(self, viewer: Viewer, endpoint: str) -> bool:
        """Whether the viewer may see it where messages go to `endpoint`: a sandbox's never stand beside Amazon's."""
        return self.message.endpoint == endpoint and viewer.may_see(self.account.id)

    @property
    def may_cancel(self) -> bool:
        """Whether it can be taken back."""
        return self.message.state is State.QUEUED

    @property
    def sendable(self) -> bool:
        """Whether somebody can have it sent: again, or now instead of later."""
        return self.kept and self.message.state in (State.QUEUED, State.UNKNOWN, *NOT_SENT)

    @property
    def approved_for_now(self) -> bool:
        """Whether a second person has approved that it is sent now: as it is, and not only later."""
        message = self.message
        later = message.state is State.QUEUED and message.not_before is not None and message.not_before > self.read_at
        return self.approved and (not later or message.reason is not None)  # with a reason, it was tried already

    @property
    def retriable(self) -> bool:
        """Whether the outbox would take a retry from the one who looks, useful or not."""
        return self.sendable and self.message.state is not State.UNKNOWN and self.barred is None

    @property
    def may_retry(self) -> bool:
        """Whether the one who looks can have it queued again, or sent now instead of later."""
        if not self.kept or self.barred:
            return False
        return self.message.state in NOT_SENT or self.standing in (Standing.AGAIN, Standing.SCHEDULED)

    @property
    def may_edit(self) -> bool:
        """Whether what it says can be taken up as a draft: it was certainly not sent, and will not be by itself."""
        return self.kept and self.account.connected and self.message.state in NOT_SENT

    @property
    def may_resolve(self) -> bool:
        """Whether a person has to say what became of it."""
        return self.message.state is State.UNKNOWN

    @property
    def found_by(self) -> str:
        """Who found that it was sent, by name; ``""`` where nobody had to, or nobody but Amazon's offer told."""
        found = self._last(State.SENT)
        person = found is not None and not found.who.startswith("worker ")
        return self.names.get(found.who, found.who) if found and person else ""

    @property
    def first_queued(self) -> Event | None:
        """When it was queued for the first time; ``None`` in lists."""
        return next((event for event in self.history if event.what == State.QUEUED), None)

    @property
    def first_queued_at(self) -> datetime:
        """When it was queued for the first time, where the history is here."""
        return self.first_queued.at if self.first_queued else self.message.queued_at

    @property
    def told(self) -> tuple[Event, ...]:
        """What is told of its history. What was approved was queued by that: it is not said twice."""
        if not self.history or self.history[0].what != ASKED:
            return self.history
        return tuple(event for event in self.history if event is not self.first_queued)

    @property
    def may_send_again(self) -> bool:
        """Whether the one who looks can say that it was not sent, so that it is sent again."""
        return self.may_resolve and self.kept and self.barred is None

    @property
    def has_bytes(self) -> bool:
        """Whether its files can be fetched: their content is deleted soon after they are sent."""
        return self.kept and self.message.state is not State.SENT

    @property
    def stand_in(self) -> bool:
        """Whether something else answered for Amazon, so that it reaches no buyer."""
        return self.message.endpoint != AMAZON

    @property
    def look_in(self) -> str:
        """The URL of the site where a person can look whether it was sent; ``""`` where there is none."""
        if not self.stand_in:
            return site_of(Marketplace.of(self.message.marketplace_id))
        return "" if self.message.endpoint == STATIC_SANDBOX else f"{self.message.endpoint}/inbox"

    @property
    def operation(self) -> str:
        """Amazon's name of the operation that sends it; ``""`` where none is known."""
        kind = MESSAGE_TYPES.get(self.message.type)
        return kind.operation.id if kind else ""

    @property
    def asked(self) -> Event | None:
        """When Amazon was last asked to send it."""
        return self._last(State.SENDING)

    @property
    def came_back(self) -> Event | None:
        """What came back, where nobody knows what became of it."""
        return self._last(State.UNKNOWN)

    @property
    def status(self) -> str:
        """The HTTP status that Amazon answered with, where nobody knows what became of it; ``""``: it gave none."""
        found = _ANSWERED.search(self.message.reason or "")
        return found[1] if found else ""

    @property
    def details(self) -> str:
        """Why nobody knows what became of it, at length; where to look stands beside it, and is left out of this."""
        return self.without_advice(self.message.reason or "")

    def without_advice(self, said: str) -> str:
        """A sentence of the outbox without where to look, which the page says better."""
        return said.replace(_LOOK, "").strip()

    @property
    def looks(self) -> tuple[Event, ...]:
        """What was looked up since, oldest first."""
        since = self.came_back
        events = self.history[self.history.index(since) + 1 :] if since else ()
        return tuple(event for event in events if event.what == LOOKED_INTO)

    def _last(self, what: str) -> Event | None:
        return next((event for event in reversed(self.history) if event.what == what), None)


def _day_or_moment(given: str) -> date | datetime:
    typed = day_typed(given) or given
    return datetime.fromisoformat(typed) if "T" in typed else date.fromisoformat(typed)


@dataclass(frozen=True, slots=True)
class FollowedPage:
    """Some messages, newest first.

    Attributes:
        messages: the messages.
        next: where the older ones begin (`before` of the next page), ``None`` at the end.
        looked_back_to: where a search ended before all was looked at, the moment until which it looked; `next` goes
            on from there. ``None`` where nothing was left out.
    """

    messages: tuple[Followed, ...]
    next: str | None
    looked_back_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many messages each tab has, `AT_MOST` standing for that many or more.

    Attributes:
        tabs: the messages of each tab.
        waiting: drafts that wait for the viewer's approval, part of `Tab.NEEDS_YOU` too.
        returned: the viewer's own drafts that were given back, part of `Tab.NEEDS_YOU` too.
    """

    tabs: dict[Tab, int]
    waiting: int
    returned: int

    @property
    def needs_you(self) -> int:
        """What waits for a person."""
        return self.tabs[Tab.NEEDS_YOU]


@dataclass(frozen=True, slots=True)
class StoppedAccount:
    """An account for which nothing is sent before somebody mends something.

    Attributes:
        account: the account, with why.
        queued: how many messages wait for that, `AT_MOST` standing for that many or more.
    """

    account: FollowedAccount
    queued: int


@dataclass(frozen=True, slots=True)
class Change:
    """Something happened to a message.

    Attributes:
        position: higher than those of almost all earlier changes, see `Following.changes_since`.
        message_id: the message.
        account_id, account: its account.
        order_id: its order.
    """

    position: int
    message_id: str
    account_id: int
    account: str
    order_id: str
