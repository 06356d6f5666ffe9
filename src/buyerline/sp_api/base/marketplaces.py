"""Amazon's marketplaces with the attributes of python-amazon-sp-api.

Source of the AWS regions: Amazon, "SP-API Endpoints" (developer-docs.amazon.com/sp-api/docs/sp-api-endpoints).
"""

import os
from enum import Enum

from buyerline.amazon.marketplaces import Marketplace, Region


class AwsEnv(Enum):
    """Where calls go: the values of the environment's ``AWS_ENV``."""

    PRODUCTION = "PRODUCTION"
    SANDBOX = "SANDBOX"


_AWS_REGIONS = {Region.NA: "us-east-1", Region.EU: "eu-west-1", Region.FE: "us-west-2"}
_STATIC_SANDBOX = os.environ.get("AWS_ENV", "").upper() == AwsEnv.SANDBOX.value


def _facts(place: Marketplace) -> tuple[str, str, str]:
    endpoint = place.region.static_sandbox if _STATIC_SANDBOX else place.region.endpoint
    return endpoint, place.id, _AWS_REGIONS[place.region]


class Marketplaces(Enum):
    """Amazon's marketplaces.

    Attributes:
        endpoint: the base URL of the API there.
        marketplace_id: Amazon's id.
        region: the AWS region of the endpoint (``"us-east-1"``).
    """

    endpoint: str
    marketplace_id: str
    region: str

    def __init__(self, endpoint: str, marketplace_id: str, region: str) -> None:
        self.endpoint = endpoint
        self.marketplace_id = marketplace_id
        self.region = region

    AE = _facts(Marketplace.AE)
    BE = _facts(Marketplace.BE)
    DE = _facts(Marketplace.DE)
    PL = _facts(Marketplace.PL)
    EG = _facts(Marketplace.EG)
    ES = _facts(Marketplace.ES)
    FR = _facts(Marketplace.FR)
    GB = _facts(Marketplace.UK)
    IN = _facts(Marketplace.IN)
    IT = _facts(Marketplace.IT)
    IE = _facts(Marketplace.IE)
    NL = _facts(Marketplace.NL)
    SA = _facts(Marketplace.SA)
    SE = _facts(Marketplace.SE)
    TR = _facts(Marketplace.TR)
    UK = GB
    ZA = _facts(Marketplace.ZA)
    AU = _facts(Marketplace.AU)
    JP = _facts(Marketplace.JP)
    SG = _facts(Marketplace.SG)
    US = _facts(Marketplace.US)
    BR = _facts(Marketplace.BR)
    CA = _facts(Marketplace.CA)
    MX = _facts(Marketplace.MX)
