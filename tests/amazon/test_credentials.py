"""Credentials: the places they come from, in order, and what is said when they are in none."""

from pathlib import Path

import pytest

from buyerline.amazon.credentials import (
    Credentials,
    configuration_folders,
    default_sources,
    find,
    from_environment,
    from_file,
    from_secrets_manager,
)
from buyerline.amazon.errors import ConfigurationError, CredentialsMissing

ENVIRONMENT = {"LWA_APP_ID": "app", "LWA_CLIENT_SECRET": "s3cret-one", "SP_API_REFRESH_TOKEN": "Atzr|one"}


def write(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "credentials.yml").write_text(text, "utf-8")
    return folder


def test_the_environment_serves_the_default_account() -> None:
    assert find("default", sources=[from_environment(ENVIRONMENT)]).refresh_token == "Atzr|one"


def test_a_mistyped_account_never_sends_as_another_seller() -> None:
    with pytest.raises(CredentialsMissing, match="SP_API_REFRESH_TOKEN_SHPO not set"):
        find("shpo", sources=[from_environment(ENVIRONMENT | {"SP_API_REFRESH_TOKEN_SHOP": "Atzr|shop"})])


def test_an_account_may_have_a_name_that_no_variable_can() -> None:
    own = ENVIRONMENT | {"SP_API_REFRESH_TOKEN_MY_SHOP": "Atzr|mine"}
    assert find("my-shop", sources=[from_environment(own)]).refresh_token == "Atzr|mine"


@pytest.mark.parametrize("suffix", ["shop", "SHOP"])
def test_an_accounts_own_variables_go_first(suffix: str) -> None:
    own = ENVIRONMENT | {f"SP_API_REFRESH_TOKEN_{suffix}": "Atzr|shop"}
    found = find("shop", sources=[from_environment(own)])
    assert (found.refresh_token, found.client_id) == ("Atzr|shop", "app")


def test_the_file_of_python_amazon_sp_api_serves(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        "version: '1.0'\n\nshop:\n  refresh_token: Atzr|file\n  lwa_app_id: app\n  lwa_client_secret: secret\n",
    )
    assert find("shop", sources=[from_file([folder])]) == Credentials("app", "secret", "Atzr|file")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("other:\n  lwa_app_id: a\n", "no section 'shop'"),
        ("shop:\n  lwa_app_id: a\n", "lacks lwa_client_secret, refresh_token"),
        ("shop: [unclosed\n", "not readable as YAML"),
        ("", "no section 'shop'"),
    ],
)
def test_a_file_that_does_not_serve_is_named_with_the_reason(tmp_path: Path, content: str, said: str) -> None:
    with pytest.raises(CredentialsMissing) as caught:
        find("shop", sources=[from_file([write(tmp_path, content)])])
    assert said in str(caught.value)
    assert str(tmp_path) in str(caught.value)


def test_code_goes_before_every_place_and_takes_both_spellings() -> None:
    ours = find("x", given={"client_id": "a", "client_secret": "b", "refresh_token": "c"})
    theirs = find("x", given={"lwa_app_id": "a", "lwa_client_secret": "b", "refresh_token": "c"})
    assert ours == theirs == find("x", given=Credentials("a", "b", "c"), sources=[from_environment(ENVIRONMENT)])


def test_code_that_gives_half_is_told_so() -> None:
    with pytest.raises(ConfigurationError, match="lacks a part"):
        find("x", given={"client_id": "a"})


def test_when_there_are_none_every_place_is_listed_in_order(tmp_path: Path) -> None:
    with pytest.raises(CredentialsMissing) as caught:
        find("shop", sources=default_sources({"HOME": str(tmp_path)}))
    lines = str(caught.value).splitlines()
    places = ["code", "environment", "AWS Secrets Manager", "credentials.yml"]
    assert [place for place, line in zip(places, lines[1:], strict=True) if place in line] == places


def test_secrets_manager_is_asked_only_when_a_secret_is_named() -> None:
    said = from_secrets_manager({})("default")
    assert said == "AWS Secrets Manager: SP_API_AWS_SECRET_ID not set"


def test_an_accounts_own_secret_has_the_plain_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("buyerline.amazon.credentials.read_secret", {"shop-secret": ENVIRONMENT}.__getitem__)
    look = from_secrets_manager({"SP_API_AWS_SECRET_ID_SHOP": "shop-secret"})
    assert look("shop") == Credentials("app", "s3cret-one", "Atzr|one")
    assert look("other") == "AWS Secrets Manager: SP_API_AWS_SECRET_ID_OTHER not set"


def test_a_secret_that_cannot_be_read_is_said_and_not_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    said = from_secrets_manager({"SP_API_AWS_SECRET_ID": "prod/sp"})("default")
    assert isinstance(said, str)
    assert said.startswith("AWS Secrets Manager: secret prod/sp could not be read")


def test_no_repr_shows_a_secret() -> None:
    shown = repr(Credentials("app", "hush-secret", "Atzr|hush"))
    assert "hush" not in shown


def test_folders_are_those_of_python_amazon_sp_api_on_every_system() -> None:
    home = {"HOME": "/h", "APPDATA": "/appdata"}
    assert configuration_folders(home, "linux")[0] == Path("/h/.config/python-sp-api")
    assert configuration_folders(home | {"XDG_CONFIG_HOME": "/x"}, "linux")[0] == Path("/x/python-sp-api")
    assert Path("/h/Library/Application Support/python-sp-api") in configuration_folders(home, "darwin")
    assert configuration_folders(home, "win32") == [Path("/appdata/python-sp-api")]
    assert configuration_folders(home | {"PYTHON-SP-APIDIR": "/named"}, "linux") == [Path("/named")]
