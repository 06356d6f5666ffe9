"""From settings to a `Session`: which endpoint, whose credentials, what is shared in this process."""

import ipaddress
import logging
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypedDict

from pyreqwest.http import Url

from buyerline._version import __version__
from buyerline.amazon.credentials import Credentials, Source, find
from buyerline.amazon.errors import ConfigurationError, redact
from buyerline.amazon.login import LWA_ENDPOINT, Login, TokenStore
from buyerline.amazon.marketplaces import Marketplace
from buyerline.amazon.observe import KeywordLogger, Observer, observers
from buyerline.amazon.repeating import Repeating
from buyerline.amazon.session import Session
from buyerline.amazon.usage_plans import UsagePlans
from buyerline.amazon.user_agent import user_agent
from buyerline.amazon.wire import Wire

TIMEOUT = 30.0
"""Seconds for one exchange. Amazon's gateway itself gives up at about this time."""

AMAZON = "amazon"
STATIC_SANDBOX = "static-sandbox"

_TOKENS = TokenStore()
_PLANS = UsagePlans(time.monotonic)


class ClientOptions(TypedDict, total=False):
    """What a client can be told, all of it optional.

    Attributes:
        credentials: given in code; looked for by account name otherwise (`buyerline.amazon.credentials.find`).
        sources: the places to look for credentials in, instead of the default ones.
        endpoint: base URL of the API, instead of Amazon's for the marketplace's region. Also the environment's
            ``BUYERLINE_ENDPOINT``.
        lwa_endpoint: URL of the token service; a base URL gets ``/auth/o2/token`` appended. Also the environment's
            ``BUYERLINE_LWA_ENDPOINT``.
        static_sandbox: ask Amazon's own static sandbox. Also the environment's ``AWS_ENV=SANDBOX``.
        timeout: seconds for one exchange, 30 by default.
        max_wait: seconds to wait at most for a place in a usage plan; 0 fails at once (`NotNow`), ``None`` (the
            default) waits its turn.
        repeats: how often a call is repeated where repeating is allowed, 3 by default.
        proxy: URL of a proxy; the environment's (``HTTPS_PROXY``, ``NO_PROXY``) by default.
        verify: ``True`` (the default) accepts servers that a known authority vouches for, the path of a PEM file adds
            the authorities in it (for a proxy that opens TLS), ``False`` accepts any server: never with real tokens.
        application: name and version of the calling program, for the User-Agent that Amazon asks for.
        logger: takes the events, structlog's or the standard library's; ``logging.getLogger("buyerline")`` by
            default.
        observers: called with every `CallEvent`.
        restricted_token: a restricted data token to use in place of access tokens.
        tokens: where access tokens are kept; shared by all clients of the process by default.
        plans: the usage plans' buckets; shared by all clients of the process by default.
    """

    credentials: Credentials | Mapping[str, str] | None
    sources: Sequence[Source] | None
    endpoint: str | None
    lwa_endpoint: str | None
    static_sandbox: bool | None
    timeout: float
    max_wait: float | None
    repeats: int
    proxy: str | None
    verify: bool | Path
    application: tuple[str, str]
    logger: KeywordLogger | logging.Logger | None
    observers: Sequence[Observer]
    restricted_token: str | None
    tokens: TokenStore
    plans: UsagePlans


def connect(marketplace: Marketplace | str | None, account: str, options: ClientOptions) -> Session:
    """A session for `account` in `marketplace` (``SP_API_DEFAULT_MARKETPLACE``, else US, where it is ``None``).

    Raises:
        TypeError: there is no such option.
        UnknownMarketplace: there is no such marketplace.
        CredentialsMissing: no place has credentials for the account.
        ConfigurationError: an endpoint is not https, and not on this machine either.
    """
    _check(options)
    place = default_marketplace(marketplace)
    endpoint = _endpoint(place, options)
    credentials = find(account, given=options.get("credentials"), sources=options.get("sources"))
    login = _login(credentials, endpoint, account, options)
    return Session(
        endpoint=endpoint,
        marketplace=place,
        login=login,
        plans=options.get("plans", _PLANS),
        wire=login.wire,
        user_agent=login.user_agent,
        max_wait=options.get("max_wait"),
        restricted_token=options.get("restricted_token"),
    )


def login_of(credentials: Credentials, options: ClientOptions) -> Login:
    """The token service alone, for what an application does there on its own.

    Raises:
        TypeError: there is no such option.
        ConfigurationError: an endpoint is not https, and not on this machine either.
    """
    _check(options)
    return _login(credentials, _endpoint(Marketplace.US, options), "application", options)


def _login(credentials: Credentials, endpoint: str, account: str, options: ClientOptions) -> Login:
    return Login(
        endpoint=_lwa_endpoint(endpoint, options),
        credentials=credentials,
        user_agent=user_agent(*options.get("application", ("buyerline", __version__))),
        store=options.get("tokens", _TOKENS),
        wire=Wire(
            account=account,
            timeout=options.get("timeout", TIMEOUT),
            repeating=Repeating(times=options.get("repeats", 3)),
            observers=observers(*options.get("observers", ()), logger=options.get("logger")),
        ),
    )


def _check(options: ClientOptions) -> None:
    unknown = sorted(options.keys() - ClientOptions.__annotations__.keys())
    if unknown:
        known = ", ".join(sorted(ClientOptions.__annotations__))
        raise TypeError(f"a client takes no option {', '.join(unknown)}; it takes {known}")
    if options.get("timeout", TIMEOUT) <= 0:
        raise ConfigurationError("timeout: must be more than 0 seconds.")
    if (options.get("max_wait") or 0) < 0:
        raise ConfigurationError("max_wait: must be 0 seconds or more, or None to wait for as long as it takes.")
    if options.get("repeats", 0) < 0:
        raise ConfigurationError("repeats: must be 0 or more.")


def default_marketplace(given: Marketplace | str | None) -> Marketplace:
    """The marketplace given, else ``SP_API_DEFAULT_MARKETPLACE``, else US.

    Raises:
        UnknownMarketplace: there is no such marketplace.
    """
    return Marketplace.of(given or os.environ.get("SP_API_DEFAULT_MARKETPLACE") or Marketplace.US)


def destination(options: ClientOptions) -> str:
    """What answers the calls of a client with these options: ``AMAZON``, ``STATIC_SANDBOX`` or a base URL.

    Raises:
        ConfigurationError: an endpoint is not https, and not on this machine either.
    """
    named = options.get("endpoint") or os.environ.get("BUYERLINE_ENDPOINT")
    if named:
        return _safe(named, "endpoint").rstrip("/")
    static = options.get("static_sandbox")
    if static is None:
        static = os.environ.get("AWS_ENV", "").upper() == "SANDBOX"
    return STATIC_SANDBOX if static else AMAZON


def _endpoint(place: Marketplace, options: ClientOptions) -> str:
    named = destination(options)
    if named == AMAZON:
        return place.region.endpoint
    return place.region.static_sandbox if named == STATIC_SANDBOX else named


def _lwa_endpoint(endpoint: str, options: ClientOptions) -> str:
    named = options.get("lwa_endpoint") or os.environ.get("BUYERLINE_LWA_ENDPOINT")
    if not named and _on_this_machine(endpoint):
        named = endpoint
    if not named:
        return LWA_ENDPOINT
    base = _safe(named, "lwa_endpoint").rstrip("/")
    return base if Url(base).path != "/" else f"{base}/auth/o2/token"


def _safe(url: str, name: str) -> str:
    """`url`, unless it is no plain base URL, or secrets would leave this machine in the clear."""
    if not Url.is_valid(url) or Url(url).scheme not in {"http", "https"} or "\\" in url:
        raise ConfigurationError(
            f"{name}: {redact(url[:80])!r} is not an http(s) URL.", hint="Example: http://127.0.0.1:8710"
        )
    parts = Url(url)
    if parts.username or parts.password or parts.query_string or parts.fragment:
        raise ConfigurationError(
            f"{name}: the URL must have no user name, password, query or fragment.", hint="Example: https://host/path"
        )
    if parts.scheme == "http" and not _on_this_machine(url):
        raise ConfigurationError(
            f"{name}: {parts.host_str} is not this machine, so it must be https: tokens would travel in the clear."
        )
    return url.strip()


def _on_this_machine(url: str) -> bool:
    host = (Url(url).host_str or "").strip("[]")
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
