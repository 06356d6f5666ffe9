"""Secrets at rest, encrypted with a key that is not in the database.

AES-256-GCM with a random nonce of 96 bits for each value (NIST SP 800-38D), its key made from the secret key by HKDF
(RFC 5869). What a value is about is authenticated with it: one that was moved to another row does not open there.
"""

import os
import secrets
import tempfile
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from buyerline.amazon.errors import ConfigurationError

VARIABLE = "BUYERLINE_SECRET_KEY"
KEY_FILE = "secret.key"

SHORTEST = 32
"""Characters that a secret key has at least."""

_FORM = "1."
"""Before every sealed value: how it was sealed."""

_PURPOSE = b"buyerline vault 1"
_NONCE = 12  # bytes, NIST SP 800-38D §8.2.2
_MAKE_ONE = 'Make one: python -c "import secrets; print(secrets.token_urlsafe(48))"'


class NotOpened(ConfigurationError):
    """A sealed value cannot be opened: its key is not here, or it is another thing's."""

    code = "not_opened"


class Vault:
    """Seals texts and opens them again. Threads may share one.

    Args:
        keys: secret keys. The first seals, all of them open, so that a new one can be put in front of the old.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self._ciphers = [AESGCM(_derived(key)) for key in keys]

    @classmethod
    def of_environment(cls, data_folder: Path, *, make: bool = True) -> Self:
        """With the keys in ``BUYERLINE_SECRET_KEY``, separated by commas, and then the one in the key file.

        Args:
            data_folder: where the key file is.
            make: whether to make the file where there is neither; without it such a vault opens nothing.

        Raises:
            ConfigurationError: a key is too short, or the file cannot be used or others may read it.
        """
        keys = keys_of_environment()
        path = data_folder / KEY_FILE
        if make and not keys:
            _make(path)
        in_file = _read(path)
        return cls(keys if in_file is None else [*keys, in_file])

    def seal(self, text: str, about: str) -> str:
        """The text encrypted; it opens only for the same `about`.

        Raises:
            ConfigurationError: the vault has no key.
        """
        if not self._ciphers:
            raise ConfigurationError("secrets: there is no key to seal with.", hint=f"Set {VARIABLE}. {_MAKE_ONE}")
        nonce = secrets.token_bytes(_NONCE)
        return (
            _FORM + urlsafe_b64encode(nonce + self._ciphers[0].encrypt(nonce, text.encode(), about.encode())).decode()
        )

    def open(self, sealed: str, about: str) -> str:
        """The text that was sealed for `about`.

        Raises:
            NotOpened: none of the keys opens it.
        """
        return self._opened(sealed, about)[1]

    def sealed_anew(self, sealed: str, about: str) -> str | None:
        """A sealed text sealed with the first key; ``None`` where it is already, or where none of the keys opens it."""
        try:
            key, text = self._opened(sealed, about)
        except NotOpened:
            return None
        return self.seal(text, about) if key else None

    def _opened(self, sealed: str, about: str) -> tuple[int, str]:
        """Which key opens a sealed text, counted from 0, and the text."""
        try:
            data = urlsafe_b64decode(sealed.removeprefix(_FORM))
        except ValueError:
            data = b""
        nonce, content = data[:_NONCE], data[_NONCE:]
        for key, cipher in enumerate(self._ciphers if len(nonce) == _NONCE else ()):
            try:
                return key, cipher.decrypt(nonce, content, about.encode()).decode()
            except InvalidTag:
                continue
        raise NotOpened(
            f"secrets: what is kept for {about} cannot be opened: it was sealed with another key.",
            hint=f"Put that key after the others in {VARIABLE}, or bring back the file {KEY_FILE}; "
            "if it is lost, connect the accounts and set the application's secret again.",
        )


def keys_of_environment() -> list[str]:
    """The keys in ``BUYERLINE_SECRET_KEY``, the one that seals first; none where there is nothing but commas.

    Raises:
        ConfigurationError: a key is too short.
    """
    given = (key.strip() for key in os.environ.get(VARIABLE, "").split(","))
    return [_checked(key, VARIABLE) for key in given if key]


def _derived(key: str) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=_PURPOSE).derive(key.encode())


def _checked(key: str, where: str) -> str:
    if len(key) < SHORTEST:
        raise ConfigurationError(f"{where}: a key has fewer than {SHORTEST} characters.", hint=_MAKE_ONE)
    return key


def _read(path: Path) -> str | None:
    """The key in the file; ``None`` where there is no file."""
    try:
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise ConfigurationError(
                f"{path}: others than its owner may read or change the secret key.", hint=f"chmod 600 {path}"
            )
        return _checked(path.read_text("ascii").strip(), str(path))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise _unusable(path, error) from None


def _make(path: Path) -> None:
    """Make a key file for nobody but its owner, whole or not at all. One that is there is kept."""
    if path.is_file():
        return
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=KEY_FILE) as file:
            file.write(f"{secrets.token_urlsafe(48)}\n")
            file.flush()
            os.fsync(file.fileno())
            path.hardlink_to(file.name)
    except FileExistsError:
        return
    except OSError as error:
        raise _unusable(path, error) from None


def _unusable(path: Path, error: Exception) -> ConfigurationError:
    why = error.strerror if isinstance(error, OSError) else "it is not text"
    return ConfigurationError(
        f"{path}: the secret key cannot be kept there ({why or type(error).__name__}).",
        hint=f"Let buyerline read and write it, or set {VARIABLE}. {_MAKE_ONE}",
    )
