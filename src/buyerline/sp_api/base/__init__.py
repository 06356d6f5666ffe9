"""The client and what goes in and out of its calls."""

from buyerline.sp_api.auth.exceptions import AuthorizationError
from buyerline.sp_api.base.api_response import ApiResponse
from buyerline.sp_api.base.client import Client
from buyerline.sp_api.base.credential_provider import (
    BaseCredentialProvider,
    BaseFromSecretsCredentialProvider,
    CredentialProvider,
    FromCachedSecretsCredentialProvider,
    FromCodeCredentialProvider,
    FromConfigFileCredentialProvider,
    FromEnvironmentVariablesCredentialProvider,
    FromSecretsCredentialProvider,
    MissingCredentials,
)
from buyerline.sp_api.base.exceptions import (
    SellingApiBadRequestException,
    SellingApiException,
    SellingApiForbiddenException,
    SellingApiGatewayTimeoutException,
    SellingApiNoAnswerException,
    SellingApiNotFoundException,
    SellingApiOutcomeUnknownException,
    SellingApiRequestThrottledException,
    SellingApiServerException,
    SellingApiStateConflictException,
    SellingApiTemporarilyUnavailableException,
    SellingApiTooLargeException,
    SellingApiUnsupportedFormatException,
)
from buyerline.sp_api.base.helpers import create_md5
from buyerline.sp_api.base.marketplaces import AwsEnv, Marketplaces

__all__ = [
    "ApiResponse",
    "AuthorizationError",
    "AwsEnv",
    "BaseCredentialProvider",
    "BaseFromSecretsCredentialProvider",
    "Client",
    "CredentialProvider",
    "FromCachedSecretsCredentialProvider",
    "FromCodeCredentialProvider",
    "FromConfigFileCredentialProvider",
    "FromEnvironmentVariablesCredentialProvider",
    "FromSecretsCredentialProvider",
    "Marketplaces",
    "MissingCredentials",
    "SellingApiBadRequestException",
    "SellingApiException",
    "SellingApiForbiddenException",
    "SellingApiGatewayTimeoutException",
    "SellingApiNoAnswerException",
    "SellingApiNotFoundException",
    "SellingApiOutcomeUnknownException",
    "SellingApiRequestThrottledException",
    "SellingApiServerException",
    "SellingApiStateConflictException",
    "SellingApiTemporarilyUnavailableException",
    "SellingApiTooLargeException",
    "SellingApiUnsupportedFormatException",
    "create_md5",
]
