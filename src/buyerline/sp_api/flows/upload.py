"""Uploads 2020-11-01."""

from pathlib import Path
from typing import Any, BinaryIO

from buyerline.amazon.flow import Flow, Read
from buyerline.amazon.uploads import CREATE_DESTINATION, content_md5
from buyerline.sp_api.base.connection import Connected
from buyerline.sp_api.base.helpers import same_position
from buyerline.sp_api.flows.arguments import as_query, the_marketplace

MOST = 64 * 1024 * 1024
"""Bytes of a file that are read at most; Amazon takes less than 10 MB with a message."""


def upload_document(
    client: Connected,
    /,
    resource: str,
    file: str | Path | BinaryIO,
    content_type: str = "application/pdf",
    **kwargs: Any,
) -> Flow[Any]:
    """A destination for one file; the caller PUTs the file to ``payload["url"]`` with ``payload["headers"]``.

    Args:
        client: whose account.
        resource: what the file is for, e.g. ``messaging/v1/orders/{order id}/messages/invoice``.
        file: its path, or open for reading bytes; an open file stands afterwards where it stood before.
        content_type: the file's media type; ``contentType`` means the same.
        kwargs: ``marketplaceIds``, the client's where none is given.

    Raises:
        OSError: the file cannot be read.
    """
    place = client.session.marketplace_of(the_marketplace(kwargs))
    query = {
        "marketplaceIds": place.id,
        "contentMD5": content_md5((yield from _read(file))),
        "contentType": content_type,
        **as_query(kwargs),
    }
    yield from client.session.respond(CREATE_DESTINATION, path={"resource": resource.lstrip("/")}, query=query)


def _read(file: str | Path | BinaryIO) -> Flow[bytes]:
    if isinstance(file, str | Path):
        content: bytes = yield Read(Path(file), MOST)
        return content
    with same_position(file):
        content = yield Read(file, MOST)
    return content
