"""The plugin as pytest meets it: what it costs, how tests are kept apart, what it says when something is missing."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from buyerline import BuyerlineError
from buyerline.testing import AmazonSandbox, running
from tests.testing.session import run_pytest

LEAVES_TRACES = """
import pytest

@pytest.mark.parametrize("number", range(6))
def test_the_world_is_fresh(amazon_sandbox, number):
    assert amazon_sandbox.messages() == amazon_sandbox.emails() == amazon_sandbox.requests() == []
    order_id = amazon_sandbox.order(order_id="111-1111111-1111111", types=["warranty"])
    with pytest.raises(Exception):
        amazon_sandbox.connect(max_wait=0).messaging.send(order_id, "confirmOrderDetails", text="Hello, which size?")
    amazon_sandbox.client.messaging.send(amazon_sandbox.guide_order, "confirmOrderDetails", text="Hello, which size?")
    assert amazon_sandbox.account().id == "sandbox-2"
    amazon_sandbox.set_usage_plan("*", rate=0, burst=0)
    amazon_sandbox.fault("*", "status", status=503, count=None)
    amazon_sandbox.advance(100_000)
"""

ONE_WITH_AND_ONE_WITHOUT = """
def test_without(): pass
def test_with(amazon_sandbox): pass
"""


def run_test(folder: Path, content: str, *arguments: str) -> str:
    (folder / "test_it.py").write_text(content, "utf-8")
    return run_pytest(folder, *arguments)


@pytest.mark.parametrize("workers", ["0", "2"], ids=["one process", "two processes"])
def test_no_test_sees_what_another_did(tmp_path: Path, workers: str) -> None:
    assert "6 passed" in run_test(tmp_path, LEAVES_TRACES, "-n", workers)


def test_each_test_has_a_refresh_token_of_its_own(amazon_sandbox: AmazonSandbox) -> None:
    """Libraries keep access tokens by it for the life of the process."""
    with running() as other:
        assert other.credentials.refresh_token != amazon_sandbox.credentials.refresh_token
        assert other.url != amazon_sandbox.url


def test_a_request_from_before_a_reset_does_nothing_after_it(amazon_sandbox: AmazonSandbox) -> None:
    order = amazon_sandbox.guide_order
    amazon_sandbox.fault("createConfirmOrderDetails", "delay", seconds=0.2)
    failures: list[BuyerlineError] = []

    def ask() -> None:
        try:
            amazon_sandbox.client.messaging.send(order, "confirmOrderDetails", text="Which size did you mean?")
        except BuyerlineError as failure:
            failures.append(failure)

    late = threading.Thread(target=ask)
    late.start()
    while not amazon_sandbox.control("GET", "faults")["faults"][0]["played"]:
        pass
    amazon_sandbox.control("POST", "reset")
    late.join()
    assert len(failures) == 1
    assert amazon_sandbox.messages() == []
    assert amazon_sandbox.requests("createConfirmOrderDetails") == []


def test_a_client_may_be_used_after_the_sandbox_was_left_and_fails_as_without_a_network() -> None:
    with running() as amazon:
        options = amazon.options(repeats=0)
    with pytest.raises(BuyerlineError, match=r"127\.0\.0\.1"):
        from_options(options)


def from_options(options: object) -> None:
    from buyerline import SellingPartner

    with SellingPartner("US", **options) as amazon:  # type: ignore[arg-type] # as made
        amazon.sellers.get_account()


def test_the_plugin_loads_nothing_before_a_test_needs_it() -> None:
    heavy = ["granian", "litestar", "botocore", "msgspec", "pyreqwest", "http.client"]
    code = f"import sys, buyerline.testing.plugin; print([name for name in {heavy} if name in sys.modules])"
    before = "import sys, pytest; "
    loaded = [
        subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, timeout=60, check=True).stdout
        for text in (before + code, before + code.replace("buyerline.testing.plugin", "json"))
    ]
    assert loaded[0] == loaded[1]


def test_without_the_sandbox_other_tests_run_and_the_fixture_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text("import sys\nsys.modules['granian'] = None\n", "utf-8")
    shown = run_test(tmp_path, ONE_WITH_AND_ONE_WITHOUT)
    assert "1 passed, 1 error" in shown
    assert "pip install 'buyerline[testing]'" in shown


def test_variables_of_real_accounts_are_out_of_the_way(tmp_path: Path) -> None:
    content = """
import os, pytest

@pytest.fixture(autouse=True)
def developer(monkeypatch):
    monkeypatch.setenv("LWA_APP_ID_DEFAULT", "real")
    monkeypatch.setenv("SP_API_REFRESH_TOKEN_SHOP", "real")

def test_it(amazon_environment):
    assert "real" not in os.environ.values()
    assert amazon_environment.environment.items() <= os.environ.items()
"""
    assert "1 passed" in run_test(tmp_path, content)
