"""The message types of an order as cards to choose from."""

from buyerline.amazon.messaging import Action, Actions
from buyerline.app.looks import Card
from buyerline.app.words import Words

_SWITCHED_OFF = Words("Amazon has switched this off for this order and gives no reason.")
_NO_OPERATION = Words(
    "Amazon offers this, but gives programs no way to send it. Send it in Seller Central, on the order's page, with "
    "Contact Buyer."
)


def cards_of(actions: Actions, chosen: str | None) -> tuple[Card, ...]:
    """A card for each action, in Amazon's order, those that cannot be chosen last.

    Those that Seller Central's own page hides (``x-ui-hidden``) are shown too: they are offered for the order, and
    Amazon says nowhere that a hidden one is not taken.
    """
    of_draft = actions.find(chosen) if chosen else None
    cards = [_card(action, chosen=action is of_draft) for action in actions]
    return tuple(sorted(cards, key=lambda card: card.why_not is not None))


def _card(action: Action, *, chosen: bool) -> Card:
    return Card(
        name=action.type.name if action.type else action.name,
        title=action.title,
        description=action.description,
        critical=action.type is not None and action.type.critical,
        chosen=chosen,
        why_not=_why_not(action),
    )


def _why_not(action: Action) -> Words | None:
    if action.type is None:
        return _NO_OPERATION
    if not action.disabled:
        return None
    if not action.disabled_reason:
        return _SWITCHED_OFF
    return Words("Amazon has switched this off for this order: {reason}", reason=action.disabled_reason)
