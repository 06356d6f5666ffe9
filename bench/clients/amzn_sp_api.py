"""amzn-sp-api (module ``spapi``), Amazon's own SDK, generated from its models."""

from spapi import SPAPIClient, SPAPIConfig
from spapi.api.messaging_v1.messaging_api import MessagingApi
from spapi.models.messaging_v1 import CreateConfirmOrderDetailsRequest

from bench.clients import MARKETPLACE, ORDER, TEXT
from buyerline.sandbox import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, DEFAULT_REFRESH_TOKEN

NOTE = "`MessagingApi`, one kept for all calls, over urllib3. It has no asyncio, only `async_req`, a thread pool."


class _Sync:
    def __init__(self, url: str) -> None:
        config = SPAPIConfig(DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, DEFAULT_REFRESH_TOKEN)
        client = SPAPIClient(config, oauth_endpoint=f"{url}/auth/o2/token", endpoint=url)
        self._messaging = MessagingApi(client.api_client)

    def get_actions(self) -> object:
        return self._messaging.get_messaging_actions_for_order(ORDER, [MARKETPLACE])

    def confirm_order_details(self) -> object:
        body = CreateConfirmOrderDetailsRequest(text=TEXT)
        return self._messaging.create_confirm_order_details(ORDER, [MARKETPLACE], body)


def sync_client(url: str) -> _Sync:
    return _Sync(url)


def async_client(_: str) -> None:
    return None
