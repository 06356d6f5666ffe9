"""Accounts that are connected in the app, used from a shell."""

import pytest

from buyerline.app.vault import VARIABLE
from tests.app.desk import KEY, OWNER, desk_in
from tests.cli.outboxes import states
from tests.cli.shell import Shell
from tests.running import Amazon

MINE = ("SP_API_REFRESH_TOKEN", "LWA_APP_ID", "LWA_CLIENT_SECRET")


@pytest.fixture
def app_shell(shell: Shell, amazon: Amazon, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A shell that has no credentials, beside an app in which the sandbox's seller is connected as ``shop``."""
    for name in MINE:
        monkeypatch.delenv(name, raising=False)
        del shell.environment[name]
    shell.environment[VARIABLE] = KEY
    with desk_in(f"sqlite:///{shell.environment['BUYERLINE_DATA_DIR']}/outbox.db", amazon) as desk:
        desk.connect("Shop")
    return shell


@pytest.fixture
def disconnected(app_shell: Shell, amazon: Amazon) -> None:
    """An owner has disconnected the account."""
    with desk_in(f"sqlite:///{app_shell.environment['BUYERLINE_DATA_DIR']}/outbox.db", amazon) as desk:
        desk.accounts.disconnect(OWNER, "shop")


def own_credentials(amazon: Amazon) -> dict[str, str]:
    """The variables of somebody who has an authorisation for an account ``shop`` themselves."""
    seller = amazon.credentials
    return {
        "SP_API_REFRESH_TOKEN_SHOP": seller.refresh_token,
        "LWA_APP_ID": seller.client_id,
        "LWA_CLIENT_SECRET": seller.client_secret,
    }


def test_a_command_acts_for_an_account_of_the_app(app_shell: Shell, amazon: Amazon) -> None:
    listed = app_shell.run("orders", "--account=shop", "--json")
    assert listed.status == 0, listed.err
    sent = app_shell.run(
        "send", amazon.guide_order, "confirmOrderDetails", "--text=It ships today.", "--account=shop", "--yes"
    )
    assert sent.status == 0, sent.err
    assert [message["type"] for message in amazon.ledger()] == ["confirmOrderDetails"]
    assert list(states(app_shell).values()) == ["sent"]


def test_the_doctor_says_where_it_found_them(app_shell: Shell) -> None:
    assert "From the app's accounts" in app_shell.run("doctor", "--account=shop").out


def test_an_account_that_is_not_there_is_told_with_the_app_as_the_last_place(app_shell: Shell) -> None:
    result = app_shell.run("orders", "--account=nobody")
    assert result.status == 2
    assert "(4) the app's accounts: none is called 'nobody'" in result.problem


def test_a_key_that_is_not_here_is_told(app_shell: Shell) -> None:
    del app_shell.environment[VARIABLE]
    result = app_shell.run("orders", "--account=shop")
    assert result.status == 2
    assert "secret key" in result.problem


def test_nothing_is_sent_for_an_account_that_was_disconnected_in_the_app(
    app_shell: Shell, amazon: Amazon, disconnected: None
) -> None:
    """Not with credentials that somebody has by that name either: its messages are the app's."""
    send = ("send", amazon.guide_order, "confirmOrderDetails", "--text=It ships today.", "--account=shop", "--yes")
    without = app_shell.run(*send)
    app_shell.environment.update(own_credentials(amazon))
    for result in (without, app_shell.run(*send)):
        assert result.status != 0
        assert "The account is disconnected" in result.err
    assert list(states(app_shell).values()) == ["cancelled"]
    assert amazon.ledger() == []


def test_what_somebody_gave_the_shell_by_that_name_is_theirs_to_use(
    app_shell: Shell, amazon: Amazon, disconnected: None
) -> None:
    refused = app_shell.run("orders", "--account=shop")
    assert refused.status == 2
    assert "(4) the app's accounts: The account is disconnected" in refused.problem
    app_shell.environment.update(own_credentials(amazon))
    listed = app_shell.run("orders", "--account=shop", "--json")
    assert listed.status == 0, listed.err


def test_nothing_of_the_app_or_its_database_is_loaded_where_another_place_has_them(shared_shell: Shell) -> None:
    result = shared_shell.run("orders", PYTHONPROFILEIMPORTTIME="1")
    assert result.status == 0, result.err
    loaded = {line.rpartition("|")[2].strip() for line in result.err.splitlines() if line.startswith("import time:")}
    assert "buyerline.amazon.orders" in loaded
    assert not loaded & {"sqlalchemy", "cryptography", "buyerline.app"}
