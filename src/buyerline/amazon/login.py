"""Login with Amazon (LWA): access tokens, got once, shared, renewed before they end.

Source: Amazon, "Connect to the Selling Partner API" (token request and answer, tokens of 3600 s), RFC 6749 §5.2
(error answers).
"""

import hashlib
import threading
import time
from collections.abc import Callable, Generator, Hashable
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any
from urllib.parse import urlencode, urlsplit

import msgspec

from buyerline.amazon import errors
from buyerline.amazon.answers import Private
from buyerline.amazon.credentials import Credentials
from buyerline.amazon.flow import Flow, HttpRequest, HttpResponse, Join
from buyerline.amazon.operations import UNREADABLE, describe, unreadable
from buyerline.amazon.wire import Wire

LWA_ENDPOINT = "https://api.amazon.com/auth/o2/token"

EARLY = 120.0
"""Seconds before its end from which on a token is renewed, so that none ends on its way to Amazon."""


class TokenAnswer(Private, msgspec.Struct, frozen=True):
    """What the token service answers. ``expires_in`` is in seconds."""

    access_token: str
    expires_in: Annotated[int, msgspec.Meta(gt=0, le=10_000_000)] = 3600
    token_type: str = "bearer"  # noqa: S105 - the scheme's name, no secret
    refresh_token: str | None = None


class _LoginFailure(msgspec.Struct):
    error: str
    error_description: str = ""


_read_token = msgspec.json.Decoder(TokenAnswer, strict=False).decode
_read_failure = msgspec.json.Decoder(_LoginFailure).decode

_BY_ERROR = {
    "invalid_grant": errors.GrantInvalid,
    "invalid_client": errors.ClientInvalid,
    "unauthorized_client": errors.ClientUnauthorized,
}


@dataclass(slots=True)
class _Held:
    token: str = field(repr=False)
    renew_at: float


class TokenStore:
    """The access tokens of a process, by application and refresh token. There is no limit to evict one by.

    Threads and event loops may share one. Keys hold a digest of the refresh token, never the token.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._held: dict[Hashable, _Held] = {}
        self._renewals: dict[Hashable, Future[None]] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> str | None:
        """The token of `key` when there is one that is still good for a while."""
        held = self._held.get(key)
        return held.token if held is not None and self._clock() < held.renew_at else None

    def put(self, key: Hashable, answer: TokenAnswer) -> None:
        """Keep a new token until shortly before its end."""
        early = min(EARLY, answer.expires_in / 2)
        self._held[key] = _Held(answer.access_token, self._clock() + answer.expires_in - early)

    def forget(self, key: Hashable, token: str) -> None:
        """Drop `token`, unless somebody has already renewed it."""
        with self._lock:
            held = self._held.get(key)
            if held is not None and held.token == token:
                del self._held[key]

    def renewal_under_way(self, key: Hashable) -> Future[None] | None:
        """The renewal of `key` that somebody else is doing, or ``None`` and it is the caller's to do."""
        with self._lock:
            running = self._renewals.get(key)
            if running is None:
                self._renewals[key] = Future()
            return running

    @contextmanager
    def renewing(self, key: Hashable) -> Generator[None]:
        """Around a renewal: tells everybody who waits how it ended."""
        failure: errors.BuyerlineError | None = None
        try:
            yield
        except errors.BuyerlineError as error:
            failure = error
            raise
        finally:
            with self._lock:
                done = self._renewals.pop(key)
            if failure is None:
                done.set_result(None)
            else:
                done.set_exception(failure)


@dataclass(frozen=True, slots=True)
class Login:
    """The flows of the token service for one application and account."""

    endpoint: str
    credentials: Credentials
    user_agent: str
    store: TokenStore
    wire: Wire

    @property
    def key(self) -> Hashable:
        """Under which the tokens of this application and account are kept."""
        digest = hashlib.sha256(self.credentials.refresh_token.encode()).digest()
        return self.endpoint, self.credentials.client_id, digest

    def access_token(self, key: Hashable) -> Flow[str]:
        """An access token that is good for at least two minutes, renewed when need be, by one caller at a time.

        Raises:
            LoginError: Amazon refuses the credentials.
            TransportError, AmazonUnavailable: the token service cannot be reached or has a fault.
        """
        while True:
            token = self.store.get(key)
            if token is not None:
                return token
            renewal = self.store.renewal_under_way(key)
            if renewal is None:
                with self.store.renewing(key):
                    answer = yield from self.refresh()
                    self.store.put(key, answer)
                return answer.access_token
            else:
                yield Join(renewal, "a token renewal that another call began")
                _raise_as_own(renewal)

    def refresh(self) -> Flow[TokenAnswer]:
        """Exchange the refresh token for an access token (grant ``refresh_token``)."""
        return self._exchange(grant_type="refresh_token", refresh_token=self.credentials.refresh_token)

    def authorization_code(self, code: str, redirect_uri: str | None = None) -> Flow[TokenAnswer]:
        """Exchange the code of a seller's consent, good for 5 minutes, for a refresh token."""
        extra = {"redirect_uri": redirect_uri} if redirect_uri else {}
        return self._exchange(grant_type="authorization_code", code=code, **extra)

    def client_credentials(self, scope: str) -> Flow[TokenAnswer]:
        """A token of the application itself, for grantless operations, e.g. ``sellingpartnerapi::notifications``."""
        return self._exchange(grant_type="client_credentials", scope=scope)

    def _exchange(self, **form: str) -> Flow[TokenAnswer]:
        form |= {"client_id": self.credentials.client_id, "client_secret": self.credentials.client_secret}
        host = urlsplit(self.endpoint).netloc
        request = HttpRequest(
            operation="lwa",
            method="POST",
            host=host,
            url=self.endpoint,
            headers={
                "content-type": "application/x-www-form-urlencoded;charset=UTF-8",
                "accept": "application/json",
                "user-agent": self.user_agent,
            },
            body=urlencode(form).encode(),
        )
        return self.wire.read(request, lambda response: _answer(response, host))


def _answer(response: HttpResponse, host: str) -> TokenAnswer:
    if response.status == 200:
        try:
            return _read_token(response.body)
        except UNREADABLE:
            raise unreadable(response, operation="lwa", host=host) from None
    raise _failure(response, host)


def _failure(response: HttpResponse, host: str) -> errors.BuyerlineError:
    told: dict[str, Any] = {"operation": "lwa", "status": response.status}
    told["request_id"] = response.header("x-amzn-requestid")
    if response.status >= 500:
        return errors.AmazonUnavailable(amazon_message=f"({describe(response)})", **told)
    if response.status == 429:
        return errors.Throttled(amazon_message="Too many token requests.", **told)
    try:
        failure = _read_failure(response.body)
    except UNREADABLE:
        return unreadable(response, operation="lwa", host=host)
    error = _BY_ERROR.get(failure.error, errors.LoginError)
    return error(amazon_code=failure.error, amazon_message=failure.error_description, **told)


def _raise_as_own(renewal: Future[None]) -> None:
    failure = renewal.exception()
    if failure is not None:
        raise failure
