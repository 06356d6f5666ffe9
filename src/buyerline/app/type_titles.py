"""What message types are called where Amazon's own titles are not at hand, or not in the viewer's language."""

import re

from buyerline.amazon.messaging import MESSAGE_TYPES
from buyerline.app.languages import LANGUAGES
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


def type_title(name: str) -> Words:
    """The title of a message type by any name under which it goes; of one that is not known, its name in words."""
    return _ours(name) or Words("{name}", name=re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize())


def title_in(language: str, name: str, offered: str) -> Words | str:
    """What a message type is called on the pages of a language. Amazon's own title, in English, is for who reads that.

    Args:
        language: a language of `LANGUAGES`.
        name: any name under which the type goes.
        offered: Amazon's title of it; ``""`` where that is not at hand.
    """
    if offered and (language == LANGUAGES[0] or _ours(name) is None):
        return offered
    return type_title(name)


def _ours(name: str) -> Words | None:
    known = MESSAGE_TYPES.get(name)
    return _TITLES.get(known.name) if known else None


def types() -> dict[str, Words]:
    """The title of each message type that is known beforehand."""
    return dict(_TITLES)
