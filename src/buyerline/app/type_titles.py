"""What message types are called where Amazon's own titles are not at hand."""

import re

from buyerline.amazon.messaging import MESSAGE_TYPES
from buyerline.app.words import Words

_TITLES = {
    "confirmCustomizationDetails": Words("Ask about the customization"),
    "confirmDeliveryDetails": Words("Arrange the delivery"),
    "legalDisclosure": Words("Send a legal disclosure"),
    "confirmOrderDetails": Words("Ask about the order"),
    "confirmServiceDetails": Words("Ask about the home service"),
    "warranty": Words("Send the warranty"),
    "digitalAccessKey": Words("Send an access key"),
    "unexpectedProblem": Words("Tell of an unexpected problem"),
    "invoice": Words("Send the invoice"),
    "negativeFeedbackRemoval": Words("Ask to reconsider negative feedback"),
    "amazonMotors": Words("Send vehicle documents"),
}


def title_of(name: str) -> Words:
    """The title of a message type by any name under which it goes; of one that is not known, its name in words."""
    known = MESSAGE_TYPES.get(name)
    found = _TITLES.get(known.name) if known else None
    return found or Words("{name}", name=re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize())


def types() -> dict[str, Words]:
    """The title of each message type that is known beforehand."""
    return dict(_TITLES)
