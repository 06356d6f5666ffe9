"""What a page, or a program, is told about a draft: what may be chosen, what is wrong, how the email will look."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from buyerline.amazon.errors import Problem
from buyerline.amazon.messaging import Action, AttachmentRules, TextRules
from buyerline.app.language import Language
from buyerline.app.preview import Preview
from buyerline.app.words import Words
from buyerline.messages.coverage import FIELDS
from buyerline.messages.forms import form_fields
from buyerline.outbox.messages import State


@dataclass(frozen=True, slots=True)
class Card:
    """A message type to choose.

    Attributes:
        name: what the form sends when it is chosen.
        title, description: Amazon's words for the seller.
        critical: whether Amazon delivers it also to buyers who want no messages.
        chosen: whether the draft is of this type.
        why_not: why it cannot be chosen; ``None`` where it can.
    """

    name: str
    title: str
    description: str
    critical: bool
    chosen: bool
    why_not: Words | None


class Level(StrEnum):
    """How near the end of what the type takes a text is."""

    FINE = "fine"
    CAREFUL = "careful"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Counter:
    """How long the text is.

    Attributes:
        length: in code points, as the checks count.
        limit: the most that the type takes; ``None`` for no limit, or where no type is chosen.
        level: `CAREFUL` from 95 % of the limit on, `WRONG` past it.
    """

    length: int
    limit: int | None
    level: Level


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the text, which `repr` does not show, and the codes of the problems that it is part of."""

    text: str = field(repr=False)
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes of the files together, and the number that they must stay below."""

    used: int
    limit: int

    @property
    def left(self) -> int:
        """How many more there may be."""
        return max(0, self.limit - 1 - self.used)


@dataclass(frozen=True, slots=True)
class Reading:
    """What language the buyer reads, and what the text is written in.

    Attributes:
        buyer: the buyer's, ``None`` where Amazon has not said.
        text: the text's, ``None`` where it is not certain.
        warning: that they differ.
    """

    buyer: Language | None
    text: Language | None
    warning: Words | None


@dataclass(frozen=True, slots=True)
class SentBefore:
    """That the same stands in the outbox for the order already: it goes again only when the person says so.

    Attributes:
        message_id: the message, the latest if there are several.
        state: where it stands.
        at: when Amazon accepted it, else when it was queued.
        words: the same as a sentence, without the moment.
    """

    message_id: str
    state: State
    at: datetime
    words: Words


@dataclass(frozen=True, slots=True)
class ToFix:
    """One thing that keeps the draft from being sent.

    Attributes:
        anchor: the id of the page's element that it is about: ``type``, ``text``, ``files``, ``file-`` and a file's id,
            ``coverage_start`` or ``coverage_end``.
        sentence: what is wrong and what to do; of the checks, or ours.
        code: its stable name: that of the check, else ``type_missing`` or ``offer_missing``.
        missing: whether something has only not been filled in yet, which a page need not call wrong.
    """

    anchor: str
    sentence: Words | str
    code: str
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """A draft as it stands.

    Attributes:
        cards: the message types, in Amazon's order, those that cannot be chosen last.
        closed: why there are none, where Amazon has said so: a sentence.
        action: the chosen one as Amazon offers it; ``None`` where none is chosen, or it cannot be sent now.
        counter: how long the text is.
        segments: the whole text in stretches, for underlining.
        sizes: how large the files are.
        language: the buyer's and the text's.
        problems: what the checks say, as they say it.
        to_fix: the same by the places of a page, with what else is missing.
        sent_before: that the same was queued before.
        cannot_attach: that Amazon has refused files from this account, where the type takes files.
        preview: the email; ``None`` before a type is chosen.
    """

    cards: tuple[Card, ...]
    closed: Words | str | None
    action: Action | None
    counter: Counter
    segments: tuple[Segment, ...]
    sizes: Sizes
    language: Reading
    problems: tuple[Problem, ...]
    to_fix: tuple[ToFix, ...]
    sent_before: SentBefore | None
    cannot_attach: Words | None
    preview: Preview | None

    @property
    def text(self) -> TextRules | None:
        """What the form of the chosen type says about the text; ``None``: it takes none."""
        return self.action.text if self.action else None

    @property
    def attachments(self) -> AttachmentRules | None:
        """What the form of the chosen type says about files; ``None``: it takes none."""
        return self.action.attachments if self.action else None

    @property
    def coverage(self) -> bool:
        """Whether the chosen type carries a warranty's days."""
        if self.action is None:
            return False
        known = self.action.type is not None and self.action.type.coverage
        return known or not form_fields(self.action).isdisjoint(FIELDS)

    @property
    def ready(self) -> bool:
        """Whether it may be sent. What was `sent_before` may, but a person has to say so."""
        return not self.to_fix

    def about(self, anchor: str) -> tuple[ToFix, ...]:
        """What is to fix at one place of the page."""
        return tuple(each for each in self.to_fix if each.anchor == anchor)
