"""buyerline's drop-in for python-amazon-sp-api (module ``buyerline.sp_api``), blocking and awaited."""

import time

from bench.clients import ORDER, TEXT
from bench.clients.buyerline import CREDENTIALS, WidePlans
from buyerline.amazon.connect import ClientOptions
from buyerline.sp_api import api as sync_api
from buyerline.sp_api.asyncio import api as async_api

NOTE = "`Messaging` of `buyerline.sp_api`, one kept for all calls: buyerline's connections and plans, JSON as it comes."

_CREDENTIALS = {
    "lwa_app_id": CREDENTIALS.client_id,
    "lwa_client_secret": CREDENTIALS.client_secret,
    "refresh_token": CREDENTIALS.refresh_token,
}


def _options(url: str) -> ClientOptions:
    return {"endpoint": url, "plans": WidePlans(time.monotonic)}


class _Sync:
    def __init__(self, url: str) -> None:
        self._messaging = sync_api.Messaging(credentials=_CREDENTIALS, options=_options(url))

    def get_actions(self) -> object:
        return self._messaging.get_messaging_actions_for_order(ORDER)

    def confirm_order_details(self) -> object:
        return self._messaging.create_confirm_order_details(ORDER, body={"text": TEXT})


class _Async:
    def __init__(self, url: str) -> None:
        self._messaging = async_api.Messaging(credentials=_CREDENTIALS, options=_options(url))

    async def get_actions(self) -> object:
        return await self._messaging.get_messaging_actions_for_order(ORDER)

    async def confirm_order_details(self) -> object:
        return await self._messaging.create_confirm_order_details(ORDER, body={"text": TEXT})


def sync_client(url: str) -> _Sync:
    return _Sync(url)


def async_client(url: str) -> _Async:
    return _Async(url)
