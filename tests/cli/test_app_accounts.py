"""Accounts that are connected in the app, used from a shell."""

import pytest

from buyerline.app.vault import VARIABLE
from tests.app.desk import KEY, desk_in
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


def test_nothing_of_the_app_or_its_database_is_loaded_where_another_place_has_them(shared_shell: Shell) -> None:
    result = shared_shell.run("orders", PYTHONPROFILEIMPORTTIME="1")
    assert result.status == 0, result.err
    loaded = {line.rpartition("|")[2].strip() for line in result.err.splitlines() if line.startswith("import time:")}
    assert "buyerline.amazon.orders" in loaded
    assert not loaded & {"sqlalchemy", "cryptography", "buyerline.app"}
