"""The two clients. They hold no logic: each method runs a flow, one blocking, the other awaited."""

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from functools import wraps
from types import TracebackType
from typing import Any, Concatenate, Generic, ParamSpec, Self, TypeVar, Unpack

from buyerline.amazon.connect import TIMEOUT, ClientOptions, connect
from buyerline.amazon.flow import Flow, Pages
from buyerline.amazon.marketplaces import Marketplace
from buyerline.amazon.orders import OrdersFlows
from buyerline.amazon.orders_v0 import OrdersV0Flows
from buyerline.amazon.sellers import SellersFlows
from buyerline.amazon.solicitations import SolicitationsFlows
from buyerline.amazon.tokens import TokensFlows
from buyerline.amazon.transport import AsyncDriver, Driver
from buyerline.amazon.uploads import UploadsFlows
from buyerline.messages.sending import MessageFlows

F = TypeVar("F")
F_co = TypeVar("F_co", covariant=True)
P = ParamSpec("P")
T = TypeVar("T")


class _Blocking(Generic[F_co]):
    """Flows of one API, run to their end while the caller waits."""

    __slots__ = ("_driver", "_flows")

    def __init__(self, flows: F_co, driver: Driver) -> None:
        self._flows = flows
        self._driver = driver


class _Awaited(Generic[F_co]):
    """Flows of one API, run in asyncio."""

    __slots__ = ("_driver", "_flows")

    def __init__(self, flows: F_co, driver: AsyncDriver) -> None:
        self._flows = flows
        self._driver = driver


def _blocking(flow: Callable[Concatenate[F, P], Flow[T]]) -> Callable[Concatenate[_Blocking[F], P], T]:
    @wraps(flow)
    def method(self: _Blocking[F], /, *args: P.args, **kwargs: P.kwargs) -> T:
        return self._driver.run(flow(self._flows, *args, **kwargs))

    return method


def _awaited(
    flow: Callable[Concatenate[F, P], Flow[T]],
) -> Callable[Concatenate[_Awaited[F], P], Coroutine[Any, Any, T]]:
    @wraps(flow)
    async def method(self: _Awaited[F], /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._driver.run(flow(self._flows, *args, **kwargs))

    return method


def _blocking_pages(
    pages: Callable[Concatenate[F, P], Pages[T]],
) -> Callable[Concatenate[_Blocking[F], P], Iterator[T]]:
    @wraps(pages)
    def method(self: _Blocking[F], /, *args: P.args, **kwargs: P.kwargs) -> Iterator[T]:
        following = pages(self._flows, *args, **kwargs)
        while (page := self._driver.run(following.next_page())) is not None:
            yield from page

    return method


def _awaited_pages(
    pages: Callable[Concatenate[F, P], Pages[T]],
) -> Callable[Concatenate[_Awaited[F], P], AsyncIterator[T]]:
    @wraps(pages)
    async def method(self: _Awaited[F], /, *args: P.args, **kwargs: P.kwargs) -> AsyncIterator[T]:
        following = pages(self._flows, *args, **kwargs)
        while (page := await self._driver.run(following.next_page())) is not None:
            for item in page:
                yield item

    return method


class Messaging(_Blocking[MessageFlows]):
    """What may be sent for an order, and sending it."""

    get_actions = _blocking(MessageFlows.get_actions)
    get_attributes = _blocking(MessageFlows.get_attributes)
    check = _blocking(MessageFlows.check)
    send = _blocking(MessageFlows.send)


class AsyncMessaging(_Awaited[MessageFlows]):
    """What may be sent for an order, and sending it."""

    get_actions = _awaited(MessageFlows.get_actions)
    get_attributes = _awaited(MessageFlows.get_attributes)
    check = _awaited(MessageFlows.check)
    send = _awaited(MessageFlows.send)


class Uploads(_Blocking[UploadsFlows]):
    """Putting files where messages can name them; `Messaging.send` does this by itself."""

    create_destination = _blocking(UploadsFlows.create_destination)
    put = _blocking(UploadsFlows.put)
    upload = _blocking(UploadsFlows.upload)


class AsyncUploads(_Awaited[UploadsFlows]):
    """Putting files where messages can name them; `AsyncMessaging.send` does this by itself."""

    create_destination = _awaited(UploadsFlows.create_destination)
    put = _awaited(UploadsFlows.put)
    upload = _awaited(UploadsFlows.upload)


class Orders(_Blocking[OrdersFlows]):
    """The seller's orders (Orders 2026-01-01)."""

    search = _blocking_pages(OrdersFlows.search)
    search_page = _blocking(OrdersFlows.search_page)
    get = _blocking(OrdersFlows.get)


class AsyncOrders(_Awaited[OrdersFlows]):
    """The seller's orders (Orders 2026-01-01)."""

    search = _awaited_pages(OrdersFlows.search)
    search_page = _awaited(OrdersFlows.search_page)
    get = _awaited(OrdersFlows.get)


class OrdersV0(_Blocking[OrdersV0Flows]):
    """The seller's orders by the old API, which Amazon removes on 27 March 2027."""

    search = _blocking_pages(OrdersV0Flows.search)
    get = _blocking(OrdersV0Flows.get)
    get_items = _blocking_pages(OrdersV0Flows.get_items)


class AsyncOrdersV0(_Awaited[OrdersV0Flows]):
    """The seller's orders by the old API, which Amazon removes on 27 March 2027."""

    search = _awaited_pages(OrdersV0Flows.search)
    get = _awaited(OrdersV0Flows.get)
    get_items = _awaited_pages(OrdersV0Flows.get_items)


class Solicitations(_Blocking[SolicitationsFlows]):
    """Asking for a product review and seller feedback, once for an order."""

    get_actions = _blocking(SolicitationsFlows.get_actions)
    request_review = _blocking(SolicitationsFlows.request_review)


class AsyncSolicitations(_Awaited[SolicitationsFlows]):
    """Asking for a product review and seller feedback, once for an order."""

    get_actions = _awaited(SolicitationsFlows.get_actions)
    request_review = _awaited(SolicitationsFlows.request_review)


class Sellers(_Blocking[SellersFlows]):
    """The seller's account and the marketplaces it takes part in."""

    get_participations = _blocking(SellersFlows.get_participations)
    get_account = _blocking(SellersFlows.get_account)


class AsyncSellers(_Awaited[SellersFlows]):
    """The seller's account and the marketplaces it takes part in."""

    get_participations = _awaited(SellersFlows.get_participations)
    get_account = _awaited(SellersFlows.get_account)


class Tokens(_Blocking[TokensFlows]):
    """Restricted data tokens."""

    create_restricted = _blocking(TokensFlows.create_restricted)


class AsyncTokens(_Awaited[TokensFlows]):
    """Restricted data tokens."""

    create_restricted = _awaited(TokensFlows.create_restricted)


class SellingPartner:
    """A seller's account at Amazon, in blocking calls.

    Threads may share one. Close it after use, or use it as a context manager::

        with SellingPartner(marketplace="US") as amazon:
            receipt = amazon.messaging.send(order_id, "confirmOrderDetails", text="...")

    Args:
        marketplace: country code, marketplace id or `Marketplace`; the environment's
            ``SP_API_DEFAULT_MARKETPLACE`` or US by default. It sets the region, and is where orders are unless a
            call says otherwise.
        account: the name under which credentials are looked for.
        options: see `ClientOptions`.

    Raises:
        ConfigurationError: something has to be set right first; `CredentialsMissing` lists the places looked in.
    """

    def __init__(
        self, marketplace: Marketplace | str | None = None, account: str = "default", **options: Unpack[ClientOptions]
    ) -> None:
        self.session = connect(marketplace, account, options)
        self._driver = Driver(
            timeout=options.get("timeout", TIMEOUT), proxy=options.get("proxy"), verify=options.get("verify", True)
        )
        self.messaging = Messaging(MessageFlows(self.session), self._driver)
        self.uploads = Uploads(UploadsFlows(self.session), self._driver)
        self.orders = Orders(OrdersFlows(self.session), self._driver)
        self.orders_v0 = OrdersV0(OrdersV0Flows(self.session), self._driver)
        self.solicitations = Solicitations(SolicitationsFlows(self.session), self._driver)
        self.sellers = Sellers(SellersFlows(self.session), self._driver)
        self.tokens = Tokens(TokensFlows(self.session), self._driver)

    def run(self, flow: Flow[T]) -> T:
        """Run a flow of your own making on this client's connections."""
        return self._driver.run(flow)

    def close(self) -> None:
        """Close the connections."""
        self._driver.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AsyncSellingPartner:
    """A seller's account at Amazon, in awaited calls: the same names and rules as `SellingPartner`.

    Tasks of one event loop may share one::

        async with AsyncSellingPartner(marketplace="US") as amazon:
            receipt = await amazon.messaging.send(order_id, "confirmOrderDetails", text="...")
    """

    def __init__(
        self, marketplace: Marketplace | str | None = None, account: str = "default", **options: Unpack[ClientOptions]
    ) -> None:
        self.session = connect(marketplace, account, options)
        self._driver = AsyncDriver(
            timeout=options.get("timeout", TIMEOUT), proxy=options.get("proxy"), verify=options.get("verify", True)
        )
        self.messaging = AsyncMessaging(MessageFlows(self.session), self._driver)
        self.uploads = AsyncUploads(UploadsFlows(self.session), self._driver)
        self.orders = AsyncOrders(OrdersFlows(self.session), self._driver)
        self.orders_v0 = AsyncOrdersV0(OrdersV0Flows(self.session), self._driver)
        self.solicitations = AsyncSolicitations(SolicitationsFlows(self.session), self._driver)
        self.sellers = AsyncSellers(SellersFlows(self.session), self._driver)
        self.tokens = AsyncTokens(TokensFlows(self.session), self._driver)

    async def run(self, flow: Flow[T]) -> T:
        """Run a flow of your own making on this client's connections."""
        return await self._driver.run(flow)

    async def close(self) -> None:
        """Close the connections."""
        await self._driver.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
