"""Sellers API v1: who the seller is, and where the seller sells."""

from typing import Any

from buyerline.amazon.marketplaces import Marketplace
from buyerline.sandbox import static_cases
from buyerline.sandbox.accounts import Account
from buyerline.sandbox.catalogue import currency_of
from buyerline.sandbox.gateway import caller
from buyerline.sandbox.operations import Operation, Plan
from buyerline.sandbox.state import State
from buyerline.sandbox.wire import Answer, Call


def get_participations(state: State, call: Call) -> Answer:
    """getMarketplaceParticipations: the marketplaces in which the seller takes part."""
    del state
    if documented := static_cases.answer("sellers.getMarketplaceParticipations", call):
        return documented
    return Answer.json(200, {"payload": _participations(caller(call))})


def get_account(state: State, call: Call) -> Answer:
    """getAccount: the seller's business. It is invented, and has an address because the model demands one."""
    del state
    if documented := static_cases.answer("sellers.getAccount", call):
        return documented
    account = caller(call)
    country = _country(Marketplace[account.marketplaces[0]])
    address = {"addressLine1": "1 Example Street", "city": "Sampletown", "postalCode": "00000", "countryCode": country}
    payload = {
        "marketplaceParticipationList": _participations(account),
        "businessType": "PRIVATE_LIMITED",
        "sellingPlan": "PROFESSIONAL",
        "business": {"name": account.name, "registeredBusinessAddress": address},
        "primaryContact": {"name": account.name, "address": address},
    }
    return Answer.json(200, {"payload": payload})


def _participations(account: Account) -> list[dict[str, Any]]:
    return [
        {
            "marketplace": {
                "id": marketplace.id,
                "name": f"A{marketplace.site[1:]}",
                "countryCode": _country(marketplace),
                "defaultCurrencyCode": currency_of(marketplace.name),
                "defaultLanguageCode": marketplace.locale.replace("-", "_"),
                "domainName": f"www.{marketplace.site}",
            },
            "storeName": account.name,
            "participation": {"isParticipating": True, "hasSuspendedListings": False},
        }
        for marketplace in (Marketplace[name] for name in account.marketplaces)
    ]


def _country(marketplace: Marketplace) -> str:
    """ISO 3166 knows the United Kingdom as GB."""
    return "GB" if marketplace is Marketplace.UK else marketplace.name


_PLAN = Plan(rate=0.016, burst=15)

OPERATIONS = (
    Operation(
        "getMarketplaceParticipations", "GET", "/sellers/v1/marketplaceParticipations", _PLAN, get_participations
    ),
    Operation("getAccount", "GET", "/sellers/v1/account", _PLAN, get_account),
)
