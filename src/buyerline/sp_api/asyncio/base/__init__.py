"""The awaited client, and what goes in and out of its calls."""

from buyerline.sp_api.asyncio.base.client import Client
from buyerline.sp_api.base.credential_provider import (
    FromCachedSecretsCredentialProvider,
    FromCodeCredentialProvider,
    FromSecretsCredentialProvider,
)
from buyerline.sp_api.base.marketplaces import AwsEnv, Marketplaces

AsyncBaseClient = Client

__all__ = [
    "AsyncBaseClient",
    "AwsEnv",
    "Client",
    "FromCachedSecretsCredentialProvider",
    "FromCodeCredentialProvider",
    "FromSecretsCredentialProvider",
    "Marketplaces",
]
