"""Messaging v1: what may be sent for an order now, sending it, and the buyer's language.

Source: Amazon, Messaging API v1 reference and model; what the model does not say (offered names, the form schema,
the 403 of a closed order) is from recorded answers.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, overload

from buyerline.amazon import errors
from buyerline.amazon.flow import Flow
from buyerline.amazon.marketplaces import Marketplace
from buyerline.amazon.operations import Operation, UsagePlan, json_object
from buyerline.amazon.repeating import Repeating
from buyerline.amazon.session import Before, Receipt, Session, nothing

PLAN = UsagePlan(rate=1, burst=5)
"""Amazon, Messaging API reference: one request a second, burst 5, for each operation."""

ORDER_PATH = "/messaging/v1/orders/{amazonOrderId}"


@dataclass(frozen=True, slots=True)
class MessageType:
    """A message type known beforehand. What an order's own schema says goes before what stands here.

    Attributes:
        name: the path segment (``"invoice"``).
        operation: the POST that sends it; its answer is an empty object.
        text: least and most characters, ``None`` where it takes no text.
        files: least and most attachments, ``None`` where it takes none.
        coverage: whether it carries a warranty's first and last day.
        critical: reaches buyers who opted out of messages.
        once: may be sent once for an order.
        offered_as: the names under which Amazon lists it.
    """

    name: str
    operation: Operation[dict[str, Any]]
    text: tuple[int, int] | None
    files: tuple[int, int] | None
    coverage: bool
    critical: bool
    once: bool
    offered_as: tuple[str, ...]


def _type(
    name: str,
    operation_id: str,
    *,
    text: tuple[int, int] | None = None,
    files: tuple[int, int] | None = None,
    coverage: bool = False,
    critical: bool = False,
    once: bool = False,
    also: tuple[str, ...] = (),
) -> MessageType:
    path = f"{ORDER_PATH}/messages/{name}"
    operation = Operation(operation_id, "POST", path, PLAN, json_object, repeatable=False)
    return MessageType(name, operation, text, files, coverage, critical, once, (name, *also))


TYPES: tuple[MessageType, ...] = (
    _type("confirmCustomizationDetails", "confirmCustomizationDetails", text=(1, 800), files=(0, 5)),
    _type("confirmDeliveryDetails", "createConfirmDeliveryDetails", text=(1, 2000)),
    _type("legalDisclosure", "createLegalDisclosure", files=(1, 5), critical=True),
    _type("confirmOrderDetails", "createConfirmOrderDetails", text=(1, 2000)),
    _type("confirmServiceDetails", "createConfirmServiceDetails", text=(1, 2000)),
    _type("warranty", "CreateWarranty", files=(1, 5), coverage=True),
    _type("digitalAccessKey", "createDigitalAccessKey", text=(1, 400), files=(0, 5)),
    _type("unexpectedProblem", "createUnexpectedProblem", text=(1, 2000), critical=True),
    _type("invoice", "sendInvoice", files=(1, 5), also=("sendInvoice",)),
    # Both are gone from Amazon's model (August 2025 and January 2026) and still offered in places.
    _type("negativeFeedbackRemoval", "createNegativeFeedbackRemoval", once=True),
    _type("amazonMotors", "createAmazonMotors", files=(1, 5)),
)

MESSAGE_TYPES: Mapping[str, MessageType] = {name: kind for kind in TYPES for name in kind.offered_as}
"""The message types by every name under which they go."""


@dataclass(frozen=True, slots=True)
class TextRules:
    """What an action's form says about the text. Lengths are in Unicode code points, as JSON Schema counts."""

    field: str
    min_length: int
    max_length: int | None
    title: str
    description: str


@dataclass(frozen=True, slots=True)
class AttachmentRules:
    """What an action's form says about attachments."""

    field: str
    min_items: int
    max_items: int | None
    title: str
    description: str


@dataclass(frozen=True, slots=True)
class Action:
    """A message type that Amazon offers for an order now.

    Attributes:
        name: Amazon's name, ``"sendInvoice"`` for example.
        title, description: Amazon's words for the seller.
        schema: the form of Seller Central as JSON Schema draft-04, ``{}`` where Amazon gave none. It speaks of
            ``rawMessageBody`` and attachment ``id``; the operation wants ``text`` and ``uploadDestinationId``.
        disabled, disabled_reason: offered and yet not to be sent now, and why.
        hidden: Seller Central does not show it.
        href: the link that Amazon gave, as given.
        type: the message type behind it, ``None`` where no operation is known: shown, not sendable.
    """

    name: str
    title: str
    description: str
    schema: Mapping[str, Any] = field(repr=False)
    disabled: bool
    disabled_reason: str | None
    hidden: bool
    href: str | None
    type: MessageType | None = field(repr=False)

    @property
    def known(self) -> bool:
        """Whether an operation that sends it is known."""
        return self.type is not None

    @property
    def text(self) -> TextRules | None:
        """What the form says about the text, the table where there is no form; ``None``: takes no text."""
        limits = self.type.text if self.type else None
        fields = self._fields
        if fields is None:
            return TextRules("rawMessageBody", *limits, title="", description="") if limits else None
        name = next((name for name in ("rawMessageBody", "text") if isinstance(fields.get(name), dict)), None)
        if name is None:
            return None
        least, most = limits or (0, None)
        return TextRules(
            field=name,
            min_length=_count(fields[name].get("minLength"), least),
            max_length=_count(fields[name].get("maxLength"), most),
            title=_text(fields[name].get("title")),
            description=_text(fields[name].get("description")),
        )

    @property
    def attachments(self) -> AttachmentRules | None:
        """What the form says about attachments, the table where there is no form; ``None``: takes none."""
        limits = self.type.files if self.type else None
        fields = self._fields
        if fields is None:
            return AttachmentRules("attachments", *limits, title="", description="") if limits else None
        form = fields.get("attachments")
        if not isinstance(form, dict):
            return None
        least, most = limits or (0, None)
        return AttachmentRules(
            field="attachments",
            min_items=_count(form.get("minItems"), least),
            max_items=_count(form.get("maxItems"), most),
            title=_text(form.get("title")),
            description=_text(form.get("description")),
        )

    @property
    def _fields(self) -> dict[str, Any] | None:
        """The form's fields, ``None`` when Amazon gave no form to speak of."""
        fields = self.schema.get("properties")
        return fields if isinstance(fields, dict) else None


@dataclass(frozen=True, slots=True)
class Actions(Sequence[Action]):
    """The actions of an order, in Amazon's order.

    Attributes:
        order_id: the order.
        closed_reason: why there are none, where Amazon refused the question itself; ``None`` otherwise.
    """

    order_id: str
    items: tuple[Action, ...] = ()
    closed_reason: str | None = None

    @overload
    def __getitem__(self, index: int) -> Action: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Action, ...]: ...
    def __getitem__(self, index: int | slice) -> Action | tuple[Action, ...]:
        """The action or actions at a position."""
        return self.items[index]

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Action]:
        return iter(self.items)

    def find(self, name: str) -> Action | None:
        """The action of a message type, by any of the names under which it goes (``invoice``, ``sendInvoice``)."""
        kind = MESSAGE_TYPES.get(name)
        names = kind.offered_as if kind else (name,)
        return next((action for action in self.items if action.name in names), None)


@dataclass(frozen=True, slots=True)
class Attributes:
    """What Amazon tells about the buyer of an order. ``locale`` is the language of preference (``"fr-FR"``)."""

    order_id: str
    locale: str | None


GET_ACTIONS = Operation("getMessagingActionsForOrder", "GET", ORDER_PATH, PLAN, json_object)
GET_ATTRIBUTES = Operation("GetAttributes", "GET", f"{ORDER_PATH}/attributes", PLAN, json_object)


@dataclass(frozen=True, slots=True)
class MessagingFlows:
    """The flows of Messaging v1. Each takes the order's marketplace, the client's where none is given."""

    session: Session

    def get_actions(self, order_id: str, *, marketplace: Marketplace | str | None = None) -> Flow[Actions]:
        """What may be sent for an order now (getMessagingActionsForOrder).

        A closed order, which Amazon answers with 403, is no error: no actions, and ``closed_reason`` says why.

        Args:
            order_id: Amazon's order id, ``NNN-NNNNNNN-NNNNNNN``.
            marketplace: where the order was placed; the client's marketplace by default.

        Raises:
            AmazonError, TransportError, NotNow: as `Session.call` does.
        """
        try:
            answer = yield from self._call(GET_ACTIONS, order_id, marketplace)
        except errors.TypeNotAvailable as closed:
            return Actions(
                order_id,
                closed_reason=f"Amazon takes no messages for this order now: {closed.amazon_message}",
            )
        return Actions(order_id, tuple(parse_actions(answer)))

    def get_attributes(self, order_id: str, *, marketplace: Marketplace | str | None = None) -> Flow[Attributes]:
        """The buyer's language of preference (GetAttributes).

        Raises:
            AmazonError, TransportError, NotNow: as `Session.call` does.
        """
        answer = yield from self._call(GET_ATTRIBUTES, order_id, marketplace)
        locale = _dict(answer.get("buyer")).get("locale")
        return Attributes(order_id, locale if isinstance(locale, str) and locale else None)

    def post(
        self,
        order_id: str,
        kind: MessageType,
        body: Mapping[str, Any] | None,
        *,
        marketplace: Marketplace | str | None = None,
        before: Before = nothing,
        repeating: Repeating | None = None,
    ) -> Flow[Receipt]:
        """Send a message as it stands, unchecked. `buyerline.messages` checks first and is what most callers want.

        Args:
            order_id: Amazon's order id.
            kind: the message type.
            body: the operation's own body, e.g. ``{"text": ...}``; ``None`` for a type that takes no input.
            marketplace: where the order was placed; the client's marketplace by default.
            before: gone through each time it is about to leave.
            repeating: how often it is tried again where nothing was sent; the client's by default.

        Raises:
            OutcomeUnknown: it was posted and nobody can say whether Amazon took it.
            AmazonError: Amazon refused it, nothing was sent.
            NotConnected, NotNow: nothing was sent.
        """
        return self.session.post_once(
            kind.operation,
            order_id,
            kind.name,
            marketplace=marketplace,
            body=body,
            before=before,
            repeating=repeating,
        )

    def _call(
        self, operation: Operation[dict[str, Any]], order_id: str, marketplace: Marketplace | str | None
    ) -> Flow[dict[str, Any]]:
        place = self.session.marketplace_of(marketplace)
        return self.session.call(operation, path={"amazonOrderId": order_id}, query={"marketplaceIds": place.id})


def unlisted(action: Action) -> MessageType:
    """A message type for an action of which no operation is known: posts to the link that Amazon gave.

    Raises:
        ConfigurationError: Amazon gave no link, or not one to a message of an order.
    """
    path, _, segment = (action.href or "").partition("?")[0].rpartition("/messages/")
    if not (path and segment.isascii() and segment.isalnum()):
        raise errors.ConfigurationError(f"type: Amazon gave no link to send {action.name} with.")
    return _type(segment, action.name, also=(action.name,))


def parse_actions(answer: Mapping[str, Any]) -> Iterator[Action]:
    """The actions in an answer of getMessagingActionsForOrder, whatever is missing, extra or unknown in it.

    Links that lead to no message (``attributes``, seen among the actions) are left out.
    """
    forms = {_text(form.get("name")): form for form in _dicts(_dict(answer.get("_embedded")).get("actions"))}
    links = {_text(link.get("name")): link for link in _dicts(_dict(answer.get("_links")).get("actions"))}
    for name in [*links, *(name for name in forms if name not in links)]:
        href = links.get(name, {}).get("href")
        if name and name != "attributes":
            yield _parse_action(name, href if isinstance(href, str) else None, forms.get(name, {}))


def _parse_action(name: str, href: str | None, form: Mapping[str, Any]) -> Action:
    schema = _dict(_dict(form.get("_embedded")).get("schema"))
    reason = schema.get("disabledReason")
    return Action(
        name=name,
        title=_text(form.get("title")) or _text(schema.get("title")) or name,
        description=_text(schema.get("description")),
        schema={key: value for key, value in schema.items() if key != "_links"},
        disabled=schema.get("disabled") is True,
        disabled_reason=reason if isinstance(reason, str) and reason else None,
        hidden=schema.get("x-ui-hidden") is True,
        href=href,
        type=MESSAGE_TYPES.get(name),
    )


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _count(value: Any, otherwise: Any) -> Any:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else otherwise
