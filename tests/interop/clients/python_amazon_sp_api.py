"""python-amazon-sp-api (module ``sp_api``), sync and in its asyncio namespace."""

import asyncio
import inspect
import io
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

import sp_api.api
import sp_api.asyncio.api
import sp_api.asyncio.auth
import sp_api.auth
from sp_api.base import Marketplaces

from buyerline.testing import AmazonSandbox
from tests.interop import storing
from tests.interop.operations import LOGIN, STORAGE, Operation, Question

_METHODS = {
    "getMessagingActionsForOrder": "get_messaging_actions_for_order",
    "GetAttributes": "get_attributes",
    "confirmCustomizationDetails": "confirm_customization_details",
    "createConfirmDeliveryDetails": "create_confirm_delivery_details",
    "createConfirmOrderDetails": "create_confirm_order_details",
    "createConfirmServiceDetails": "create_confirm_service_details",
    "createDigitalAccessKey": "create_digital_access_key",
    "createUnexpectedProblem": "create_unexpected_problem",
    "createLegalDisclosure": "create_legal_disclosure",
    "createNegativeFeedbackRemoval": "create_negative_feedback_removal",
    "createAmazonMotors": "create_amazon_motors",
    "CreateWarranty": "create_warranty",
    "sendInvoice": "send_invoice",
    "createUploadDestinationForResource": "upload_document",
    "searchOrders": "search_orders",
    "getOrders": "get_orders",
    "getOrder": "get_order",
    "getOrderItems": "get_order_items",
    "getSolicitationActionsForOrder": "get_solicitation_actions_for_order",
    "createProductReviewAndSellerFeedbackSolicitation": "create_product_review_and_seller_feedback_solicitation",
    "getMarketplaceParticipations": "get_marketplace_participation",
    "getAccount": "get_account",
    "createRestrictedDataToken": "create_restricted_data_token",
}
_CLASSES = {
    "Messaging v1": "Messaging",
    "Uploads 2020-11-01": "Upload",
    "Orders 2026-01-01": "OrdersV20260101",
    "Orders v0": "OrdersV0",
    "Solicitations v1": "Solicitations",
    "Sellers v1": "Sellers",
    "Tokens 2021-03-01": "Tokens",
}
SOLICITATION = Operation("Solicitations v1", "createProductReviewAndSellerFeedbackSolicitation")
_UPLOAD = Operation("Uploads 2020-11-01", "createUploadDestinationForResource")
QUIRKS: Mapping[Operation, str] = {
    Operation(STORAGE, "s3"): "It percent-encodes contentMD5 twice, so the digest that is signed, and has to be "
    "sent, is no base64: `InvalidDigest`, always, since base64 of a digest ends in `==`.",
    SOLICITATION: "It puts marketplaceIds into the body, where Amazon does not look; given as a keyword, "
    "`marketplaceIds=`, they go into the query, and it works.",
}


class PythonAmazonSpApi:
    """Both of its namespaces have the same methods; those of the second are awaited."""

    asks_as_told = True
    quirks = QUIRKS

    def __init__(self, kind: str, api: Any, auth: Any) -> None:
        self.name = f"python-amazon-sp-api {version('python-amazon-sp-api')}, {kind}"
        self._api = api
        self._auth = auth

    def why_missing(self) -> str | None:
        return None

    def offers(self, operation: Operation) -> bool:
        if operation.api in (LOGIN, STORAGE):
            return True
        return hasattr(getattr(self._api, _CLASSES[operation.api]), _METHODS[operation.id])

    def call(self, amazon: AmazonSandbox, operation: Operation, question: Question) -> object:
        return asyncio.run(self._call(amazon, operation, question))

    async def _call(self, amazon: AmazonSandbox, operation: Operation, question: Question) -> object:
        if operation.api == LOGIN:
            tokens = self._token_client(amazon)(credentials=_Credentials(amazon))
            answer = await _result(tokens.get_auth())
            await _close(tokens._transport)
            return answer
        if operation.api == STORAGE:
            destination = (await self._ask(amazon, _UPLOAD, question)).payload
            return storing.put(destination["url"], destination["headers"], question.content)
        return await self._ask(amazon, operation, question)

    async def _ask(self, amazon: AmazonSandbox, operation: Operation, question: Question) -> Any:
        client = getattr(self._api, _CLASSES[operation.api])(
            Marketplaces.US,
            credentials=_Credentials(amazon).__dict__,
            auth_token_client_class=self._token_client(amazon),
        )
        client.endpoint = amazon.url
        try:
            return await _result(
                getattr(client, _METHODS[operation.id])(*_positional(question), **_named(operation, question))
            )
        finally:
            await _close(client)
            await _close(client._auth._transport)

    def _token_client(self, amazon: AmazonSandbox) -> Any:
        where = {"scheme": "http://", "host": amazon.url.removeprefix("http://")}
        return type("SandboxTokens", (self._auth.AccessTokenClient,), where)


class _Credentials:
    def __init__(self, amazon: AmazonSandbox) -> None:
        self.refresh_token = amazon.credentials.refresh_token
        self.lwa_app_id = amazon.credentials.client_id
        self.lwa_client_secret = amazon.credentials.client_secret


def _positional(question: Question) -> list[Any]:
    if question.resource:
        return [question.resource, io.BytesIO(question.content)]
    return [question.order_id] if question.order_id else []


def _named(operation: Operation, question: Question) -> dict[str, Any]:
    if question.resource:
        return {"content_type": question.query["contentType"]}
    if operation.api == "Messaging v1" and operation.id not in ("getMessagingActionsForOrder", "GetAttributes"):
        return {"body": dict(question.body)}
    return question.query | question.body


async def _result(answer: Any) -> Any:
    return await answer if inspect.isawaitable(answer) else answer


async def _close(closeable: Any) -> None:
    """Close what is ``close`` in one namespace and ``aclose`` in the other."""
    await (closeable.aclose() if hasattr(closeable, "aclose") else _result(closeable.close()))


SYNC = PythonAmazonSpApi("sync", sp_api.api, sp_api.auth)
ASYNC = PythonAmazonSpApi("async", sp_api.asyncio.api, sp_api.asyncio.auth)
