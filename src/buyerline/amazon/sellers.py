"""Sellers v1: which marketplaces the account sells in, and whose account it is.

Source: Amazon, Sellers API v1 reference and model. Both calls work with any role, which makes them a good first
question to a new account.
"""

from dataclasses import dataclass

import msgspec

from buyerline.amazon.answers import Private, payload_reader
from buyerline.amazon.flow import Flow
from buyerline.amazon.operations import Operation, UsagePlan
from buyerline.amazon.session import Session


class MarketplaceDetails(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A marketplace in Amazon's words.

    Attributes:
        id: the marketplace id, e.g. ``ATVPDKIKX0DER``.
        country_code: ISO 3166-1, two letters (``"GB"``).
        default_currency_code: ISO 4217.
        default_language_code: e.g. ``"en_US"``.
        domain_name: e.g. ``"www.amazon.com"``.
    """

    id: str
    name: str | None = None
    country_code: str | None = None
    default_currency_code: str | None = None
    default_language_code: str | None = None
    domain_name: str | None = None


class ParticipationState(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Whether the account sells in a marketplace, and whether its listings there are suspended."""

    is_participating: bool | None = None
    has_suspended_listings: bool | None = None


class Participation(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Amazon's MarketplaceParticipation: a marketplace, and how the account stands there."""

    marketplace: MarketplaceDetails
    participation: ParticipationState = ParticipationState()
    store_name: str | None = None


class SellerAddress(Private, msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A seller's address."""

    address_line1: str | None = None
    address_line2: str | None = None
    city: str | None = None
    state_or_province_code: str | None = None
    postal_code: str | None = None
    country_code: str | None = None


class Business(Private, msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The registered business behind an account."""

    name: str | None = None
    non_latin_name: str | None = None
    registered_business_address: SellerAddress | None = None
    company_registration_number: str | None = None
    company_tax_identification_number: str | None = None


class PrimaryContact(Private, msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The person behind an account."""

    name: str | None = None
    non_latin_name: str | None = None
    address: SellerAddress | None = None


class SellerAccount(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A seller's account.

    Attributes:
        business_type: ``"PRIVATE_LIMITED"``, ``"SOLE_PROPRIETORSHIP"``, ``"INDIVIDUAL"``, ...
        selling_plan: ``"PROFESSIONAL"`` or ``"INDIVIDUAL"``.
        marketplace_participation_list: as `SellersFlows.get_participations` answers.
    """

    business_type: str | None = None
    selling_plan: str | None = None
    marketplace_participation_list: tuple[Participation, ...] = ()
    business: Business | None = None
    primary_contact: PrimaryContact | None = None


PLAN = UsagePlan(rate=0.016, burst=15)
"""Amazon, Sellers API reference: one request in about a minute, burst 15, for each operation."""

GET_PARTICIPATIONS = Operation(
    "getMarketplaceParticipations",
    "GET",
    "/sellers/v1/marketplaceParticipations",
    PLAN,
    payload_reader(list[Participation]),
)
GET_ACCOUNT = Operation("getAccount", "GET", "/sellers/v1/account", PLAN, payload_reader(SellerAccount))


@dataclass(frozen=True, slots=True)
class SellersFlows:
    """The flows of Sellers v1."""

    session: Session

    def get_participations(self) -> Flow[list[Participation]]:
        """The marketplaces in which the account can list, and how it stands there (getMarketplaceParticipations).

        Raises:
            AmazonError, TransportError, NotNow: as `Session.call` does.
        """
        return self.session.call(GET_PARTICIPATIONS)

    def get_account(self) -> Flow[SellerAccount]:
        """The account: its business, its selling plan and its marketplaces (getAccount).

        Raises:
            AmazonError, TransportError, NotNow: as `Session.call` does.
        """
        return self.session.call(GET_ACCOUNT)
