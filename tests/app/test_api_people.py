"""Who asks, who else is there, and the audit by the API."""

import pytest

from buyerline.app.audit import What
from buyerline.app.viewer import Role
from tests.app.programs import House


def test_a_program_learns_whose_key_it_has(house: House) -> None:
    me = house.owner.get("/me").json()
    assert (me["email"], me["role"], me["accounts"]) == ("olga@shop.example", "owner", ["shop"])
    assert (me["stand_in"], me["approval"]) == (True, False)


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
    assert (line["who"], line["said"]) == (agent.viewer.email, "Tested an account's connection")
    assert (line["account"], line["account_title"]) == ("shop", "Shop")
    first = house.owner.get("/audit", limit=2).json()
    second = house.owner.get("/audit", limit=2, before=first["next"]).json()
    ids = [entry["id"] for entry in first["entries"] + second["entries"]]
    assert ids == sorted(set(ids), reverse=True)
    assert len(ids) == 4
    tested = house.owner.get("/audit", account="shop").json()["entries"]
    assert {entry["account"] for entry in tested} == {"shop"}


@pytest.mark.parametrize("path", ["/people", "/audit"])
def test_agents_see_neither_people_nor_the_audit(house: House, path: str) -> None:
    answer = house.agent().get(path)
    assert answer.status_code == 403
    assert "owner" in answer.json()["detail"]
    assert house.agent(Role.OWNER).get(path).status_code == 200
