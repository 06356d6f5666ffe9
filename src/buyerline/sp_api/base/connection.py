"""What the blocking and the awaited client have in common: from python-amazon-sp-api's arguments to a session."""

import abc
import os
import random
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from buyerline.amazon.connect import TIMEOUT, ClientOptions, connect
from buyerline.amazon.credentials import Credentials
from buyerline.amazon.marketplaces import Marketplace
from buyerline.sp_api.base.credential_provider import CredentialProvider, MissingCredentials, Provider
from buyerline.sp_api.base.marketplaces import Marketplaces

Proxies: TypeAlias = str | Mapping[str, str] | Sequence[str]
Verify: TypeAlias = bool | str | os.PathLike[str]


class Connected(abc.ABC):
    """A client's settings and its session; `Client` and its awaited twin add the calls.

    Args:
        marketplace: where orders are unless a call says otherwise; it sets the region. The environment's
            ``SP_API_DEFAULT_MARKETPLACE`` where it is not given, US where that is not set either.
        refresh_token: the seller's authorisation, instead of the one among the credentials.
        account: the name under which the providers look for credentials.
        credentials: a dict with ``lwa_app_id``, ``lwa_client_secret`` and ``refresh_token``.
        restricted_data_token: used in place of access tokens.
        proxies: the URL of a proxy, several to choose one at random from, or a dict by scheme as for requests; the
            environment's (``HTTPS_PROXY``) where it is not given.
        verify: ``True`` demands certificates that a known authority vouches for, the path of a PEM file adds the
            authorities in it, ``False`` takes any certificate: never with real tokens.
        timeout: seconds for one exchange, 30 where it is not given.
        version: the version of the API, for `Orders`.
        credential_providers: the provider classes to ask for credentials, instead of the default ones.
        options: buyerline's own settings, such as ``endpoint``, ``repeats`` or ``max_wait``.

    Raises:
        MissingCredentials: no provider has any, or the refresh token is missing.
        ConfigurationError: a setting has to be set right first.
    """

    keep_restricted_data_token = False

    def __init__(
        self,
        marketplace: Marketplaces | Marketplace | str | None = None,
        *,
        refresh_token: str | None = None,
        account: str = "default",
        credentials: Mapping[str, Any] | None = None,
        restricted_data_token: str | None = None,
        proxies: Proxies | None = None,
        verify: Verify = True,
        timeout: float | None = None,
        version: str | None = None,
        credential_providers: Iterable[Provider] | None = None,
        options: ClientOptions | None = None,
    ) -> None:
        self.credentials = CredentialProvider(account, credentials, credential_providers).credentials
        self.account = account
        self.proxies = proxies
        self.verify = verify
        self.timeout = timeout
        self.version = version
        self._options: ClientOptions = {
            "timeout": TIMEOUT if timeout is None else timeout,
            "verify": verify if isinstance(verify, bool) else Path(verify),
            "credentials": self._whole(refresh_token),
            "restricted_token": restricted_data_token,
            **(options or {}),
        }
        place = marketplace.marketplace_id if isinstance(marketplace, Marketplaces) else marketplace
        self.session = connect(place, account, self._options)
        if proxies is not None:
            self._options["proxy"] = _proxy_for(self.endpoint, proxies)
        self._open(
            timeout=self._options.get("timeout", TIMEOUT),
            proxy=self._options.get("proxy"),
            verify=self._options.get("verify", True),
        )

    @abc.abstractmethod
    def _open(self, *, timeout: float, proxy: str | None, verify: bool | Path) -> None:
        """Make the driver that runs the calls."""

    def _whole(self, refresh_token: str | None) -> Credentials:
        token = refresh_token or self.credentials.refresh_token
        if not token:
            raise MissingCredentials("Credentials are missing: refresh_token. Give it, or store it beside the others.")
        return Credentials(self.credentials.lwa_app_id, self.credentials.lwa_client_secret, token)

    @property
    def endpoint(self) -> str:
        """The base URL of the API. Setting it, to a sandbox's for example, connects anew."""
        return self.session.endpoint

    @endpoint.setter
    def endpoint(self, url: str) -> None:
        self._options["endpoint"] = url
        self.session = connect(self.session.marketplace, self.account, self._options)

    @property
    def marketplace_id(self) -> str:
        """The id of the client's marketplace."""
        return self.session.marketplace.id

    @property
    def region(self) -> str:
        """The AWS region of the client's marketplace."""
        return Marketplaces[self.session.marketplace.name].region

    @property
    def restricted_data_token(self) -> str | None:
        """The token that is used in place of access tokens, if there is one."""
        return self.session.restricted_token

    @restricted_data_token.setter
    def restricted_data_token(self, token: str | None) -> None:
        self.session.restricted_token = token


def _proxy_for(endpoint: str, proxies: Proxies) -> str | None:
    """The URL of the proxy for an endpoint, ``None`` where a dict has none for its scheme."""
    if isinstance(proxies, str):
        return proxies
    if isinstance(proxies, Mapping):
        scheme = urlsplit(endpoint).scheme
        names = (scheme, f"{scheme}://", "all", "all://")
        return next((proxies[name] for name in names if proxies.get(name)), None)
    return random.choice(proxies)  # noqa: S311 - spreads load, guards nothing
