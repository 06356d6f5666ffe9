"""amzn-sp-api (module ``spapi``), Amazon's own Python SDK, generated from its models."""

import re
import warnings
from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import version
from types import MappingProxyType
from typing import Any

from buyerline.testing import AmazonSandbox
from tests.interop import storing
from tests.interop.operations import LOGIN, STORAGE, US, Operation, Question

with warnings.catch_warnings():
    # Python warns of its generated code when it compiles it.
    warnings.simplefilter("ignore")
    from spapi import SPAPIClient, SPAPIConfig

_MODULES = {
    "Messaging v1": ("messaging_v1.messaging_api", "MessagingApi"),
    "Uploads 2020-11-01": ("uploads_v2020_11_01.uploads_api", "UploadsApi"),
    "Orders v0": ("orders_v0.orders_v0_api", "OrdersV0Api"),
    "Solicitations v1": ("solicitations_v1.solicitations_api", "SolicitationsApi"),
    "Sellers v1": ("sellers_v1.sellers_api", "SellersApi"),
    "Tokens 2021-03-01": ("tokens_v2021_03_01.tokens_api", "TokensApi"),
}
_ORDERS_2026 = {
    "searchOrders": ("orders_v2026_01_01.search_orders_api", "SearchOrdersApi"),
    "getOrder": ("orders_v2026_01_01.get_order_api", "GetOrderApi"),
}
_REQUESTS = {
    "confirmCustomizationDetails": "CreateConfirmCustomizationDetailsRequest",
    "CreateWarranty": "CreateWarrantyRequest",
    "sendInvoice": "InvoiceRequest",
}
_UPLOAD = Operation("Uploads 2020-11-01", "createUploadDestinationForResource")


class AmznSpApi:
    """It answers with objects of the model's types."""

    name = f"amzn-sp-api {version('amzn-sp-api')}"
    asks_as_told = True
    quirks: Mapping[Operation, str] = MappingProxyType({})

    def why_missing(self) -> str | None:
        return None

    def offers(self, operation: Operation) -> bool:
        return operation.api in (LOGIN, STORAGE) or hasattr(_api(operation), _snake(operation.id))

    def call(self, amazon: AmazonSandbox, operation: Operation, question: Question) -> object:
        credentials = amazon.credentials
        config = SPAPIConfig(credentials.client_id, credentials.client_secret, credentials.refresh_token)
        client = SPAPIClient(config, oauth_endpoint=amazon.lwa_url, endpoint=amazon.url)
        try:
            if operation.api == LOGIN:
                return client.access_token_cache.get_lwa_access_token()
            if operation.api == STORAGE:
                destination = _ask(client, _UPLOAD, question).payload
                return storing.put(destination.url, destination.headers, question.content)
            return _ask(client, operation, question)
        finally:
            client.api_client.rest_client.pool_manager.clear()


def _ask(client: Any, operation: Operation, question: Question) -> Any:
    method = getattr(_api(operation)(client.api_client), _snake(operation.id))
    if operation.api.startswith("Orders"):
        arguments: list[Any] = (
            [question.order_id] if question.order_id else [[US]] if operation.id == "getOrders" else []
        )
        return method(*arguments, **_options(operation, question))
    if operation == _UPLOAD:
        return method([US], question.content_md5, question.resource, **_options(operation, question))
    arguments = [question.order_id, [US]] if question.order_id else []
    return method(*arguments, *([_body(operation, question.body)] if question.body else []))


def _options(operation: Operation, question: Question) -> dict[str, Any]:
    options: dict[str, Any] = {_snake(name): value for name, value in question.query.items()}
    return options | {"marketplace_ids": [US]} if operation.id == "searchOrders" else options


def _body(operation: Operation, content: dict[str, Any]) -> Any:
    """The body as an object of the SDK's types."""
    package, _ = _home(operation)
    types = import_module(f"spapi.models.{package.partition('.')[0]}")
    fields = {_snake(name): value for name, value in content.items()}
    for name, kind in (("attachments", "Attachment"), ("restricted_resources", "RestrictedResource")):
        if name in fields:
            made = getattr(types, kind)
            fields[name] = [made(**{_snake(key): value for key, value in item.items()}) for item in fields[name]]
    request = _REQUESTS.get(operation.id, f"{operation.id[0].upper()}{operation.id[1:]}Request")
    return getattr(types, request)(**fields)


def _api(operation: Operation) -> Any:
    module, name = _home(operation)
    return getattr(import_module(f"spapi.api.{module}"), name)


def _home(operation: Operation) -> tuple[str, str]:
    return _ORDERS_2026[operation.id] if operation.api == "Orders 2026-01-01" else _MODULES[operation.api]


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=\w)(?=MD5)", "_", name).lower()


CLIENT = AmznSpApi()
