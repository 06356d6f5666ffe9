"""Accepted messages to put into mailboxes."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from buyerline.sandbox.ledger import AcceptedMessage, StoredFile

ORDER = "902-6786204-8179805"

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(64))
PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n%%EOF\n"

_MESSAGE = AcceptedMessage(
    id="0f2e9c6a",
    account="A2EXAMPLE",
    marketplace_id="ATVPDKIKX0DER",
    order_id=ORDER,
    type="confirmOrderDetails",
    text="Which colour would you like?",
    attachments=(),
    coverage_start=None,
    coverage_end=None,
    request_id="6875f61f-9c01",
    accepted_at=datetime(2026, 11, 3, 12, 4, 31, tzinfo=UTC),
    locale="en-US",
    seller="Harrow & Lake",
    item="Wool blanket, slate",
)


def message(**changes: Any) -> AcceptedMessage:
    """An ordinary question about the guide's order, changed as told."""
    return replace(_MESSAGE, **changes)


def file(name: str, content: bytes = b"content", content_type: str = "application/pdf") -> StoredFile:
    return StoredFile(name, len(content), "", content_type, content)
