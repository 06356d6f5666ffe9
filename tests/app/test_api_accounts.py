"""Accounts by the API."""

from tests.app.programs import House


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
