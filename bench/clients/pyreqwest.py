"""Bare pyreqwest: requests made ready beforehand, and the same decoding as buyerline's. Nothing can be less."""

import json
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import msgspec
from pyreqwest.client import ClientBuilder, SyncClientBuilder

from bench.clients import MARKETPLACE, ORDER, TEXT
from buyerline.amazon.messaging import Action, parse_actions
from buyerline.amazon.operations import json_object
from buyerline.sandbox import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, DEFAULT_REFRESH_TOKEN

NOTE = "The yardstick: no token renewal, no usage plan, no errors, no events; decoded as buyerline decodes."


class Prepared:
    """What both modes send."""

    def __init__(self, url: str) -> None:
        order = f"{url}/messaging/v1/orders/{ORDER}"
        self.actions_url = f"{order}?marketplaceIds={MARKETPLACE}"
        self.message_url = f"{order}/messages/confirmOrderDetails?marketplaceIds={MARKETPLACE}"
        self.headers = {
            "x-amz-access-token": access_token(url),
            "user-agent": "bench/1 (Language=Python/3)",
            "accept": "application/json",
        }
        self.post_headers = self.headers | {"content-type": "application/json"}


class _Sync:
    def __init__(self, url: str) -> None:
        self._client = SyncClientBuilder().build()
        self._prepared = Prepared(url)

    def get_actions(self) -> list[Action]:
        request = self._client.get(self._prepared.actions_url).headers(self._prepared.headers).build()
        return list(parse_actions(json_object(bytes(request.send().bytes()))))

    def confirm_order_details(self) -> dict[str, Any]:
        request = self._client.post(self._prepared.message_url).headers(self._prepared.post_headers)
        response = request.body_bytes(msgspec.json.encode({"text": TEXT})).build().send()
        return json_object(bytes(response.bytes()))


class _Async:
    def __init__(self, url: str) -> None:
        self._client = ClientBuilder().build()
        self._prepared = Prepared(url)

    async def get_actions(self) -> list[Action]:
        request = self._client.get(self._prepared.actions_url).headers(self._prepared.headers).build()
        response = await request.send()
        return list(parse_actions(json_object(bytes(await response.bytes()))))

    async def confirm_order_details(self) -> dict[str, Any]:
        request = self._client.post(self._prepared.message_url).headers(self._prepared.post_headers)
        response = await request.body_bytes(msgspec.json.encode({"text": TEXT})).build().send()
        return json_object(bytes(await response.bytes()))


def sync_client(url: str) -> _Sync:
    return _Sync(url)


def async_client(url: str) -> _Async:
    return _Async(url)


def access_token(url: str) -> str:
    """An access token of the sandbox's default account, good for an hour."""
    form = {
        "grant_type": "refresh_token",
        "refresh_token": DEFAULT_REFRESH_TOKEN,
        "client_id": DEFAULT_CLIENT_ID,
        "client_secret": DEFAULT_CLIENT_SECRET,
    }
    with urlopen(f"{url}/auth/o2/token", urlencode(form).encode()) as answer:
        token: str = json.load(answer)["access_token"]
    return token
