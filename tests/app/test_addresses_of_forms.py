"""The address that a form was sent to stands in the browser's bar where its answer says what is wrong.

Whoever looks at it again, by Enter there or by a bookmark, sees the page of the form.
"""

from collections.abc import Iterator

import pytest

from tests.app.lasting_office import lasting_office
from tests.app.office import Office, Visitor


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with lasting_office(tmp_path_factory.mktemp("office")) as made:
        yield made


@pytest.fixture(scope="module")
def owner(office: Office) -> Visitor:
    return office.visitor()


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("/orders/shop/902-0000000-0000001/send", "/orders/shop/902-0000000-0000001"),
        ("/orders/shop/902-0000000-0000001/files", "/orders/shop/902-0000000-0000001"),
        ("/outbox/06h03nghfr6z8s31/retry", "/outbox/06h03nghfr6z8s31"),
        ("/outbox/drafts/d1/discard", "/outbox/drafts"),
        ("/approvals/d1/give-back", "/approvals/d1"),
        ("/accounts/shop/rename", "/accounts/shop"),
        ("/accounts/consent", "/accounts/connect"),
        ("/people/1/shut-out", "/people/1"),
        ("/settings/password", "/settings"),
        ("/settings/keys/1/revoke", "/settings"),
        ("/sign-out", "/orders"),
    ],
)
def test_leads_to_the_page_of_the_form(owner: Visitor, address: str, page: str) -> None:
    answer = owner.get(address)
    assert (answer.status_code, answer.headers["location"]) == (303, page)


@pytest.mark.parametrize("address", ["//else.example/send", "/\\else.example/send", "/%5celse.example/send"])
def test_leads_to_no_other_site(owner: Visitor, address: str) -> None:
    location = owner.http.get(f"{owner.http.base_url}".rstrip("/") + address).headers.get("location", "/")
    assert not location.startswith(("//", "/\\", "http"))
