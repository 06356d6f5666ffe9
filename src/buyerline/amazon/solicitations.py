"""Solicitations v1: Amazon's own request for a product review and seller feedback, once for each order.

Source: Amazon, Solicitations API v1 reference, model and "Set up the Solicitations API" (the period of 5 to 30 days
after delivery); the words of the refusals are from recorded answers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from buyerline.amazon import errors
from buyerline.amazon.flow import Flow
from buyerline.amazon.marketplaces import Marketplace
from buyerline.amazon.operations import Operation, UsagePlan, json_object
from buyerline.amazon.session import Receipt, Session

PLAN = UsagePlan(rate=1, burst=5)
"""Amazon, Solicitations API reference: one request a second, burst 5, for each operation."""

REVIEW = "productReviewAndSellerFeedback"
"""The only solicitation there is; review and feedback cannot be asked for separately."""

ORDER_PATH = "/solicitations/v1/orders/{amazonOrderId}"

GET_ACTIONS = Operation("getSolicitationActionsForOrder", "GET", ORDER_PATH, PLAN, json_object)
REQUEST_REVIEW = Operation(
    "createProductReviewAndSellerFeedbackSolicitation",
    "POST",
    f"{ORDER_PATH}/solicitations/{REVIEW}",
    PLAN,
    json_object,
    repeatable=False,
)


@dataclass(frozen=True, slots=True)
class SolicitationActions:
    """Which solicitations Amazon offers for an order now.

    Attributes:
        order_id: the order.
        names: Amazon's names, in Amazon's order.
        closed_reason: why there are none, where Amazon refused the question itself; ``None`` otherwise.
    """

    order_id: str
    names: tuple[str, ...] = ()
    closed_reason: str | None = None

    @property
    def review(self) -> bool:
        """Whether a review can be requested now."""
        return REVIEW in self.names


@dataclass(frozen=True, slots=True)
class _Refusal:
    """A refusal that concerns the order and not the application, told by Amazon's words."""

    words: str
    code: str
    hint: str


_REFUSALS = (
    _Refusal("already requested a review", "already_requested", "Nothing is left to do: an order takes one request."),
    _Refusal(
        "outside the 5-30 day range",
        "outside_window",
        "A review can be requested from 5 days after the earliest to 30 days after the latest delivery date.",
    ),
    _Refusal(
        "not available for this amazonOrderId",
        "solicitation_not_available",
        "Ask which solicitations the order takes (get_actions). One request or free-form proactive message is taken "
        "for an order, 5 to 30 days after delivery.",
    ),
)


@dataclass(frozen=True, slots=True)
class SolicitationsFlows:
    """The flows of Solicitations v1. Each takes the order's marketplace, the client's where none is given."""

    session: Session

    def get_actions(self, order_id: str, *, marketplace: Marketplace | str | None = None) -> Flow[SolicitationActions]:
        """Which solicitations may be sent for an order now (getSolicitationActionsForOrder).

        An order that takes none, which Amazon may answer with 403, is no error: ``closed_reason`` says why.

        Args:
            order_id: Amazon's order id, ``NNN-NNNNNNN-NNNNNNN``.
            marketplace: where the order was placed; the client's marketplace by default.

        Raises:
            AmazonError, TransportError, NotNow: as `Session.call` does.
        """
        place = self.session.marketplace_of(marketplace)
        query = {"marketplaceIds": place.id}
        try:
            answer = yield from self.session.call(GET_ACTIONS, path={"amazonOrderId": order_id}, query=query)
        except errors.AmazonError as error:
            closed = _not_available(error)
            if closed is None:
                raise
            return SolicitationActions(order_id, closed_reason=closed.amazon_message)
        return SolicitationActions(order_id, tuple(_names(answer)))

    def request_review(self, order_id: str, *, marketplace: Marketplace | str | None = None) -> Flow[Receipt]:
        """Have Amazon ask the buyer for a review and feedback (createProductReviewAndSellerFeedbackSolicitation).

        Args:
            order_id: Amazon's order id, ``NNN-NNNNNNN-NNNNNNN``.
            marketplace: where the order was placed; the client's marketplace by default.

        Raises:
            TypeNotAvailable: the order takes no request now. ``code`` says why: ``"already_requested"``,
                ``"outside_window"``, ``"solicitation_not_available"``, or ``"type_not_available"``.
            OutcomeUnknown: it was posted and nobody can say whether Amazon took it.
            AmazonError: Amazon refused it, nothing was sent.
            NotConnected, NotNow: nothing was sent.
        """
        try:
            return (yield from self.session.post_once(REQUEST_REVIEW, order_id, REVIEW, marketplace=marketplace))
        except errors.AmazonError as error:
            refused = _not_available(error)
            if refused is None or refused is error:
                raise
            raise refused from error


def _not_available(error: errors.AmazonError) -> errors.TypeNotAvailable | None:
    """The refusal of this order that an error means, ``None`` where it means something else.

    Amazon answers these with the code of a missing role, so only the words tell; the status is not relied on.
    """
    if isinstance(error, errors.TypeNotAvailable):
        return error
    found = next((refusal for refusal in _REFUSALS if refusal.words in error.amazon_message), None)
    if found is None:
        return None
    refused = error.told_as(errors.TypeNotAvailable, found.hint)
    refused.code = found.code
    return refused


def _names(answer: Mapping[str, Any]) -> list[str]:
    """The names under ``_links.actions`` of a HAL answer, whatever else is missing, extra or unknown in it."""
    links = answer.get("_links")
    actions = links.get("actions") if isinstance(links, dict) else None
    if not isinstance(actions, list):
        return []
    found = [action.get("name") for action in actions if isinstance(action, dict)]
    return [name for name in found if isinstance(name, str) and name]
