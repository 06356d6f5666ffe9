"""Accounts that are connected in the app, used from a shell."""

from collections.abc import Callable

import pytest

from buyerline.app import known_accounts
from buyerline.app.vault import VARIABLE
from buyerline.cli import connection
from tests.app.desk import KEY, OWNER, desk_in
from tests.cli.outboxes import TYPE, file_of, line, queue, states
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


class TestAnotherSellersCredentialsByTheNameOfAnAccountOfTheApp:
    """Whoever tried the sandbox, or has an authorisation of their own, may have variables with the account's name."""

    @pytest.fixture(autouse=True)
    def others(self, app_shell: Shell, amazon: Amazon) -> None:
        stranger = amazon.account(name="Stranger")
        app_shell.environment.update(own_credentials(amazon))
        app_shell.environment["SP_API_REFRESH_TOKEN_SHOP"] = stranger.refresh_token

    @pytest.fixture
    def theirs(self, amazon: Amazon) -> Callable[[], list[str]]:
        """The sellers in whose name something was sent."""
        return lambda: [message["account"] for message in amazon.ledger()]

    def test_are_not_used_by_a_worker(self, app_shell: Shell, amazon: Amazon, theirs: Callable[[], list[str]]) -> None:
        queue(app_shell, line(account="shop"))
        worked = app_shell.run("worker", "--once", "--health-port=0")
        assert worked.status == 0, worked.err
        assert theirs() == [amazon.default_account.id]

    def test_are_not_used_to_send(self, app_shell: Shell, amazon: Amazon, theirs: Callable[[], list[str]]) -> None:
        sent = app_shell.run("send", amazon.guide_order, TYPE, "--text=It ships today.", "--account=shop", "--yes")
        assert sent.status == 0, sent.err
        many = app_shell.run("send-many", file_of(app_shell.folder, [line("It ships now.", account="shop")]), "--yes")
        assert many.status == 0, many.err
        assert theirs() == [amazon.default_account.id] * 2

    def test_are_not_used_to_look_at_orders(self, app_shell: Shell, amazon: Amazon) -> None:
        listed = app_shell.run("orders", "--account=shop", "--json")
        assert amazon.guide_order in {order["order_id"] for order in listed.document["orders"]}
        assert "From the app's accounts" in app_shell.run("doctor", "--account=shop").out


def test_the_name_of_the_shells_own_account_is_given_to_none_of_the_app(app_shell: Shell, amazon: Amazon) -> None:
    """What was queued from a shell without a name would be another seller's otherwise."""
    queue(app_shell, line())
    with desk_in(f"sqlite:///{app_shell.environment['BUYERLINE_DATA_DIR']}/outbox.db", amazon) as desk:
        assert desk.connect("Default", amazon.account()).name == "default-2"
    app_shell.environment.update(own_credentials(amazon))
    app_shell.environment["SP_API_REFRESH_TOKEN"] = amazon.default_account.refresh_token
    assert app_shell.run("worker", "--once", "--health-port=0").status == 0
    assert [message["account"] for message in amazon.ledger()] == [amazon.default_account.id]


def test_an_account_that_is_not_there_is_told_with_every_place(app_shell: Shell) -> None:
    result = app_shell.run("orders", "--account=nobody")
    assert result.status == 2
    assert "(1) the app's accounts: none is called 'nobody'; (2) " in result.problem
    assert ".." not in result.problem


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
    queue(app_shell, line(account="shop"))
    assert app_shell.run("worker", "--once", "--health-port=0").status == 0
    assert list(states(app_shell).values()) == ["queued"]
    assert amazon.ledger() == []


def test_neither_are_its_orders_looked_at_then(app_shell: Shell, amazon: Amazon, disconnected: None) -> None:
    app_shell.environment.update(own_credentials(amazon))
    refused = app_shell.run("orders", "--account=shop")
    assert refused.status == 2
    assert "(1) the app's accounts: The account is disconnected" in refused.problem
    assert "Credentials of your own need another account's name." in refused.problem
    assert "The account is disconnected" in app_shell.run("doctor", "--account=shop").out


def test_nothing_of_the_app_or_its_database_is_loaded_for_the_shells_own_account(shared_shell: Shell) -> None:
    result = shared_shell.run("orders", PYTHONPROFILEIMPORTTIME="1")
    assert result.status == 0, result.err
    loaded = {line.rpartition("|")[2].strip() for line in result.err.splitlines() if line.startswith("import time:")}
    assert "buyerline.amazon.orders" in loaded
    assert not loaded & {"sqlalchemy", "cryptography", "buyerline.app"}


def test_the_app_goes_by_one_name_among_the_places_for_credentials() -> None:
    assert connection.IN_THE_APP == known_accounts.PLACE
