"""Accounts, people and the audit by the API."""

from collections.abc import Iterator

import pytest

from buyerline.app.audit import What
from buyerline.app.viewer import Role
from tests.app.programs import House, house


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("house")) as made:
        yield made


def test_a_program_learns_whose_key_it_has(shop: House) -> None:
    me = shop.owner.get("/me").json()
    assert (me["email"], me["role"], me["accounts"]) == ("olga@shop.example", "owner", ["shop"])
    assert (me["stand_in"], me["approval"]) == (True, False)


def test_accounts_tell_how_they_stand_and_nothing_secret(shop: House) -> None:
    (account,) = shop.owner.get("/accounts").json()["accounts"]
    assert (account["name"], account["state"], account["region"]) == ("shop", "connected", "na")
    assert {"id": "ATVPDKIKX0DER", "country": "US"} in account["marketplaces"]
    assert account == shop.owner.get("/accounts/shop").json()
    assert "Atzr" not in shop.owner.get("/accounts/shop").text


def test_testing_an_account_asks_amazon(shop: House) -> None:
    before = shop.owner.get("/accounts/shop").json()["tested_at"]
    tested = shop.owner.post("/accounts/shop/test").json()
    assert tested["tested_at"] > before
    assert tested["trouble"] is None


def test_an_account_that_cannot_be_tested_says_so(shop: House) -> None:
    with shop.office.amazon.faulty("lwa", "status", status=503), shop.office.amazon.faulty("*", "status", status=503):
        answer = shop.owner.post("/accounts/shop/test")
    assert answer.status_code == 502


def test_orders_can_be_asked_for_now(shop: House) -> None:
    answer = shop.owner.post("/accounts/shop/synchronise")
    assert answer.status_code == 202
    assert answer.json()["sync"]["wanted_at"]


def test_a_disconnected_account_does_nothing_any_more(shop: House) -> None:
    name = shop.office.connect("Old", shop.office.amazon.account())
    shop.office.services.accounts.disconnect(shop.office.owner, name)
    assert shop.owner.get(f"/accounts/{name}").json()["state"] == "disconnected"
    assert shop.owner.post(f"/accounts/{name}/test").status_code == 409
    assert shop.owner.post(f"/accounts/{name}/synchronise").status_code == 409
    body = {"account": name, "order_id": "999-1111111-2222222", "type": "confirmOrderDetails", "text": "Hello there."}
    assert shop.owner.post("/messages", body).status_code == 409


def test_owners_see_who_is_there(shop: House) -> None:
    agent = shop.agent()
    people = {person["email"]: person for person in shop.owner.get("/people").json()["people"]}
    assert people[agent.viewer.email]["accounts"] == ["shop"]
    assert people["olga@shop.example"]["accounts"] is None
    assert not {"password", "digest"} & people["olga@shop.example"].keys()


def test_the_audit_is_filtered_and_paged(shop: House) -> None:
    agent = shop.agent()
    agent.post("/accounts/shop/test")
    (line,) = shop.owner.get("/audit", person=agent.viewer.person_id, what=What.ACCOUNT_TESTED).json()["entries"]
    assert (line["who"], line["account"], line["said"]) == (
        agent.viewer.email,
        "Shop",
        "Tested an account's connection",
    )
    first = shop.owner.get("/audit", limit=2).json()
    second = shop.owner.get("/audit", limit=2, before=first["next"]).json()
    ids = [entry["id"] for entry in first["entries"] + second["entries"]]
    assert ids == sorted(set(ids), reverse=True)
    assert len(ids) == 4
    tested = shop.owner.get("/audit", account="shop").json()["entries"]
    assert {entry["account"] for entry in tested} == {"Shop"}


@pytest.mark.parametrize("path", ["/people", "/audit"])
def test_agents_see_neither_people_nor_the_audit(shop: House, path: str) -> None:
    answer = shop.agent().get(path)
    assert answer.status_code == 403
    assert "owner" in answer.json()["detail"]
    assert shop.agent(Role.OWNER).get(path).status_code == 200
