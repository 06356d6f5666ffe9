"""Amazon's marketplaces and the three regions of the Selling Partner API.

Source: Amazon, "Marketplace IDs" and "SP-API Endpoints" (developer-docs.amazon.com/sp-api/docs/marketplace-ids
and /sp-api-endpoints), and "The Selling Partner API sandbox" for the static sandbox's hosts.
"""

from enum import Enum
from typing import Self

from buyerline.amazon.errors import UnknownMarketplace


class Region(Enum):
    """One of the three regions; an authorisation (refresh token) is valid in one of them."""

    NA = "na"
    EU = "eu"
    FE = "fe"

    @property
    def endpoint(self) -> str:
        """The production base URL."""
        return f"https://sellingpartnerapi-{self.value}.amazon.com"

    @property
    def static_sandbox(self) -> str:
        """The base URL of Amazon's own static sandbox, which answers only documented example requests."""
        return f"https://sandbox.sellingpartnerapi-{self.value}.amazon.com"

    @property
    def title(self) -> str:
        """The region's name in words."""
        return {"na": "North America", "eu": "Europe", "fe": "the Far East"}[self.value]


class Marketplace(Enum):
    """A country's Amazon store. The member's name is the country code, its value the marketplace id."""

    id: str
    region: Region
    site: str
    locale: str

    def __new__(cls, marketplace_id: str, region: Region, site: str, locale: str) -> Self:
        """Take the id as the value and keep the rest beside it."""
        member = object.__new__(cls)
        member._value_ = marketplace_id
        member.id = marketplace_id
        member.region = region
        member.site = site
        member.locale = locale
        return member

    CA = ("A2EUQ1WTGCTBG2", Region.NA, "amazon.ca", "en-CA")
    US = ("ATVPDKIKX0DER", Region.NA, "amazon.com", "en-US")
    MX = ("A1AM78C64UM0Y8", Region.NA, "amazon.com.mx", "es-MX")
    BR = ("A2Q3Y263D00KWC", Region.NA, "amazon.com.br", "pt-BR")

    IE = ("A28R8C7NBKEWEA", Region.EU, "amazon.ie", "en-IE")
    ES = ("A1RKKUPIHCS9HS", Region.EU, "amazon.es", "es-ES")
    UK = ("A1F83G8C2ARO7P", Region.EU, "amazon.co.uk", "en-GB")
    FR = ("A13V1IB3VIYZZH", Region.EU, "amazon.fr", "fr-FR")
    BE = ("AMEN7PMS3EDWL", Region.EU, "amazon.com.be", "fr-BE")
    NL = ("A1805IZSGTT6HS", Region.EU, "amazon.nl", "nl-NL")
    DE = ("A1PA6795UKMFR9", Region.EU, "amazon.de", "de-DE")
    IT = ("APJ6JRA9NG5V4", Region.EU, "amazon.it", "it-IT")
    SE = ("A2NODRKZP88ZB9", Region.EU, "amazon.se", "sv-SE")
    ZA = ("AE08WJ6YKNBMC", Region.EU, "amazon.co.za", "en-ZA")
    PL = ("A1C3SOZRARQ6R3", Region.EU, "amazon.pl", "pl-PL")
    EG = ("ARBP9OOSHTCHU", Region.EU, "amazon.eg", "ar-EG")
    TR = ("A33AVAJ2PDY3EV", Region.EU, "amazon.com.tr", "tr-TR")
    SA = ("A17E79C6D8DWNP", Region.EU, "amazon.sa", "ar-SA")
    AE = ("A2VIGQ35RCS4UG", Region.EU, "amazon.ae", "en-AE")
    IN = ("A21TJRUUN4KGV", Region.EU, "amazon.in", "en-IN")

    SG = ("A19VAU5U5O7RUS", Region.FE, "amazon.sg", "en-SG")
    AU = ("A39IBJ37TRP1C6", Region.FE, "amazon.com.au", "en-AU")
    JP = ("A1VC38T7YXB528", Region.FE, "amazon.co.jp", "ja-JP")

    GB = UK

    @classmethod
    def of(cls, name: "Marketplace | str") -> "Marketplace":
        """The marketplace of a country code in any case (``"US"``, ``"uk"``, ``"GB"``) or of a marketplace id.

        Raises:
            TypeError: it is neither.
            UnknownMarketplace: Amazon has no such marketplace, or the API does not serve it.
        """
        if isinstance(name, Marketplace):
            return name
        if not isinstance(name, str):
            raise TypeError(f"marketplace must be a Marketplace or str, not {type(name).__name__}")
        found = cls.__members__.get(name.strip().upper()) or _BY_ID.get(name.strip())
        if found is None:
            raise UnknownMarketplace(name, known=[member.name for member in cls])
        return found


_BY_ID = {member.id: member for member in Marketplace}
