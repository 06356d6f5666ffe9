"""What message types are called where Amazon's own titles are not at hand."""

import re

from buyerline.amazon.messaging import MESSAGE_TYPES
from buyerline.app.words import Words

_TITLES = {
    "confirmCustomizationDetails": Words("Customization details"),
    "confirmDeliveryDetails": Words("Delivery details"),
    "legalDisclosure": Words("Legal disclosure"),
    "confirmOrderDetails": Words("Order details"),
    "confirmServiceDetails": Words("Service details"),
    "warranty": Words("Warranty"),
    "digitalAccessKey": Words("Digital access key"),
    "unexpectedProblem": Words("Unexpected problem"),
    "invoice": Words("Invoice"),
    "negativeFeedbackRemoval": Words("Feedback removal request"),
    "amazonMotors": Words("Amazon Motors"),
}


def title_of(name: str) -> Words:
    """The title of a message type by any name under which it goes; of one that is not known, its name in words."""
    known = MESSAGE_TYPES.get(name)
    found = _TITLES.get(known.name) if known else None
    return found or Words("{name}", name=re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize())


def types() -> dict[str, Words]:
    """The title of each message type that is known beforehand."""
    return dict(_TITLES)
