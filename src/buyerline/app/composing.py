"""Looking at a draft: the checks that guard sending, and everything else that whoever writes it should see."""

import re
from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from buyerline.amazon.errors import Problem
from buyerline.amazon.messaging import Action
from buyerline.app.cards import cards_of
from buyerline.app.draft_rows import Draft, blank
from buyerline.app.draft_values import as_checked
from buyerline.app.drafts import Drafts
from buyerline.app.language import Language, differs, language_of
from buyerline.app.looks import Counter, Level, Look, Reading, Segment, SentBefore, Sizes, ToFix
from buyerline.app.offers import Offer
from buyerline.app.preview import preview_of
from buyerline.app.same_content import same_as_draft
from buyerline.app.viewer import Viewer
from buyerline.app.words import Words
from buyerline.messages import attachments, coverage, drafts, text
from buyerline.messages.checks import check, check_available
from buyerline.messages.codes import Code

if TYPE_CHECKING:
    from buyerline.app.accounts import Account
    from buyerline.app.order_rows import OrderRow

CAREFUL_FROM = 0.95
"""The part of the limit from which on a text is nearly full."""

_MISSING = frozenset({Code.TEXT_MISSING, Code.ATTACHMENTS_MISSING, Code.COVERAGE_MISSING})
_FILE = re.compile(rf"{attachments.FIELD}\[(\d+)\]")

_PLACES = ("type", text.FIELD, *coverage.FIELDS.values(), "files")
"""The places of the page, in their order; after them come single files."""

_NO_TYPE = ToFix("type", Words("Choose what the message is about."), "type_missing", missing=True)
_NOTHING_OFFERED = Words("Amazon offers no kind of message for this order now.")
_NOT_ASKED = Words("What this order takes is not known yet.")
_CANNOT_ATTACH = Words(
    "Amazon has refused files from this account before. It documents them for North America, for applications with the "
    "role Product Listing. You may try again: nothing is sent where they are refused."
)


class Composing:
    """Looks at drafts.

    Args:
        drafts: where their files are.
    """

    def __init__(self, drafts: Drafts) -> None:
        self._drafts = drafts

    def look(self, viewer: Viewer, account: "Account", order: "OrderRow", draft: Draft | None, offer: Offer) -> Look:
        """Everything about a draft that there is to see.

        Args:
            viewer: who looks.
            account: whose order it is.
            order: what it is about.
            draft: what is written; ``None``: nothing yet.
            offer: what Amazon takes for the order.

        Raises:
            NotHere: the draft is not theirs to see.
        """
        written = draft or blank(account.id, order.order_id)
        found = check_available(offer.actions, written.type) if written.type and offer.asked_at else None
        action = found if isinstance(found, Action) else None
        sdk = as_checked(written, self._drafts.contents(viewer, written))
        problems = [found] if isinstance(found, Problem) else check(sdk, action) if action else []
        kind = action.type if action else None
        attaches = action is not None and action.attachments is not None
        return Look(
            cards=cards_of(offer.actions, written.type),
            closed=_closed(offer),
            action=action,
            counter=_counter(written.text, action),
            segments=tuple(_segments(written.text, problems)),
            sizes=Sizes(sum(file.size for file in written.files), attachments.TOTAL_LIMIT),
            language=_reading(written.text, offer.locale),
            problems=tuple(problems),
            to_fix=tuple(sorted(_to_fix(written, offer, problems), key=_place)),
            sent_before=self._sent_before(account, order, sdk) if action and not problems else None,
            cannot_attach=_CANNOT_ATTACH if attaches and account.can_attach is False else None,
            preview=preview_of(order, written, kind, offer.locale, account.stores.get(order.marketplace_id))
            if kind
            else None,
        )

    def _sent_before(self, account: "Account", order: "OrderRow", sdk: drafts.Draft) -> SentBefore | None:
        with self._drafts.database.read() as connection:
            return same_as_draft(connection, account.id, order, sdk)


def _closed(offer: Offer) -> Words | str | None:
    if offer.asked_at is None or offer.actions:
        return None
    return offer.closed_reason or _NOTHING_OFFERED


def _counter(wording: str, action: Action | None) -> Counter:
    limit = action.text.max_length if action and action.text else None
    length = len(wording)
    if limit is None or length < CAREFUL_FROM * limit:
        level = Level.FINE
    else:
        level = Level.CAREFUL if length <= limit else Level.WRONG
    return Counter(length, limit, level)


def _segments(wording: str, problems: Sequence[Problem]) -> Iterator[Segment]:
    """The text, cut wherever a problem begins or ends."""
    changes: defaultdict[int, Tally[str]] = defaultdict(Tally)
    for problem in problems:
        if problem.field == text.FIELD and problem.start is not None and problem.end is not None:
            for start, end in ((problem.start, problem.end), *problem.also):
                changes[start][problem.code] += 1
                changes[end][problem.code] -= 1
    at, active = 0, Tally[str]()
    for place in sorted({*changes, len(wording)}):
        if place > at:
            yield Segment(wording[at:place], tuple(sorted(+active)))
        at = place
        active.update(changes[place])


def _reading(wording: str, locale: str | None) -> Reading:
    buyer = Language.of_locale(locale) if locale else None
    return Reading(buyer, language_of(wording), differs(wording, locale) if locale else None)


def _to_fix(written: Draft, offer: Offer, problems: Sequence[Problem]) -> Iterator[ToFix]:
    if offer.asked_at is None:
        yield ToFix("type", offer.trouble or _NOT_ASKED, "offer_missing")
    elif written.type is None:
        closed = _closed(offer)
        yield ToFix("type", closed, Code.TYPE_NOT_AVAILABLE) if closed else _NO_TYPE
    for problem in problems:
        yield ToFix(_anchor(problem, written), problem.message, problem.code, problem.code in _MISSING)


def _place(thing: ToFix) -> int:
    """Where on the page it is, from above."""
    return _PLACES.index(thing.anchor) if thing.anchor in _PLACES else len(_PLACES)


def _anchor(problem: Problem, written: Draft) -> str:
    file = _FILE.match(problem.field)
    if file:
        return f"file-{written.files[int(file[1])].id}"
    if problem.field == attachments.FIELD:
        return "files"
    return problem.field if problem.field in (text.FIELD, *coverage.FIELDS.values()) else "type"
