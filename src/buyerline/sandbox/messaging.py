"""Messaging API v1: what may be sent for an order now, and sending it."""

import re
import uuid
from functools import partial
from typing import Any

import msgspec

from buyerline.amazon.marketplaces import Marketplace
from buyerline.sandbox import errors, static_cases
from buyerline.sandbox.accounts import BUYER_COMMUNICATION
from buyerline.sandbox.availability import is_closed, offered_types
from buyerline.sandbox.drafts import Draft, read_draft
from buyerline.sandbox.gateway import asked_marketplace, caller
from buyerline.sandbox.ledger import AcceptedMessage, StoredFile
from buyerline.sandbox.message_types import BY_NAME, BY_SEGMENT, MESSAGE_TYPES, MessageType
from buyerline.sandbox.operations import Operation, Plan
from buyerline.sandbox.orders import Order
from buyerline.sandbox.state import State
from buyerline.sandbox.uploads import take_attachments
from buyerline.sandbox.wire import HAL_JSON, Answer, Call

ORDER_ID = re.compile(r"\d{3}-\d{7}-\d{7}", re.ASCII)

_PLAN = Plan(rate=1, burst=5)
_ROLES = frozenset({BUYER_COMMUNICATION})
_ORDER_PATH = "/messaging/v1/orders/{orderId}"


def get_actions(state: State, call: Call) -> Answer:
    """getMessagingActionsForOrder: the types open for the order, with Seller Central's form of each."""
    if documented := static_cases.answer(f"messaging.{call.operation}", call):
        return documented
    marketplace = asked_marketplace(call)
    order = find_order(state, call, marketplace)
    if is_closed(order, state.clock.now()):
        raise errors.template_combination()
    links = []
    embedded = []
    query = f"?marketplaceIds={marketplace.id}"
    base = f"/messaging/v1/orders/{order.id}"
    for segment, reason in _offered(state, order).items():
        message_type = BY_SEGMENT[segment]
        link = {"href": f"{base}/messages/{message_type.name}{query}", "name": message_type.name}
        form = message_type.form(order.id, disabled_reason=reason)
        links.append(link)
        embedded.append(
            {
                "_links": {"schema": form["_links"]["self"], "self": link},
                "_embedded": {"schema": form},
                "name": message_type.name,
                "title": message_type.title,
            }
        )
    if state.options.offer_attributes:
        links.append({"href": f"{base}/attributes{query}", "name": "attributes"})
    content = {"_links": {"actions": links, "self": {"href": f"{base}{query}"}}, "_embedded": {"actions": embedded}}
    return Answer.json(200, content, HAL_JSON)


def get_schema(state: State, call: Call) -> Answer:
    """The form of one type, which the links of the actions lead to. The links carry no marketplace."""
    order = state.orders.get(caller(call).id, call.arguments["orderId"])
    message_type = BY_NAME.get(call.arguments["type"])
    if order is None or message_type is None:
        raise errors.not_found()
    offered = _offered(state, order)
    if message_type.segment not in offered:
        raise errors.template_combination()
    form = message_type.form(order.id, disabled_reason=offered[message_type.segment])
    return Answer.json(200, form, HAL_JSON)


def get_attributes(state: State, call: Call) -> Answer:
    """GetAttributes: the buyer's language of preference."""
    if documented := static_cases.answer(f"messaging.{call.operation}", call):
        return documented
    order = find_order(state, call, asked_marketplace(call))
    return Answer.json(200, {"buyer": {"locale": order.locale}}, HAL_JSON)


def send(message_type: MessageType, state: State, call: Call) -> Answer:
    """Accept a message of this type, or say why not. Nothing changes unless it is accepted."""
    if documented := static_cases.answer(f"messaging.{call.operation}", call):
        return documented
    marketplace = asked_marketplace(call)
    order = find_order(state, call, marketplace)
    if _offered(state, order).get(message_type.segment, "not offered") is not None:
        raise errors.template_combination()
    draft = read_draft(message_type, call)
    state.database.execute("BEGIN")
    try:
        files = take_attachments(state, order, message_type.segment, draft.attachments)
        _accept(state, _accepted(state, call, message_type, order, draft, files))
    except BaseException:
        state.database.execute("ROLLBACK")
        raise
    state.database.execute("COMMIT")
    return Answer.json(201, {}, HAL_JSON)


def find_order(state: State, call: Call, marketplace: Marketplace) -> Order:
    """The order that the path names, if it is one of the caller's in this marketplace.

    Raises:
        Refusal: 400 for an id of another form, 404 for an order that the caller does not have in the marketplace.
    """
    order_id = call.arguments["orderId"]
    if ORDER_ID.fullmatch(order_id) is None:
        raise errors.invalid()
    order = state.orders.get(caller(call).id, order_id)
    if order is None or order.marketplace != marketplace.name:
        raise errors.not_found()
    return order


def _offered(state: State, order: Order) -> dict[str, str | None]:
    return offered_types(
        order,
        state.clock.now(),
        state.sent(order.account, order.id),
        update_feedback=state.options.offer_update_feedback,
    )


def _accepted(
    state: State, call: Call, message_type: MessageType, order: Order, draft: Draft, files: tuple[StoredFile, ...]
) -> AcceptedMessage:
    return AcceptedMessage(
        id=str(uuid.uuid4()),
        account=order.account,
        marketplace_id=order.marketplace_id,
        order_id=order.id,
        type=message_type.segment,
        text=draft.text,
        attachments=files,
        coverage_start=draft.coverage_start,
        coverage_end=draft.coverage_end,
        request_id=call.request_id,
        accepted_at=state.clock.now(),
        locale=order.locale,
        seller=caller(call).name,
        item=order.items[0].title if order.items else "",
    )


def _accept(state: State, message: AcceptedMessage) -> None:
    attachments: list[dict[str, Any]] = [
        {"file_name": f.file_name, "size": f.size, "content_md5": f.content_md5, "content_type": f.content_type}
        for f in message.attachments
    ]
    state.database.execute(
        "INSERT INTO messages "
        "(id, account, marketplace_id, order_id, type, text, attachments, request_id, accepted_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            message.id,
            message.account,
            message.marketplace_id,
            message.order_id,
            message.type,
            message.text,
            msgspec.json.encode(attachments),
            message.request_id,
            message.accepted_at.timestamp(),
        ),
    )
    state.database.execute(
        "INSERT INTO sent VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET n = n + 1",
        (message.account, message.order_id, message.type),
    )
    state.mailboxes.deliver(message)


def _operation(name: str, method: str, path: str, handler: Any, *, takes_body: bool = False) -> Operation:
    return Operation(
        name,
        method,
        path,
        _PLAN,
        handler,
        _ROLES,
        takes_marketplace=True,
        takes_body=takes_body,
        media_type=HAL_JSON,
    )


OPERATIONS = (
    _operation("getMessagingActionsForOrder", "GET", _ORDER_PATH, get_actions),
    _operation("GetAttributes", "GET", f"{_ORDER_PATH}/attributes", get_attributes),
    Operation(
        "getSchema", "GET", f"{_ORDER_PATH}/messages/{{type}}/schema", _PLAN, get_schema, _ROLES, media_type=HAL_JSON
    ),
    *(
        _operation(
            message_type.operation,
            "POST",
            f"{_ORDER_PATH}/messages/{message_type.segment}",
            partial(send, message_type),
            takes_body=message_type.text_limit is not None or message_type.files is not None,
        )
        for message_type in MESSAGE_TYPES
        if message_type.operation is not None
    ),
)
