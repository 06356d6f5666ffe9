"""Where credentials come from, and providers of one's own."""

from pathlib import Path
from typing import Any

import pytest

from buyerline.sp_api.api import Messaging
from buyerline.sp_api.base import (
    BaseCredentialProvider,
    BaseFromSecretsCredentialProvider,
    CredentialProvider,
    FromCachedSecretsCredentialProvider,
    MissingCredentials,
)

GIVEN = {"lwa_app_id": "app", "lwa_client_secret": "hush", "refresh_token": "Atzr|code"}


def found(**arguments: Any) -> tuple[str, str, str | None]:
    credentials = CredentialProvider(**arguments).credentials
    return credentials.lwa_app_id, credentials.lwa_client_secret, credentials.refresh_token


def write_file(folder: Path) -> None:
    (folder / "credentials.yml").write_text("default:\n  lwa_app_id: a\n  lwa_client_secret: s\n  refresh_token: f\n")


def test_what_code_gives_goes_before_everything(bare_environment: pytest.MonkeyPatch) -> None:
    bare_environment.setenv("LWA_APP_ID", "environment")
    assert found(credentials=GIVEN) == ("app", "hush", "Atzr|code")


def test_the_environment_is_asked_for_the_account_first(bare_environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    write_file(tmp_path)
    bare_environment.setenv("LWA_APP_ID", "app")
    bare_environment.setenv("LWA_CLIENT_SECRET", "hush")
    bare_environment.setenv("SP_API_REFRESH_TOKEN", "any")
    bare_environment.setenv("SP_API_REFRESH_TOKEN_SHOP", "shop's")
    assert found(account="SHOP") == ("app", "hush", "shop's")
    assert found() == ("app", "hush", "any")


def test_the_file_is_asked_last(bare_environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    write_file(tmp_path)
    assert found() == ("a", "s", "f")


def test_the_application_may_be_stored_without_a_seller(bare_environment: pytest.MonkeyPatch) -> None:
    bare_environment.setenv("LWA_APP_ID", "app")
    bare_environment.setenv("LWA_CLIENT_SECRET", "hush")
    assert found() == ("app", "hush", None)
    Messaging(refresh_token="Atzr|seller").close()
    with pytest.raises(MissingCredentials, match="refresh_token"):
        Messaging()


def test_where_there_are_none_every_place_is_named(bare_environment: pytest.MonkeyPatch) -> None:
    with pytest.raises(MissingCredentials) as missing:
        Messaging()
    for place in ("FromCode", "FromEnvironmentVariables", "SP_API_AWS_SECRET_ID", "credentials.yml"):
        assert place in str(missing.value)


class FromAVault(BaseCredentialProvider):
    """As programs write them."""

    def load_credentials(self) -> None:
        self.credentials = {**GIVEN, "refresh_token": f"Atzr|of {self.account}"}


class FromAnEmptyVault(BaseCredentialProvider):
    def load_credentials(self) -> None:
        self.credentials = {"lwa_app_id": ""}


def test_a_provider_of_ones_own_is_asked(bare_environment: pytest.MonkeyPatch) -> None:
    with Messaging(account="shop", credential_providers=[FromAnEmptyVault, FromAVault]) as client:
        assert client.credentials.refresh_token == "Atzr|of shop"
    with pytest.raises(MissingCredentials, match="FromAnEmptyVault: lwa_app_id, lwa_client_secret"):
        Messaging(credential_providers=[FromAnEmptyVault])


def test_a_secret_of_another_store_is_read_by_the_environments_names(bare_environment: pytest.MonkeyPatch) -> None:
    class FromAnotherStore(BaseFromSecretsCredentialProvider):
        def get_secret_content(self, secret_id: str) -> dict[str, str]:
            return {"LWA_APP_ID": secret_id, "LWA_CLIENT_SECRET": "hush", "SP_API_REFRESH_TOKEN": "Atzr|secret"}

    bare_environment.setenv("SP_API_AWS_SECRET_ID", "shop/amazon")
    assert found(credential_providers=[FromAnotherStore]) == ("shop/amazon", "hush", "Atzr|secret")


def test_a_secret_is_kept_for_a_while(bare_environment: pytest.MonkeyPatch) -> None:
    asked = []

    def read(secret_id: str) -> dict[str, str]:
        asked.append(secret_id)
        return {"LWA_APP_ID": "app", "LWA_CLIENT_SECRET": "hush", "SP_API_REFRESH_TOKEN": "Atzr|secret"}

    bare_environment.setattr("buyerline.sp_api.base.credential_provider.read_secret", read)
    bare_environment.setattr(FromCachedSecretsCredentialProvider, "_kept", {})
    bare_environment.setenv("SP_API_AWS_SECRET_ID", "shop/amazon")
    assert found() == found() == ("app", "hush", "Atzr|secret")
    assert asked == ["shop/amazon"]


def test_no_text_shows_a_secret() -> None:
    with Messaging(credentials=GIVEN) as client:
        assert "hush" not in f"{client!r} {client.credentials!r} {client.session!r}"
