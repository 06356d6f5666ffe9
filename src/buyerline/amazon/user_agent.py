r"""The User-Agent that Amazon asks for: ``AppId/Version (Language=Name/Version; Key=Value)``.

Source: Amazon, "Include a User-Agent header in all requests" (Selling Partner API developer guide): the language is
mandatory, 500 characters at most, and ``/ ( ) = ; \`` inside names and values are quoted with a backslash.
"""

import platform
import re

from buyerline._version import __version__
from buyerline.amazon.errors import ConfigurationError

LIMIT = 500
_SPECIAL = re.compile(r"([/()=;\\])")
_PRINTABLE = re.compile(r"[\x20-\x7e]*")


def user_agent(application: str = "buyerline", version: str = __version__, **more: str) -> str:
    """The header's value for an application of this name and version, on this Python.

    Raises:
        ConfigurationError: a part is empty or not printable ASCII, or the whole is longer than 500 characters.
    """
    parts = {"Language": ("Python", platform.python_version()), "Platform": (platform.system() or "unknown",)}
    parts |= {key: (value,) for key, value in more.items()}
    if not application or not version:
        raise ConfigurationError("user agent: an application has a name and a version.")
    inside = "; ".join(f"{_quoted(key)}={'/'.join(map(_quoted, value))}" for key, value in parts.items())
    whole = f"{_quoted(application)}/{_quoted(version)} ({inside})"
    if len(whole) > LIMIT or not _PRINTABLE.fullmatch(whole):
        raise ConfigurationError(
            f"user agent: Amazon takes at most {LIMIT} characters of printable ASCII; this one has {len(whole)}."
        )
    return whole


def _quoted(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
