"""The two clients. They hold no logic: each method runs a flow, one blocking, the other awaited."""

import inspect
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from functools import wraps
from types import TracebackType
from typing import Any, Concatenate, Generic, ParamSpec, Self, TypeVar, Unpack, cast, get_args

from buyerline.amazon.connect import TIMEOUT, ClientOptions, connect, login_of
from buyerline.amazon.credentials import Credentials
from buyerline.amazon.flow import Flow, Pages
from buyerline.amazon.login import Login
from buyerline.amazon.marketplaces import Marketplace
from buyerline.amazon.orders import OrdersFlows
from buyerline.amazon.orders_v0 import OrdersV0Flows
from buyerline.amazon.sellers import SellersFlows
from buyerline.amazon.solicitations import SolicitationsFlows
from buyerline.amazon.tokens import TokensFlows
from buyerline.amazon.transport import AsyncDriver, Driver
from buyerline.amazon.uploads import UploadsFlows
from buyerline.messages.sending import MessageFlows

D = TypeVar("D", Driver, AsyncDriver)
F = TypeVar("F")
F_co = TypeVar("F_co", covariant=True)
M = TypeVar("M", bound=Callable[..., Any])
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
    @_told_as_it_is(flow)
    def method(self: _Blocking[F], /, *args: P.args, **kwargs: P.kwargs) -> T:
        return self._driver.run(flow(self._flows, *args, **kwargs))

    return method


def _awaited(
    flow: Callable[Concatenate[F, P], Flow[T]],
) -> Callable[Concatenate[_Awaited[F], P], Coroutine[Any, Any, T]]:
    @_told_as_it_is(flow)
    async def method(self: _Awaited[F], /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._driver.run(flow(self._flows, *args, **kwargs))

    return method


def _blocking_pages(
    pages: Callable[Concatenate[F, P], Pages[T]],
) -> Callable[Concatenate[_Blocking[F], P], Iterator[T]]:
    @_told_as_it_is(pages, Iterator)
    def method(self: _Blocking[F], /, *args: P.args, **kwargs: P.kwargs) -> Iterator[T]:
        return _each(self._driver, pages(self._flows, *args, **kwargs))

    return method


def _awaited_pages(
    pages: Callable[Concatenate[F, P], Pages[T]],
) -> Callable[Concatenate[_Awaited[F], P], AsyncIterator[T]]:
    @_told_as_it_is(pages, AsyncIterator)
    def method(self: _Awaited[F], /, *args: P.args, **kwargs: P.kwargs) -> AsyncIterator[T]:
        return _each_awaited(self._driver, pages(self._flows, *args, **kwargs))

    return method


def _each(driver: Driver, pages: Pages[T]) -> Iterator[T]:
    while (page := driver.run(pages.next_page())) is not None:
        yield from page


async def _each_awaited(driver: AsyncDriver, pages: Pages[T]) -> AsyncIterator[T]:
    while (page := await driver.run(pages.next_page())) is not None:
        for item in page:
            yield item


def _told_as_it_is(flow: Callable[..., Any], answer: Any = None) -> Callable[[M], M]:
    """Give a method the flow's name, arguments and docstring, and the type that it itself returns.

    A flow is annotated ``Flow[Receipt]``; who asks the method (`help`, `inspect.signature`) is told ``Receipt``, or
    ``answer[Receipt]`` for one of many pages.
    """

    def tell(method: M) -> M:
        told: Any = wraps(flow)(method)
        signature = inspect.signature(flow)
        kind = get_args(signature.return_annotation)[-1]
        told.__signature__ = signature.replace(return_annotation=answer[kind] if answer else kind)
        return cast("M", told)

    return tell


def _driver(kind: type[D], options: ClientOptions) -> D:
    return kind(timeout=options.get("timeout", TIMEOUT), proxy=options.get("proxy"), verify=options.get("verify", True))


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


class Application(_Blocking[Login]):
    """An application's own business with Login with Amazon, for which no seller's refresh token is needed.

    ``authorization_code`` exchanges the code of a seller's consent for a refresh token, ``client_credentials`` gets
    a token of the application itself, for grantless operations::

        with Application("amzn1.application-oa2-client...", "secret") as application:
            refresh_token = application.authorization_code(code).refresh_token

    Args:
        client_id: the application's LWA client id.
        client_secret: its secret.
        options: see `ClientOptions`; those of the token service count.
    """

    __slots__ = ()

    def __init__(self, client_id: str, client_secret: str, **options: Unpack[ClientOptions]) -> None:
        super().__init__(login_of(Credentials(client_id, client_secret, ""), options), _driver(Driver, options))

    authorization_code = _blocking(Login.authorization_code)
    client_credentials = _blocking(Login.client_credentials)

    def close(self) -> None:
        """Close the connections."""
        self._driver.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AsyncApplication(_Awaited[Login]):
    """The same as `Application`, awaited."""

    __slots__ = ()

    def __init__(self, client_id: str, client_secret: str, **options: Unpack[ClientOptions]) -> None:
        super().__init__(login_of(Credentials(client_id, client_secret, ""), options), _driver(AsyncDriver, options))

    authorization_code = _awaited(Login.authorization_code)
    client_credentials = _awaited(Login.client_credentials)

    async def close(self) -> None:
        """Close the connections."""
        await self._driver.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


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
        self._driver = _driver(Driver, options)
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
        self._driver = _driver(AsyncDriver, options)
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
