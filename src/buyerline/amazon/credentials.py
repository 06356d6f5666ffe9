"""Where credentials come from, in order, and what is said when they are nowhere.

The environment variables and the file are those of python-amazon-sp-api, so that a set-up made for it serves here.
"""

import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import msgspec

from buyerline.amazon.errors import ConfigurationError, CredentialsMissing

CREDENTIALS_FILE = "credentials.yml"

DEFAULT_ACCOUNT = "default"
REFRESH_TOKEN = "SP_API_REFRESH_TOKEN"  # noqa: S105 - a variable's name, no secret
VARIABLES = ("LWA_APP_ID", "LWA_CLIENT_SECRET", REFRESH_TOKEN)
"""python-amazon-sp-api's names for the parts of `Credentials`, in the environment and in a secret."""

KEYS = ("lwa_app_id", "lwa_client_secret", "refresh_token")
"""The same in its file and in its code."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """One account's authorisation and the application that holds it.

    ``client_id`` is the application's LWA client id (``amzn1.application-oa2-client...``, not the application id),
    ``refresh_token`` the seller's authorisation (``Atzr|...``). ``repr`` shows neither secret.
    """

    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)

    def __post_init__(self) -> None:
        for name in ("client_id", "client_secret", "refresh_token"):
            # what was read from a file often ends in a line break
            object.__setattr__(self, name, getattr(self, name).strip())


Source: TypeAlias = Callable[[str], "Credentials | str"]
"""Looks in one place for an account: the credentials, or a sentence that says what was looked at and what lacked.

Where the place has the last word about the account, and it is that nobody may act for it, it raises
`CredentialsMissing`: no later place is looked in.
"""


def of_default(given: Credentials | Mapping[str, str]) -> Source:
    """Credentials given in code, for the account ``default`` alone."""

    def look(account: str) -> Credentials | str:
        if account != DEFAULT_ACCOUNT:
            return f"code: the credentials given are those of the account {DEFAULT_ACCOUNT!r}"
        return find(account, given=given)

    return look


def from_environment(environment: Mapping[str, str]) -> Source:
    """``SP_API_REFRESH_TOKEN``, ``LWA_APP_ID`` and ``LWA_CLIENT_SECRET``, each first with ``_ACCOUNT`` appended.

    An application's id and secret serve every account. A refresh token is one seller's: without ``_ACCOUNT`` it is
    the account ``default``'s alone, so that a mistyped account never sends as another seller.
    """

    def look(account: str) -> Credentials | str:
        values = {name: of_account(environment, name, account, own=name == REFRESH_TOKEN) for name in VARIABLES}
        missing = [name for name, value in values.items() if not value]
        if account != DEFAULT_ACCOUNT:
            missing = [f"{name}_{suffix(account)}" if name == REFRESH_TOKEN else name for name in missing]
        if missing:
            return f"the environment: {', '.join(missing)} not set (each may end in _{suffix(account)})"
        return Credentials(*(values[name] for name in VARIABLES))

    return look


def of_account(environment: Mapping[str, str], name: str, account: str, *, own: bool = False) -> str:
    """A variable's value for an account: of the name with ``_ACCOUNT`` appended, else of the name; else ``""``.

    With `own`, the name alone counts for the account ``default`` only.
    """
    names = [f"{name}_{account}", f"{name}_{account.upper()}", f"{name}_{suffix(account)}"]
    if not own or account == DEFAULT_ACCOUNT:
        names.append(name)
    return next((environment[key] for key in names if environment.get(key)), "")


def suffix(account: str) -> str:
    """An account's name as the end of a variable's name: ``my-shop`` becomes ``MY_SHOP``."""
    return re.sub(r"\W", "_", account.upper())


def from_secrets_manager(environment: Mapping[str, str]) -> Source:
    """AWS Secrets Manager: the JSON secret named by ``SP_API_AWS_SECRET_ID`` (extra ``aws``).

    An account other than ``default`` has a secret of its own, ``SP_API_AWS_SECRET_ID_ACCOUNT``, whose keys may then
    be the plain ones.
    """

    def look(account: str) -> Credentials | str:
        secret_id = of_account(environment, "SP_API_AWS_SECRET_ID", account, own=True)
        if not secret_id:
            name = "SP_API_AWS_SECRET_ID" + ("" if account == DEFAULT_ACCOUNT else f"_{suffix(account)}")
            return f"AWS Secrets Manager: {name} not set"
        secret = read_secret(secret_id)
        if isinstance(secret, str):
            return secret
        values = [of_account(secret, name, account) for name in VARIABLES]
        return Credentials(*values) if all(values) else f"AWS Secrets Manager: secret {secret_id} lacks a part"

    return look


def read_secret(secret_id: str) -> dict[str, Any] | str:
    """A secret of AWS Secrets Manager, a JSON object, or a sentence that says why there is none."""
    try:
        import botocore.session
        from botocore.exceptions import BotoCoreError, ClientError
    except ModuleNotFoundError:
        return "AWS Secrets Manager: needs botocore, pip install 'buyerline[aws]'"
    try:
        client = botocore.session.get_session().create_client("secretsmanager")
        secret = msgspec.json.decode(client.get_secret_value(SecretId=secret_id)["SecretString"])
    except (BotoCoreError, ClientError, KeyError, msgspec.DecodeError) as error:
        return f"AWS Secrets Manager: secret {secret_id} could not be read ({type(error).__name__})"
    return secret if isinstance(secret, dict) else {}


def from_file(directories: Iterable[Path]) -> Source:
    """``credentials.yml`` in python-amazon-sp-api's configuration folder, the account's section."""
    directories = tuple(directories)

    def look(account: str) -> Credentials | str:
        path = find_file(directories)
        section = path if isinstance(path, str) else read_section(path, account)
        if isinstance(section, str):
            return section
        missing = [name for name in KEYS if not section.get(name)]
        if missing:
            return f"the file {path}: section {account!r} lacks {', '.join(missing)}"
        return Credentials(*(str(section[name]) for name in KEYS))

    return look


def find_file(directories: Iterable[Path]) -> Path | str:
    """``credentials.yml`` in the first of the folders that has it, or a sentence that says where it is not."""
    paths = [directory / CREDENTIALS_FILE for directory in directories]
    found = next((path for path in paths if path.is_file()), None)
    return found or f"the file {' or '.join(str(path) for path in paths[:2])}: not there"


def read_section(path: Path, account: str) -> dict[str, Any] | str:
    """An account's section of a credentials file, or a sentence that says why there is none."""
    import yaml

    try:
        content: Any = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        return f"the file {path}: not readable as YAML ({type(error).__name__})"
    section = content.get(account) if isinstance(content, dict) else None
    return section if isinstance(section, dict) else f"the file {path}: no section {account!r}"


def configuration_folders(environment: Mapping[str, str], platform: str = sys.platform) -> list[Path]:
    """The folders in which python-amazon-sp-api (through confuse) looks for its configuration, in order."""
    named = environment.get("PYTHON-SP-APIDIR")
    if named:
        return [Path(named)]
    home = Path(environment.get("HOME") or Path.home())
    if platform == "win32":
        roots = [Path(environment.get("APPDATA") or home / "AppData" / "Roaming")]
    elif platform == "darwin":
        roots = [home / ".config", home / "Library" / "Application Support"]
    else:
        roots = [Path(environment.get("XDG_CONFIG_HOME") or home / ".config"), Path("/etc/xdg"), Path("/etc")]
    return [root / "python-sp-api" for root in roots]


def default_sources(environment: Mapping[str, str] | None = None) -> list[Source]:
    """The places looked in when code gives no credentials: environment, AWS Secrets Manager, file."""
    environment = os.environ if environment is None else environment
    return [
        from_environment(environment),
        from_secrets_manager(environment),
        from_file(configuration_folders(environment)),
    ]


def find(
    account: str,
    *,
    given: Credentials | Mapping[str, str] | None = None,
    sources: Sequence[Source] | None = None,
) -> Credentials:
    """The credentials of `account`.

    Args:
        account: the account's name in the places looked in.
        given: credentials given in code, used as they are. A mapping takes python-amazon-sp-api's keys
            (``lwa_app_id``, ``lwa_client_secret``, ``refresh_token``) or ours (``client_id``, ``client_secret``).
        sources: the places to look in, in order; the default ones when not given.

    Raises:
        CredentialsMissing: none of the places has them; the error lists every place.
        ConfigurationError: `given` lacks a part.
    """
    if given is not None:
        return given if isinstance(given, Credentials) else _from_mapping(given)
    looked_in = ["code: no credentials were given"]
    for source in default_sources() if sources is None else sources:
        found = source(account)
        if isinstance(found, Credentials):
            return found
        looked_in.append(found)
    raise CredentialsMissing(account, looked_in)


def _from_mapping(given: Mapping[str, str]) -> Credentials:
    client_id = given.get("client_id") or given.get("lwa_app_id")
    secret = given.get("client_secret") or given.get("lwa_client_secret")
    token = given.get("refresh_token")
    if not (client_id and secret and token):
        raise ConfigurationError(
            "credentials: what was given in code lacks a part.",
            hint="Give client_id, client_secret, refresh_token.",
        )
    return Credentials(client_id, secret, token)
