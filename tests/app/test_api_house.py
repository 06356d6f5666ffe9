"""Accounts, people and the audit by the API."""

import pytest

from buyerline.app.audit import What
from buyerline.app.viewer import Role
from tests.app.programs import House


def test_a_program_learns_whose_key_it_has(house: House) -> None:
    me = house.owner.get("/me").json()
    assert (me["email"], me["role"], me["accounts"]) == ("olga@shop.example", "owner", ["shop"])
    assert (me["stand_in"], me["approval"]) == (True, False)


def test_accounts_tell_how_they_stand_and_nothing_secret(house: House) -> None:
    (account,) = house.owner.get("/accounts").json()["accounts"]
    assert (account["name"], account["state"], account["region"]) == ("shop", "connected", "na")
    assert {"id": "ATVPDKIKX0DER", "country": "US"} in account["marketplaces"]
    assert account == house.owner.get("/accounts/shop").json()
    assert "Atzr" not in house.owner.get("/accounts/shop").text


def test_testing_an_account_asks_amazon(house: House) -> None:
    before = house.owner.get("/accounts/shop").json()["tested_at"]
    tested = house.owner.post("/accounts/shop/test").json()
    assert tested["tested_at"] > before
    assert tested["trouble"] is None


def test_an_account_that_cannot_be_tested_says_so(house: House) -> None:
    with house.office.amazon.faulty("lwa", "status", status=503), house.office.amazon.faulty("*", "status", status=503):
        answer = house.owner.post("/accounts/shop/test")
    assert answer.status_code == 502


def test_orders_can_be_asked_for_now(house: House) -> None:
    answer = house.owner.post("/accounts/shop/synchronise")
    assert answer.status_code == 202
    assert answer.json()["sync"]["wanted_at"]


def test_a_disconnected_account_does_nothing_any_more(house: House) -> None:
    name = house.office.connect("Old", house.office.amazon.account())
    house.office.services.accounts.disconnect(house.office.owner, name)
    assert house.owner.get(f"/accounts/{name}").json()["state"] == "disconnected"
    assert house.owner.post(f"/accounts/{name}/test").status_code == 409
    assert house.owner.post(f"/accounts/{name}/synchronise").status_code == 409
    body = {"account": name, "order_id": "999-1111111-2222222", "type": "confirmOrderDetails", "text": "Hello there."}
    assert house.owner.post("/messages", body).status_code == 409


def test_owners_see_who_is_there(house: House) -> None:
    agent = house.agent()
    people = {person["email"]: person for person in house.owner.get("/people").json()["people"]}
    assert people[agent.viewer.email]["accounts"] == ["shop"]
    assert people["olga@shop.example"]["accounts"] is None
    assert not {"password", "digest"} & people["olga@shop.example"].keys()


def test_the_audit_is_filtered_and_paged(house: House) -> None:
    agent = house.agent()
    agent.post("/accounts/shop/test")
    (line,) = house.owner.get("/audit", person=agent.viewer.person_id, what=What.ACCOUNT_TESTED).json()["entries"]
    assert (line["who"], line["account"], line["said"]) == (
        agent.viewer.email,
        "Shop",
        "Tested an account's connection",
    )
    first = house.owner.get("/audit", limit=2).json()
    second = house.owner.get("/audit", limit=2, before=first["next"]).json()
    ids = [entry["id"] for entry in first["entries"] + second["entries"]]
    assert ids == sorted(set(ids), reverse=True)
    assert len(ids) == 4
    tested = house.owner.get("/audit", account="shop").json()["entries"]
    assert {entry["account"] for entry in tested} == {"Shop"}


@pytest.mark.parametrize("path", ["/people", "/audit"])
def test_agents_see_neither_people_nor_the_audit(house: House, path: str) -> None:
    answer = house.agent().get(path)
    assert answer.status_code == 403
    assert "owner" in answer.json()["detail"]
    assert house.agent(Role.OWNER).get(path).status_code == 200
