"""What the sandbox accepted: the messages that Amazon would now email to buyers."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One attachment of an accepted message, as it was uploaded.

    ``content_md5`` is base64 of the 16 digest bytes, ``size`` is in bytes, ``content_type`` is what the
    upload said or what the file name suggests.
    """

    file_name: str
    size: int
    content_md5: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class AcceptedMessage:
    """One message that was answered with 201.

    ``type`` is the path segment of the operation (``"invoice"``, not ``"sendInvoice"``), ``locale`` the buyer's
    language of preference (``"fr-FR"``), the coverage dates are those of a warranty message.
    """

    id: str
    account: str
    marketplace_id: str
    order_id: str
    type: str
    text: str | None
    attachments: tuple[StoredFile, ...]
    coverage_start: datetime | None
    coverage_end: datetime | None
    request_id: str
    accepted_at: datetime
    locale: str
    seller: str
    item: str
