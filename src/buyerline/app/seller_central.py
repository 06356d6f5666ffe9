"""Where sellers find Amazon's own pages.

Source: Amazon, "Seller Central URLs" (developer-docs.amazon.com/sp-api/docs/seller-central-urls).
"""

from buyerline.amazon.marketplaces import Marketplace

_TOGETHER = "https://sellercentral-europe.amazon.com"
_IN_ONE = frozenset({Marketplace.ES, Marketplace.UK, Marketplace.FR, Marketplace.DE, Marketplace.IT})
"""Five marketplaces have one Seller Central together; every other has one under its store's domain."""


def site_of(marketplace: Marketplace) -> str:
    """The base URL of a marketplace's Seller Central."""
    return _TOGETHER if marketplace in _IN_ONE else f"https://sellercentral.{marketplace.site}"
