"""Whether a host can be reached, and what is in the way where it cannot: name, connection, certificate, proxy."""

import socket
import ssl
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from buyerline.amazon.errors import NotConnected

TIMEOUT = 10.0
"""Seconds for a connection."""


class Unreachable(NotConnected):
    """A host cannot be reached; the message says at which step."""

    def __init__(self, host: str, words: str, hint: str) -> None:
        super().__init__(words, operation="reach", host=host, hint=hint)
        self.message = words


def reach(url: str) -> str:
    """Connect to the host of `url`, with TLS where it is https, and say how that went.

    Where a proxy is configured, it is the proxy that has to be reached.

    Raises:
        Unreachable: no connection; the message says at which step, the hint how to mend it.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    proxy = _proxy(parts.scheme, host)
    if proxy is not None:
        _connect(*proxy, tls=False, through="the proxy ")
        return f"{host} goes through the proxy {proxy[0]}:{proxy[1]}, which answers."
    _connect(host, port, tls=parts.scheme == "https")
    return f"{host}:{port} answers{' over TLS' if parts.scheme == 'https' else ''}."


def _proxy(scheme: str, host: str) -> tuple[str, int] | None:
    """Host and port of the proxy that the environment names for such URLs."""
    named = getproxies().get(scheme) or getproxies().get("all")
    if not named or proxy_bypass(host):
        return None
    parts = urlsplit(named if "://" in named else f"http://{named}")
    return (parts.hostname, parts.port or 80) if parts.hostname else None


def _connect(host: str, port: int, *, tls: bool, through: str = "") -> None:
    place = f"{through}{host}:{port}"
    try:
        with socket.create_connection((host, port), TIMEOUT) as connection:
            if tls:
                with ssl.create_default_context().wrap_socket(connection, server_hostname=host):
                    pass
    except socket.gaierror:
        raise Unreachable(
            host, f"The name {host} cannot be resolved.", "Check the spelling and the DNS server."
        ) from None
    except TimeoutError:
        raise Unreachable(host, f"{place} does not answer.", "Is a firewall in between, or a proxy needed?") from None
    except ssl.SSLCertVerificationError as error:
        words = f"The certificate of {place} is not trusted ({error.verify_message})."
        raise Unreachable(host, words, "A proxy that looks into TLS, or a clock that is far off, does that.") from None
    except ssl.SSLError:
        raise Unreachable(
            host, f"{place} does not speak TLS.", "Check the port and the https of the endpoint."
        ) from None
    except OSError as error:
        words = f"There is no connection to {place}: {error.strerror or 'no reason given'}."
        raise Unreachable(host, words, "Check the network, the proxy settings and the endpoint.") from None
