"""Where credentials come from: python-amazon-sp-api's providers, each open to be subclassed.

A provider's ``load_credentials`` sets ``credentials``, a dict with ``lwa_app_id``, ``lwa_client_secret`` and
``refresh_token``; the last may be missing where the client is given one. The first provider that has the others wins.
"""

import abc
import os
import time
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, TypeAlias

from buyerline.amazon.credentials import (
    KEYS,
    VARIABLES,
    configuration_folders,
    find_file,
    of_account,
    read_secret,
    read_section,
)

required_credentials = ["lwa_app_id", "lwa_client_secret"]

SECRET_FRESH = 3600.0
"""Seconds for which `FromCachedSecretsCredentialProvider` keeps a secret."""


class MissingCredentials(Exception):
    """Credentials are nowhere; the text lists every place looked in."""


class BaseCredentialProvider(abc.ABC):
    """Looks in one place for an account's credentials.

    Attributes:
        account: the account's name.
        credentials: what was found, or ``None``.
        errors: the required parts that are missing.
        looked_in: a sentence on what was looked at and lacks something, for `MissingCredentials`.
    """

    credentials: Mapping[str, Any] | None = None
    errors: list[str]
    looked_in = ""

    def __init__(self, account: str = "default", *args: Any, **kwargs: Any) -> None:  # noqa: ARG002 - for subclasses
        self.account = account
        self.errors = []

    def __call__(self) -> Mapping[str, Any]:
        """Look, and return what is found, if it is whole; `MissingCredentials` otherwise."""
        self.load_credentials()
        return self.check_credentials()

    @abc.abstractmethod
    def load_credentials(self) -> None:
        """Look, and set ``credentials`` to what is found."""

    def check_credentials(self) -> Mapping[str, Any]:
        """The credentials, if they are whole.

        Raises:
            MissingCredentials: they are not.
        """
        found = self.credentials or {}
        self.errors = [name for name in required_credentials if not found.get(name)]
        if self.errors:
            where = self.looked_in or f"{type(self).__name__}: {', '.join(self.errors)} not there"
            raise MissingCredentials(where)
        return found


class FromCodeCredentialProvider(BaseCredentialProvider):
    """The dict given to the client as ``credentials``."""

    def __init__(self, credentials: Mapping[str, Any] | None = None, *args: Any, **kwargs: Any) -> None:  # noqa: ARG002 - the shape of all providers
        super().__init__()
        self.credentials = credentials

    def load_credentials(self) -> None:
        """Nothing has to be looked for."""


class FromEnvironmentVariablesCredentialProvider(BaseCredentialProvider):
    """``SP_API_REFRESH_TOKEN``, ``LWA_APP_ID`` and ``LWA_CLIENT_SECRET``, each first with ``_ACCOUNT`` appended."""

    def load_credentials(self) -> None:
        """Look into the environment."""
        self.credentials = _of_variables(os.environ, self.account)


class BaseFromSecretsCredentialProvider(BaseCredentialProvider):
    """A secret, named by ``SP_API_AWS_SECRET_ID``, that holds the environment's names."""

    def load_credentials(self) -> None:
        """Get the secret, if one is named."""
        secret_id = of_account(os.environ, "SP_API_AWS_SECRET_ID", self.account)
        if not secret_id:
            self.looked_in = f"{type(self).__name__}: SP_API_AWS_SECRET_ID not set"
            return
        self.credentials = _of_variables(self.get_secret_content(secret_id), self.account)

    @abc.abstractmethod
    def get_secret_content(self, secret_id: str) -> Mapping[str, str]:
        """The secret's content, empty where there is none."""


class FromSecretsCredentialProvider(BaseFromSecretsCredentialProvider):
    """AWS Secrets Manager (extra ``aws``), asked each time."""

    def get_secret_content(self, secret_id: str) -> Mapping[str, str]:
        """The secret's content; why it is empty goes into ``looked_in``."""
        found = read_secret(secret_id)
        if isinstance(found, str):
            self.looked_in = found
            return {}
        return found


class FromCachedSecretsCredentialProvider(FromSecretsCredentialProvider):
    """AWS Secrets Manager (extra ``aws``), asked once an hour for all clients of the process."""

    _kept: ClassVar[dict[str, tuple[float, Mapping[str, str]]]] = {}

    def get_secret_content(self, secret_id: str) -> Mapping[str, str]:
        """The secret's content, as kept or asked for anew."""
        read_at, content = self._kept.get(secret_id, (0.0, {}))
        if not content or time.monotonic() - read_at > SECRET_FRESH:
            content = super().get_secret_content(secret_id)
            self._kept[secret_id] = time.monotonic(), content
        return content


class FromConfigFileCredentialProvider(BaseCredentialProvider):
    """``credentials.yml`` in the configuration folder ``python-sp-api``, the account's section."""

    def load_credentials(self) -> None:
        """Read the file, if there is one."""
        path = find_file(configuration_folders(os.environ))
        section = path if isinstance(path, str) else read_section(path, self.account)
        if isinstance(section, str):
            self.looked_in = section
        else:
            self.credentials = section


Provider: TypeAlias = type[BaseCredentialProvider]


class CredentialProvider:
    """Asks the providers in turn; ``credentials`` is what the first of them has.

    Raises:
        MissingCredentials: none of them has any.
    """

    CREDENTIAL_PROVIDERS: Iterable[Provider] = (
        FromCodeCredentialProvider,
        FromEnvironmentVariablesCredentialProvider,
        FromCachedSecretsCredentialProvider,
        FromConfigFileCredentialProvider,
    )

    class Config:
        """Credentials as attributes, the refresh token ``None`` where the provider has none."""

        def __init__(self, **kwargs: Any) -> None:
            self.refresh_token: str | None = kwargs.get("refresh_token") or None
            self.lwa_app_id: str = kwargs["lwa_app_id"]
            self.lwa_client_secret: str = kwargs["lwa_client_secret"]

    def __init__(
        self,
        account: str = "default",
        credentials: Mapping[str, Any] | None = None,
        credential_providers: Iterable[Provider] | None = None,
    ) -> None:
        self.account = account
        looked_in = []
        for provider in self.CREDENTIAL_PROVIDERS if credential_providers is None else credential_providers:
            try:
                self.credentials = self.Config(**provider(account=account, credentials=credentials)())
            except MissingCredentials as missing:
                looked_in.append(str(missing))
            else:
                return
        places = "".join(f"\n  {number}. {place}" for number, place in enumerate(looked_in, 1))
        raise MissingCredentials(f"Credentials are missing: {', '.join(required_credentials)}. Looked in:{places}")


def _of_variables(variables: Mapping[str, str], account: str) -> dict[str, str]:
    return {key: of_account(variables, name, account) for key, name in zip(KEYS, VARIABLES, strict=True)}
