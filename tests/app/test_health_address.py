"""Where a balancer or a monitor asks whether the app answers."""

from collections.abc import Iterator

import httpx
import pytest

from tests.app.lasting_office import lasting_office
from tests.app.office import Office
from tests.databases import free_port

HOSTS = ["10.0.0.7:8700", "messages.example.com", "evil.example"]


@pytest.fixture(scope="module")
def where(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where an app listens that people reach under another name."""
    settings = {"public_url": "https://messages.example.com", "port": free_port()}
    with lasting_office(tmp_path_factory.mktemp("office"), **settings) as office:
        yield _listening(office)


def _listening(office: Office) -> str:
    return f"http://127.0.0.1:{office.services.settings.port}"


@pytest.mark.parametrize("host", HOSTS)
def test_it_answers_whatever_host_is_asked_for_and_tells_nothing_else(where: str, host: str) -> None:
    answer = httpx.get(f"{where}/healthz", headers={"host": host}, trust_env=False)
    assert (answer.status_code, answer.text, answer.headers.get("set-cookie")) == (200, "ok", None)
    assert answer.headers["cache-control"] == "no-store"
    assert httpx.head(f"{where}/healthz", headers={"host": host}, trust_env=False).status_code == 200


def test_nothing_else_is_answered_to_other_hosts(where: str) -> None:
    for path in ("/healthz/", "/healthz/x", "/", "/sign-in", "/api/v1/me"):
        assert httpx.get(where + path, headers={"host": "evil.example"}, trust_env=False).status_code == 421
    changed = httpx.post(f"{where}/healthz", headers={"host": "evil.example"}, trust_env=False)
    assert changed.status_code == 421
