"""How an app is set up: where it listens, under which URL people reach it, what answers for Amazon."""

import ipaddress
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from buyerline.amazon.connect import ClientOptions
from buyerline.amazon.errors import ConfigurationError
from buyerline.app.vault import VARIABLE as SECRET_KEY
from buyerline.app.vault import keys_of_environment
from buyerline.outbox.address import data_folder

PORT = 8700
PUBLIC_URL = "BUYERLINE_URL"
TRUSTED_PROXIES = "BUYERLINE_TRUSTED_PROXIES"

_HOST = re.compile(r"[a-z0-9._:-]+")
"""A host's name, or an IP address, in small letters. A name in other alphabets is written as DNS has it (xn--...)."""

_IN_FRONT = (
    "Put a web server that speaks TLS in front of it (Caddy, nginx, a load balancer), let only that reach this "
    "address, and set BUYERLINE_URL to the https:// address that people type. If it passes on X-Forwarded-For, set "
    "BUYERLINE_TRUSTED_PROXIES to its address."
)
_UNTRUSTED = (
    "Everybody seems to come from one address, that of the web server in front, so that whoever types wrong passwords "
    f"keeps all others from signing in. Let it pass on X-Forwarded-For, and set {TRUSTED_PROXIES} to its address."
)


@dataclass(frozen=True, slots=True)
class Settings:
    """An app's settings.

    Attributes:
        host, port: where it listens; on this machine alone unless told otherwise. Port 0 takes any free one.
        database: URL of the database, see `Database.open`.
        public_url: the URL under which people reach it, ``""``: the one where it listens.
        trusted_proxies: addresses whose ``X-Forwarded-For`` is believed.
        folder: where the key file is, when there is no ``BUYERLINE_SECRET_KEY``.
        options: those of the clients that ask Amazon.
        worker: whether it sends what is in the outbox itself.
    """

    host: str = "127.0.0.1"
    port: int = PORT
    database: str | None = None
    public_url: str = ""
    trusted_proxies: frozenset[str] = frozenset()
    folder: Path = field(default_factory=data_folder)
    options: ClientOptions = field(default_factory=ClientOptions)
    worker: bool = True

    @classmethod
    def of_environment(cls, *, host: str, port: int, options: ClientOptions, worker: bool = True) -> Self:
        """The settings that ``BUYERLINE_URL`` and ``BUYERLINE_TRUSTED_PROXIES`` complete.

        Raises:
            ConfigurationError: a variable cannot be read, or more than this machine may connect and there is no key
                in ``BUYERLINE_SECRET_KEY``; the hint says what to put in front.
        """
        if not is_loopback(host) and not keys_of_environment():
            raise ConfigurationError(
                f"serve: {host} can be reached from other machines, so {SECRET_KEY} has to be set: at least 32 "
                "characters that nobody can guess, kept apart from the database.",
                hint=f'Make one with: python -c "import secrets; print(secrets.token_urlsafe(48))". {_IN_FRONT}',
            )
        proxies = os.environ.get(TRUSTED_PROXIES, "").replace(",", " ").split()
        return cls(
            host=host,
            port=port,
            public_url=_public_url(os.environ.get(PUBLIC_URL, "")),
            trusted_proxies=frozenset(map(_address, proxies)),
            options=options,
            worker=worker,
        )

    @property
    def secure(self) -> bool:
        """Whether people reach it by TLS."""
        return self.public_url.startswith("https://")

    def cookie_name(self, name: str) -> str:
        """A cookie's name. ``__Host-`` has browsers refuse it from anywhere but this host (RFC 6265bis)."""
        return f"__Host-{name}" if self.secure else name

    @property
    def advice(self) -> str:
        """What is still to be set up; ``""`` for nothing."""
        if self.secure:
            return "" if self.trusted_proxies else _UNTRUSTED
        return "" if is_loopback(self.host) else f"Other machines can connect. {_IN_FRONT}"


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach `host`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _public_url(given: str) -> str:
    if not given:
        return ""
    scheme, host, site = _site(given)
    if scheme != "https" and not (scheme == "http" and is_loopback(host)):
        raise ConfigurationError(
            f"{PUBLIC_URL}: {given[:80]!r} is not the address of a web site by https.",
            hint="Example: https://messages.example.com",
        )
    return site


def _site(url: str) -> tuple[str, str, str]:
    """The scheme, the host, and the URL of a site as links begin with it; ``""`` each where it is no site's URL."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "", "", ""
    shown = f"[{host}]" if ":" in host else host
    site = f"{parts.scheme}://{shown}" if port is None else f"{parts.scheme}://{shown}:{port}"
    nothing_else = url.lower().rstrip("/") == site
    return (parts.scheme, host, site) if nothing_else and _HOST.fullmatch(host) else ("", "", "")


def _address(given: str) -> str:
    try:
        return str(ipaddress.ip_address(given))
    except ValueError:
        raise ConfigurationError(
            f"{TRUSTED_PROXIES}: {given[:60]!r} is not an IP address.", hint="Example: 127.0.0.1, 10.0.0.5"
        ) from None
