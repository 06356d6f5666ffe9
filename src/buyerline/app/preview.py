"""The email as the buyer will see it, as far as that can be known: Amazon writes what stands around the message."""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from buyerline.amazon.messaging import MessageType
from buyerline.app.draft_rows import Draft, DraftFile
from buyerline.app.formats import NOTHING
from buyerline.app.languages import LANGUAGES
from buyerline.app.sentences import marked
from buyerline.app.words import Words

if TYPE_CHECKING:
    from buyerline.app.order_rows import OrderRow

_RIGHT_TO_LEFT = ("ar", "fa", "he", "ur")
_LINE_ENDS = re.compile(r"\r\n|\r|\n")

SENDER = Words("your store's name at Amazon")
SELLER = Words("[your store's name]")
"""What stands for the store's name where it is not known. Amazon shows the buyer that name, which need not be what
people here call the account."""

GREETING = Words("Hello,")
NOTE = Words("Amazon puts the message into an email of its own, in the buyer's language. Its wording may differ.")


@dataclass(frozen=True, slots=True)
class Preview:
    """An email for a template to draw.

    Attributes:
        language: of `LANGUAGES`, in which the words around the seller's text are shown: the buyer's where it is there.
        sender: whom the buyer's mail program shows as its sender, for the viewer.
        subject: its subject.
        important: whether the subject begins with ``[Important]``, as that of a critical message does.
        greeting, opening: what stands above the seller's text.
        lines: the seller's text, line by line; empty for none. Not shown by `repr`.
        locale: the buyer's, for the ``lang`` of the text; ``None`` where it is not known.
        right_to_left: whether the buyer's language is written so.
        coverage: a warranty's days as typed; ``None`` for none.
        files: the attachments.
        note: that Amazon's own wording may differ.
    """

    language: str
    sender: Words
    subject: Words
    important: bool
    greeting: Words
    opening: Words
    lines: tuple[str, ...] = field(repr=False)
    locale: str | None
    right_to_left: bool
    coverage: Words | None
    files: tuple[DraftFile, ...]
    note: Words


def preview_of(
    order: "OrderRow", draft: Draft, kind: MessageType, locale: str | None, store: str | None = None
) -> Preview:
    """The email that a draft would become.

    Args:
        order: what it is about.
        draft: what is written.
        kind: the chosen message type.
        locale: the buyer's language of preference, where it is known.
        store: the store's name at Amazon where the order was placed, where it is known.
    """
    subject, opening = _TYPES[kind.name]
    return Preview(
        language=_frame_language(locale),
        sender=Words("{name}", name=store) if store else SENDER,
        subject=Words(subject, order=order.order_id),
        important=kind.critical,
        greeting=GREETING,
        opening=Words(opening, seller=store or SELLER),
        lines=tuple(_LINE_ENDS.split(draft.text)) if draft.text else (),
        locale=locale,
        right_to_left=(locale or "").lower().startswith(_RIGHT_TO_LEFT),
        coverage=_coverage(draft),
        files=draft.files,
        note=NOTE,
    )


def _frame_language(locale: str | None) -> str:
    language = re.split("[-_]", locale or "")[0].lower()
    return language if language in LANGUAGES else LANGUAGES[0]


def _coverage(draft: Draft) -> Words | None:
    start, end = draft.coverage_start, draft.coverage_end
    if not (start or end):
        return None
    return Words("The warranty covers {start} to {end}.", start=start or NOTHING, end=end or NOTHING)


_TYPES = {
    "confirmCustomizationDetails": (
        marked("Please confirm how your order {order} is customized"),
        marked("{seller} asks you to confirm how your item is to be customized."),
    ),
    "confirmDeliveryDetails": (
        marked("About the delivery of your order {order}"),
        marked("{seller} has a question about the delivery of your order."),
    ),
    "legalDisclosure": (
        marked("Legal information about your order {order}"),
        marked("{seller} is required by law to send you the attached documents."),
    ),
    "confirmOrderDetails": (
        marked("A question about your order {order}"),
        marked("{seller} asks you to confirm details of your order."),
    ),
    "confirmServiceDetails": (
        marked("About the service in your order {order}"),
        marked("{seller} asks you to confirm details of the service you booked."),
    ),
    "warranty": (
        marked("The warranty for your order {order}"),
        marked("{seller} sends you the warranty documents for your item."),
    ),
    "digitalAccessKey": (
        marked("The access key for your order {order}"),
        marked("{seller} sends you what you need to use your digital item."),
    ),
    "unexpectedProblem": (
        marked("A problem with your order {order}"),
        marked("{seller} writes to you about an unexpected problem with your order."),
    ),
    "invoice": (
        marked("The invoice for your order {order}"),
        marked("{seller} sends you the invoice for your order."),
    ),
    "negativeFeedbackRemoval": (
        marked("Your feedback on order {order}"),
        marked("{seller} asks you to look again at the feedback that you left for this order."),
    ),
    "amazonMotors": (
        marked("Documents for your order {order}"),
        marked("{seller} sends you the attached documents for your order."),
    ),
}
"""The subject and the opening for each message type, by its path segment."""
