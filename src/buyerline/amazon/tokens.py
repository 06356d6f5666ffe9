"""Tokens 2021-03-01: restricted data tokens, for the operations of older APIs that answer with personal data.

Source: Amazon, Tokens API v2021-03-01 reference, model and use case guide. No message needs one, nor does Orders
2026-01-01.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from buyerline.amazon.answers import reader
from buyerline.amazon.errors import ConfigurationError
from buyerline.amazon.flow import Flow
from buyerline.amazon.operations import Operation, UsagePlan
from buyerline.amazon.session import Session

RESOURCES_LIMIT = 50
"""Resources that one token may be for at most (Tokens API reference)."""


class RestrictedResource(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """What a token shall open.

    Attributes:
        method: the HTTP method of the operation, ``"GET"``.
        path: its path, for one order (``"/orders/v0/orders/123-1234567-1234567"``), for any
            (``"/orders/v0/orders/{orderId}"``) or for the list (``"/orders/v0/orders"``).
        data_elements: the kinds of personal data wanted of getOrder, getOrders and getOrderItems:
            ``"buyerInfo"``, ``"shippingAddress"``, ``"buyerTaxInformation"``.
    """

    method: str
    path: str
    data_elements: tuple[str, ...] = ()


class RestrictedToken(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A restricted data token, which stands in for the access token (`Session.restricted_token`).

    ``expires_in`` is in seconds; ``repr`` does not show the token.
    """

    restricted_data_token: str
    expires_in: int = 3600

    def __repr__(self) -> str:
        return f"RestrictedToken(expires_in={self.expires_in})"

    def __rich_repr__(self, /) -> list[tuple[str, object]]:
        return [("expires_in", self.expires_in)]


CREATE_RESTRICTED_DATA_TOKEN = Operation(
    "createRestrictedDataToken",
    "POST",
    "/tokens/2021-03-01/restrictedDataToken",
    UsagePlan(rate=1, burst=10),
    reader(RestrictedToken),
)
"""Repeatable: a second token takes nothing from the first."""


@dataclass(frozen=True, slots=True)
class TokensFlows:
    """The flows of Tokens 2021-03-01."""

    session: Session

    def create_restricted(
        self, resources: Sequence[RestrictedResource], target_application: str | None = None
    ) -> Flow[RestrictedToken]:
        """A token for the resources named (createRestrictedDataToken).

        Args:
            resources: what the token shall open, 1 to 50.
            target_application: the id of the application to which access is passed on; ``None`` keeps it here.

        Raises:
            ConfigurationError: no resource, or more than 50.
            AccessDenied: the application lacks a role for a resource.
            AmazonError, TransportError, NotNow: as `Session.call` does.
        """
        if not 1 <= len(resources) <= RESOURCES_LIMIT:
            raise ConfigurationError(f"resources: {len(resources)} given, a token takes 1 to {RESOURCES_LIMIT}.")
        body: dict[str, object] = {"restrictedResources": list(resources)}
        if target_application is not None:
            body["targetApplication"] = target_application
        return (yield from self.session.call(CREATE_RESTRICTED_DATA_TOKEN, body=body))
