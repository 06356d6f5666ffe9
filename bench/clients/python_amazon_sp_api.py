"""python-amazon-sp-api (module ``sp_api``), the community's client, sync and in its asyncio namespace."""

from typing import Any
from urllib.parse import urlsplit

from sp_api import api as sync_api
from sp_api import auth as sync_auth
from sp_api.asyncio import api as async_api
from sp_api.asyncio import auth as async_auth
from sp_api.base import Marketplaces

from bench.clients import ORDER, TEXT
from buyerline.sandbox import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, DEFAULT_REFRESH_TOKEN

NOTE = (
    "`Messaging`, one kept for all calls, over httpx. The endpoint is set on the client and the token service by "
    "`auth_token_client_class`. As always, it adds the marketplace to the body, and in four spellings to the query."
)


def options(url: str, token_client: type, refresh_token: str = DEFAULT_REFRESH_TOKEN) -> dict[str, Any]:
    """What a client of an account of the sandbox is made with; its ``endpoint`` is to be set afterwards."""
    on_sandbox = type("SandboxTokens", (token_client,), {"scheme": "http://", "host": urlsplit(url).netloc})
    return {
        "marketplace": Marketplaces.US,
        "credentials": {
            "refresh_token": refresh_token,
            "lwa_app_id": DEFAULT_CLIENT_ID,
            "lwa_client_secret": DEFAULT_CLIENT_SECRET,
        },
        "auth_token_client_class": on_sandbox,
    }


class _Sync:
    def __init__(self, url: str) -> None:
        self._messaging = sync_api.Messaging(**options(url, sync_auth.AccessTokenClient))
        self._messaging.endpoint = url

    def get_actions(self) -> object:
        return self._messaging.get_messaging_actions_for_order(ORDER)

    def confirm_order_details(self) -> object:
        return self._messaging.create_confirm_order_details(ORDER, body={"text": TEXT})


class _Async:
    def __init__(self, url: str) -> None:
        self._messaging = async_api.Messaging(**options(url, async_auth.AccessTokenClient))
        self._messaging.endpoint = url

    async def get_actions(self) -> object:
        return await self._messaging.get_messaging_actions_for_order(ORDER)

    async def confirm_order_details(self) -> object:
        return await self._messaging.create_confirm_order_details(ORDER, body={"text": TEXT})


def sync_client(url: str) -> _Sync:
    return _Sync(url)


def async_client(url: str) -> _Async:
    return _Async(url)
