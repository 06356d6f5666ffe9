"""Uploads API 2020-11-01: a place to store one attachment of one message."""

import base64
import hashlib
import mimetypes
import re
import uuid

from buyerline.amazon.marketplaces import Region
from buyerline.sandbox import errors, s3
from buyerline.sandbox.accounts import PRODUCT_LISTING
from buyerline.sandbox.drafts import AttachmentReference
from buyerline.sandbox.gateway import asked_marketplace, caller
from buyerline.sandbox.ledger import StoredFile
from buyerline.sandbox.message_types import BY_SEGMENT
from buyerline.sandbox.operations import Operation, Plan
from buyerline.sandbox.options import MEGABYTE
from buyerline.sandbox.orders import Order
from buyerline.sandbox.state import State
from buyerline.sandbox.wire import Answer, Call

TOTAL_LIMIT = 10 * MEGABYTE
"""All attachments of a message must stay under 10 MB together (Amazon's form of the message types)."""

# No leading slash: Amazon's own recipe has none, and a resource with one is not known.
_RESOURCE = re.compile(r"messaging/v1/orders/(\d{3}-\d{7}-\d{7})/messages/([A-Za-z]+)", re.ASCII)


def create_destination(state: State, call: Call) -> Answer:
    """createUploadDestinationForResource: a presigned URL, and the headers that must go with the PUT."""
    marketplace = asked_marketplace(call)
    content_md5 = call.query["contentMD5"][0]
    if state.options.uploads == "na" and marketplace.region is not Region.NA:
        raise errors.access_denied()
    order, segment = _addressed(state, call)
    call.order_id = order.id
    destination = str(uuid.uuid4())
    key = f"/{destination[:3]}/{destination}"
    state.database.execute(
        "INSERT INTO uploads (id, account, order_id, type, key, content_type) VALUES (?, ?, ?, ?, ?, ?)",
        (destination, order.account, order.id, segment, key, call.value("contentType")),
    )
    headers = {"Content-MD5": content_md5, "x-amz-server-side-encryption": "aws:kms"}
    url = s3.presign(call.way_back, marketplace.region, key, headers, state.clock.now())
    return Answer.json(201, {"payload": {"uploadDestinationId": destination, "url": url, "headers": headers}})


def _addressed(state: State, call: Call) -> tuple[Order, str]:
    """The order and the type's path segment that the resource names; any other resource is not the seller's."""
    resource = _RESOURCE.fullmatch(call.arguments["resource"])
    if resource is None:
        raise errors.access_denied()
    order_id, segment = resource.groups()
    message_type = BY_SEGMENT.get(segment)
    order = state.orders.get(caller(call).id, order_id)
    if order is None or message_type is None or message_type.files is None:
        raise errors.access_denied()
    return order, segment


def take_attachments(
    state: State, order: Order, segment: str, references: tuple[AttachmentReference, ...]
) -> tuple[StoredFile, ...]:
    """The stored files that a message names, used up by it.

    Raises:
        Refusal: 400, one was not stored, belongs to another order or type, or was sent before; or they are too large.
    """
    files = []
    for reference in references:
        row = state.database.execute(
            "UPDATE uploads SET used = 1 WHERE id = ? AND account = ? AND order_id = ? AND type = ? AND NOT used "
            "AND content IS NOT NULL RETURNING content, content_type",
            (reference.id, order.account, order.id, segment),
        ).fetchone()
        if row is None:
            raise errors.invalid(f"Attachment with ID {reference.id} does not exist")
        files.append(_stored(reference.file_name, *row))
    if sum(file.size for file in files) >= TOTAL_LIMIT:
        raise errors.invalid("attachments: all files together must be smaller than 10 MB.")
    return tuple(files)


def _stored(file_name: str, content: bytes, content_type: str | None) -> StoredFile:
    return StoredFile(
        file_name=file_name,
        size=len(content),
        content_md5=base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode("ascii"),
        content_type=content_type or mimetypes.guess_type(file_name)[0] or "application/octet-stream",
        content=content,
    )


OPERATIONS = (
    Operation(
        "createUploadDestinationForResource",
        "POST",
        "/uploads/2020-11-01/uploadDestinations/{resource+}",
        Plan(rate=10, burst=10),
        create_destination,
        frozenset({PRODUCT_LISTING}),
        takes_marketplace=True,
        required=("contentMD5",),
    ),
)
