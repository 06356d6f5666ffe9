"""Message Amazon buyers about their orders.

`SellingPartner` and `AsyncSellingPartner` are where to begin. Everything public is importable from here; it is
loaded when first used, so that importing buyerline costs next to nothing.
"""

from typing import TYPE_CHECKING

from buyerline._loading import loading
from buyerline._version import __version__

if TYPE_CHECKING:
    from buyerline.amazon.connect import ClientOptions
    from buyerline.amazon.credentials import Credentials
    from buyerline.amazon.errors import (
        AccessDenied,
        AmazonError,
        AmazonUnavailable,
        BuyerlineError,
        ClientInvalid,
        ClientUnauthorized,
        ConfigurationError,
        ConnectionLost,
        CredentialsMissing,
        DraftRefused,
        GrantInvalid,
        InvalidRequest,
        LoginError,
        NotConnected,
        NotFound,
        NotNow,
        OutcomeUnknown,
        Problem,
        RequestTooLarge,
        Throttled,
        TimedOut,
        TokenRejected,
        TransportError,
        TypeNotAvailable,
        UnknownMarketplace,
        UnreadableAnswer,
        UploadFailed,
        WrongContentType,
    )
    from buyerline.amazon.marketplaces import Marketplace, Region
    from buyerline.amazon.messaging import MESSAGE_TYPES, Action, Actions, Attributes, MessageType
    from buyerline.amazon.observe import CallEvent
    from buyerline.amazon.orders import Order, OrderFilters
    from buyerline.amazon.session import Receipt
    from buyerline.amazon.tokens import RestrictedResource
    from buyerline.client import Application, AsyncApplication, AsyncSellingPartner, SellingPartner
    from buyerline.messages.drafts import Attachment, Draft
    from buyerline.messages.sending import Attachable, Checked, Step

_HOMES = {
    "client": ("Application", "AsyncApplication", "AsyncSellingPartner", "SellingPartner"),
    "messages.drafts": ("Attachment", "Draft"),
    "messages.sending": ("Attachable", "Checked", "Step"),
    "amazon.connect": ("ClientOptions",),
    "amazon.credentials": ("Credentials",),
    "amazon.tokens": ("RestrictedResource",),
    "amazon.marketplaces": ("Marketplace", "Region"),
    "amazon.messaging": ("MESSAGE_TYPES", "Action", "Actions", "Attributes", "MessageType"),
    "amazon.observe": ("CallEvent",),
    "amazon.orders": ("Order", "OrderFilters"),
    "amazon.session": ("Receipt",),
    "amazon.errors": (
        "AccessDenied",
        "AmazonError",
        "AmazonUnavailable",
        "BuyerlineError",
        "ClientInvalid",
        "ClientUnauthorized",
        "ConfigurationError",
        "ConnectionLost",
        "CredentialsMissing",
        "DraftRefused",
        "GrantInvalid",
        "InvalidRequest",
        "LoginError",
        "NotConnected",
        "NotFound",
        "NotNow",
        "OutcomeUnknown",
        "Problem",
        "RequestTooLarge",
        "Throttled",
        "TimedOut",
        "TokenRejected",
        "TransportError",
        "TypeNotAvailable",
        "UnknownMarketplace",
        "UnreadableAnswer",
        "UploadFailed",
        "WrongContentType",
    ),
}

__all__ = [
    "MESSAGE_TYPES",
    "AccessDenied",
    "Action",
    "Actions",
    "AmazonError",
    "AmazonUnavailable",
    "Application",
    "AsyncApplication",
    "AsyncSellingPartner",
    "Attachable",
    "Attachment",
    "Attributes",
    "BuyerlineError",
    "CallEvent",
    "Checked",
    "ClientInvalid",
    "ClientOptions",
    "ClientUnauthorized",
    "ConfigurationError",
    "ConnectionLost",
    "Credentials",
    "CredentialsMissing",
    "Draft",
    "DraftRefused",
    "GrantInvalid",
    "InvalidRequest",
    "LoginError",
    "Marketplace",
    "MessageType",
    "NotConnected",
    "NotFound",
    "NotNow",
    "Order",
    "OrderFilters",
    "OutcomeUnknown",
    "Problem",
    "Receipt",
    "Region",
    "RequestTooLarge",
    "RestrictedResource",
    "SellingPartner",
    "Step",
    "Throttled",
    "TimedOut",
    "TokenRejected",
    "TransportError",
    "TypeNotAvailable",
    "UnknownMarketplace",
    "UnreadableAnswer",
    "UploadFailed",
    "WrongContentType",
    "__version__",
]

__getattr__ = loading(__name__, _HOMES)


def __dir__() -> list[str]:
    return sorted(__all__)
