"""One account's way to Amazon: what every call has in common.

`Session.call` is the flow of one call: a token, a place in the usage plan, the exchange, and then what the answer
means. The rule about repeating is in `buyerline.amazon.repeating`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeAlias, TypeVar
from urllib.parse import urlsplit

import msgspec

from buyerline.amazon import errors
from buyerline.amazon.flow import Flow, HttpRequest, HttpResponse, Pause
from buyerline.amazon.login import Login
from buyerline.amazon.marketplaces import Marketplace
from buyerline.amazon.operations import Operation, QueryValue, refusal
from buyerline.amazon.repeating import OUTCOME_UNKNOWN, Repeating
from buyerline.amazon.usage_plans import Bucket, UsagePlans, turn
from buyerline.amazon.wire import Wire

T = TypeVar("T")

JSON_TYPE = "application/json"


@dataclass(frozen=True, slots=True)
class Receipt:
    """That Amazon took a call that returns nothing else.

    Attributes:
        request_id: ``x-amzn-RequestId``, the only trace of a message that Amazon gives.
        status: the HTTP status, 201 for a message.
        operation: Amazon's operation id.
        accepted_at: when the answer was here, in UTC.
    """

    request_id: str | None
    status: int
    operation: str
    accepted_at: datetime


Before: TypeAlias = Callable[[], Flow[None]]
"""A flow to go through each time just before a request is handed to the network."""


def nothing() -> Flow[None]:
    """The flow that does nothing."""
    yield from ()


@dataclass(slots=True)
class Session:
    """What the calls of one client share. Safe to use from several threads and tasks.

    Attributes:
        endpoint: base URL, without a slash at the end.
        marketplace: where orders are unless a call says otherwise.
        max_wait: seconds to wait for a place in a usage plan at most; ``None`` waits its turn, 0 fails at once.
        restricted_token: a restricted data token to use in place of access tokens, or ``None``.
    """

    endpoint: str
    marketplace: Marketplace
    login: Login
    plans: UsagePlans
    wire: Wire
    user_agent: str
    max_wait: float | None = None
    restricted_token: str | None = field(default=None, repr=False)
    host: str = field(init=False)
    _account_key: Any = field(init=False, repr=False)
    _buckets: dict[str, Bucket] = field(init=False, default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.host = urlsplit(self.endpoint).netloc
        self.restricted_token = self.restricted_token and self.restricted_token.strip()
        self._account_key = self.login.key

    def marketplace_of(self, given: Marketplace | str | None) -> Marketplace:
        """The marketplace of one call: the one given, or the client's.

        Raises:
            UnknownMarketplace: there is no such marketplace.
            DraftRefused: it is in another region than the client's, where this account's tokens are worth nothing.
        """
        if given is None:
            return self.marketplace
        marketplace = Marketplace.of(given)
        if marketplace.region is not self.marketplace.region:
            raise errors.DraftRefused([_other_region(marketplace, self.marketplace)])
        return marketplace

    def room(self, operation: Operation[Any]) -> tuple[int, float]:
        """How many calls of `operation` its usage plan has room for now, and the seconds until it has for one."""
        return self._bucket(operation).room()

    def call(
        self,
        operation: Operation[T],
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, QueryValue] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Flow[T]:
        """Call `operation` and read its answer.

        Raises:
            AmazonError: Amazon's answer is no.
            TransportError: no usable answer, and repeating did not help or is not allowed.
            NotNow: the usage plan has no place within `max_wait`.
        """
        response = yield from self.respond(operation, path=path, query=query, body=body)
        return operation.read(response, self.host)

    def respond(
        self,
        operation: Operation[Any],
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, QueryValue] | None = None,
        body: Mapping[str, Any] | None = None,
        before: Before = nothing,
        repeating: Repeating | None = None,
    ) -> Flow[HttpResponse]:
        """Call `operation` and return the 2xx response itself, for answers of which a header matters.

        `before` is gone through each time the request is about to be handed to the network; `repeating` is the
        client's by default.
        """
        repeating = repeating or self.wire.repeating
        url = self.endpoint + operation.target(path or {}, query or {})
        content = None if body is None else msgspec.json.encode(body)
        bucket = self._bucket(operation)
        tried, renewed = 0, False
        while True:
            tried += 1
            try:
                token, response = yield from self._attempt(operation, url, content, bucket, tried, before)
            except errors.TransportError as failure:
                if failure.operation != operation.id:
                    raise  # the token service's failure, which has had its own repeats
                error: errors.BuyerlineError = failure
            else:
                if 200 <= response.status < 300:
                    return response
                error = refusal(response, operation=operation.id, host=self.host)
                if isinstance(error, errors.TokenRejected) and not (renewed or self.restricted_token):
                    renewed = True
                    self.login.store.forget(self._account_key, token)
                    continue
            if isinstance(error, errors.Throttled):
                bucket.empty()
            if not repeating.allows(error, tried, repeatable=operation.repeatable):
                raise error
            yield Pause(repeating.pause(tried))

    def _attempt(
        self,
        operation: Operation[Any],
        url: str,
        content: bytes | None,
        bucket: Bucket,
        tried: int,
        before: Before,
    ) -> Flow[tuple[str, HttpResponse]]:
        """One try: a turn, a token that is good now, the exchange. Returns the token used and the response."""
        yield from turn(bucket, operation.id, self.max_wait)
        try:
            token = self.restricted_token or (yield from self.login.access_token(self._account_key))
            request = self._request(operation, url, token, content)
            yield from before()
            response = yield from self.wire.exchange(request, tried, bucket.learn)
        finally:
            bucket.settle()
        return token, response

    def post_once(
        self,
        operation: Operation[Any],
        order_id: str,
        kind: str,
        *,
        marketplace: Marketplace | str | None = None,
        body: Mapping[str, Any] | None = None,
        before: Before = nothing,
        repeating: Repeating | None = None,
    ) -> Flow[Receipt]:
        """Post something for an order that must never be posted twice: a message, or a request for a review.

        Args:
            operation: a POST under an order (``{amazonOrderId}`` in its path) that is not repeatable.
            order_id: Amazon's order id.
            kind: what is posted, in Amazon's word, for `OutcomeUnknown`.
            marketplace: where the order was placed; the client's marketplace by default.
            body: the operation's body, ``None`` for none.
            before: gone through each time it is about to leave.
            repeating: how often it is tried again where nothing was sent; the client's by default.

        Raises:
            OutcomeUnknown: it was posted and nobody can say whether Amazon took it.
            AmazonError: Amazon refused it, nothing was sent.
            NotConnected, NotNow: nothing was sent.
        """
        place = self.marketplace_of(marketplace)
        posted_at: datetime | None = None

        def about_to_post() -> Flow[None]:
            nonlocal posted_at
            yield from before()
            posted_at = datetime.now(UTC)

        try:
            response = yield from self.respond(
                operation,
                path={"amazonOrderId": order_id},
                query={"marketplaceIds": place.id},
                body=body,
                before=about_to_post,
                repeating=repeating,
            )
            operation.read(response, self.host)
        except Exception as failure:
            cause = _unknown(failure, operation.id, self.host)
            if cause is None or posted_at is None:
                raise
            raise errors.OutcomeUnknown(
                order_id=order_id,
                type=kind,
                marketplace_id=place.id,
                operation=operation.id,
                posted_at=posted_at,
                cause=cause,
            ) from failure
        return Receipt(response.header("x-amzn-requestid"), response.status, operation.id, datetime.now(UTC))

    def _request(self, operation: Operation[Any], url: str, token: str, content: bytes | None) -> HttpRequest:
        headers = {"x-amz-access-token": token, "user-agent": self.user_agent, "accept": JSON_TYPE}
        if content is not None:
            headers["content-type"] = JSON_TYPE
        elif operation.method == "POST":
            headers["content-length"] = "0"  # a POST without a body says so, RFC 9110 §8.6
        return HttpRequest(operation.id, operation.method, self.host, url, headers, content)

    def _bucket(self, operation: Operation[Any]) -> Bucket:
        found = self._buckets.get(operation.path)
        if found is None:
            found = self.plans.bucket((self._account_key, operation.path), operation.plan)
            self._buckets[operation.path] = found
        return found


def _unknown(failure: Exception, operation: str, host: str) -> errors.BuyerlineError | None:
    """Why nobody can say what became of a posted message; ``None`` where it was certainly not taken.

    An exception that nobody foresaw says nothing about Amazon, so it counts as unknown.
    """
    if isinstance(failure, errors.NotConnected):
        return None
    if isinstance(failure, OUTCOME_UNKNOWN):
        # a failure of the token service happens before the message leaves
        return failure if failure.operation == operation else None
    if isinstance(failure, errors.BuyerlineError):
        return None
    return errors.ConnectionLost(
        f"the answer could not be taken in ({type(failure).__name__}).", operation=operation, host=host
    )


def _other_region(marketplace: Marketplace, home: Marketplace) -> errors.Problem:
    return errors.Problem(
        "marketplace_region",
        "marketplace",
        f"{marketplace.name} is in {marketplace.region.title}, this client's account in {home.region.title}; "
        f"an account's authorisation is valid in one region. Make a client for {marketplace.name}.",
    )
