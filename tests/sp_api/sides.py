"""python-amazon-sp-api and buyerline's drop-in, each blocking and awaited, behind one shape, at a running sandbox."""

import asyncio
import inspect
import io
import urllib.request
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from buyerline.amazon.login import TokenStore
from buyerline.sandbox import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, DEFAULT_REFRESH_TOKEN
from tests.running import Amazon

CREDENTIALS = {
    "refresh_token": DEFAULT_REFRESH_TOKEN,
    "lwa_app_id": DEFAULT_CLIENT_ID,
    "lwa_client_secret": DEFAULT_CLIENT_SECRET,
}
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@dataclass
class Side:
    """One library, seen by a program that is written for python-amazon-sp-api."""

    amazon: Amazon
    root: str
    namespace: str
    clients: list[Any] = field(default_factory=list)

    @property
    def ours(self) -> bool:
        return self.root.startswith("buyerline")

    def module(self, name: str) -> Any:
        """A module by the name that it has in python-amazon-sp-api."""
        return import_module(f"{self.root}.{name}")

    @property
    def marketplaces(self) -> Any:
        return self.module("base").Marketplaces

    def client(self, name: str, **arguments: Any) -> Any:
        """A client that talks to the sandbox. ``options`` is buyerline's alone and does not reach the original."""
        options = {"tokens": TokenStore(), "repeats": 0, **arguments.pop("options", {})}
        settings = {"credentials": CREDENTIALS, **arguments}
        kind = getattr(self.module(f"{self.namespace}api"), name)
        client = (
            kind(**settings, options={**options, "endpoint": self.amazon.url})
            if self.ours
            else self._original(kind, settings)
        )
        self.clients.append(client)
        return client

    def _original(self, kind: Any, settings: Mapping[str, Any]) -> Any:
        auth = self.module(f"{self.namespace}auth")
        self.module(f"{self.namespace}auth.access_token_client").cache.clear()
        host = urlsplit(self.amazon.url).netloc
        tokens = type("SandboxTokens", (auth.AccessTokenClient,), {"scheme": "http://", "host": host})
        client = kind(**settings, auth_token_client_class=tokens)
        # It takes the host to begin after eight characters, those of https://; the empty user makes this true.
        client.endpoint = f"http://@{host}"
        self.clients.append(client._auth)
        return client

    async def call(self, client: str, method: str, /, *args: Any, settings: Any = None, **kwargs: Any) -> Any:
        """One call of a client's method, awaited where it has to be."""
        return await settled(getattr(self.client(client, **(settings or {})), method)(*args, **kwargs))

    async def stored(self, order_id: str, segment: str) -> dict[str, str]:
        """An attachment of an order that was uploaded, as a message's body names it."""
        upload = Side(self.amazon, "buyerline.sp_api", "").client("Upload")
        try:
            resource = f"messaging/v1/orders/{order_id}/messages/{segment}"
            destination = upload.upload_document(resource, io.BytesIO(PDF)).payload
        finally:
            upload.close()
        assert put(destination) == 200
        return {"uploadDestinationId": destination["uploadDestinationId"], "fileName": "a.pdf"}

    async def close(self) -> None:
        for client in self.clients:
            close = getattr(client, "aclose", None) or getattr(client, "close", None) or client._transport.close
            await settled(close())
        self.clients.clear()


Steps: TypeAlias = Callable[[Side], Awaitable[Any]]


async def settled(value: Any) -> Any:
    """`value`, awaited where it has to be."""
    return await value if inspect.isawaitable(value) else value


def put(destination: Mapping[str, Any], content: bytes = PDF) -> int:
    """Put a file to its destination, as programs do with requests; the status."""
    request = urllib.request.Request(destination["url"], content, destination["headers"], method="PUT")
    try:
        with urllib.request.urlopen(request) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        with error:
            return int(error.code)


def run(steps: Steps, side: Side) -> Any:
    """Carry out the steps with one library, and close what they opened."""

    async def all_of_it() -> Any:
        try:
            return await steps(side)
        finally:
            await side.close()

    return asyncio.run(all_of_it())
