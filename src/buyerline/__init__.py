"""Message Amazon buyers about their orders.

`SellingPartner` and `AsyncSellingPartner` are where to begin. Everything public is importable from here; it is
loaded when first used, so that importing buyerline costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

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
    "buyerline.client": ("Application", "AsyncApplication", "AsyncSellingPartner", "SellingPartner"),
    "buyerline.messages.drafts": ("Attachment", "Draft"),
    "buyerline.messages.sending": ("Attachable", "Checked", "Step"),
    "buyerline.amazon.connect": ("ClientOptions",),
    "buyerline.amazon.credentials": ("Credentials",),
    "buyerline.amazon.tokens": ("RestrictedResource",),
    "buyerline.amazon.marketplaces": ("Marketplace", "Region"),
    "buyerline.amazon.messaging": ("MESSAGE_TYPES", "Action", "Actions", "Attributes", "MessageType"),
    "buyerline.amazon.observe": ("CallEvent",),
    "buyerline.amazon.orders": ("Order", "OrderFilters"),
    "buyerline.amazon.session": ("Receipt",),
    "buyerline.amazon.errors": (
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
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

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


def __getattr__(name: str) -> Any:
    """Load a public name from its module when it is first asked for."""
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'buyerline' has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
