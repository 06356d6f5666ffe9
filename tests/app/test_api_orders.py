"""Orders by the API: lists, what Amazon takes for one, and checks that send nothing."""

import base64

from tests.app.programs import House, letter


def test_an_order_tells_what_was_bought_and_nothing_of_the_buyer(house: House) -> None:
    item = {"title": "A green mug", "sku": "MUG-GREEN", "asin": "B00GREEN17", "quantity": 2, "price": "12.50"}
    order = house.owner.get(f"/orders/shop/{house.order(items=[item], state='shipped')}").json()
    assert order["items"] == [{**item, "currency": "USD"}]
    assert (order["status"], order["fulfilled_by"], order["currency"]) == ("SHIPPED", "MERCHANT", "USD")
    assert (order["messages"], order["last_state"]) == (0, None)
    assert not {"buyer", "name", "address", "phone", "email"} & {key.lower() for key in order}


def test_orders_are_listed_page_by_page_newest_first(house: House) -> None:
    whole = house.owner.get("/orders", limit=200).json()
    assert whole["next"] is None
    page = house.owner.get("/orders", limit=7).json()
    pages, following = page["orders"], page["next"]
    while following is not None:
        page = house.owner.get("/orders", limit=7, before=following).json()
        pages += page["orders"]
        following = page["next"]
    assert pages == whole["orders"]
    assert [order["bought_at"] for order in pages] == sorted((order["bought_at"] for order in pages), reverse=True)


def test_orders_are_searched_and_filtered_as_on_the_page(house: House) -> None:
    made = house.order(items=[{"title": "An amphora of bronze"}], state="shipped", fulfilled_by="AMAZON")
    alike = {"q": "amphora", "status": "SHIPPED", "fulfilled_by": "AMAZON", "marketplace": "US", "account": "shop"}
    found = house.owner.get("/orders", messaged=False, **alike).json()["orders"]
    assert [order["order_id"] for order in found] == [made]
    for other in ({"status": "UNSHIPPED"}, {"fulfilled_by": "MERCHANT"}, {"marketplace": "CA"}, {"messaged": True}):
        assert house.owner.get("/orders", **{**alike, **other}).json()["orders"] == []


def test_an_order_that_was_written_about_is_found_as_such(house: House) -> None:
    made = house.order(items=[{"title": "A tea cosy"}])
    house.owner.post("/messages", letter(made))
    assert house.owner.get("/orders", q="cosy", messaged=True).json()["orders"][0]["last_state"] == "queued"


def test_accounts_and_marketplaces_that_are_none_are_refused(house: House) -> None:
    assert house.owner.get("/orders", account="nobody").status_code == 404
    assert house.owner.get("/orders", marketplace="XX").json()["field"] == "marketplace"


def test_what_amazon_takes_comes_with_its_words_and_limits(house: House) -> None:
    made = house.order(
        types=["confirmOrderDetails", "warranty", "sendInvoice"],
        disabled={"confirmOrderDetails": "It was sent already."},
        locale="de-DE",
    )
    offer = house.owner.get(f"/orders/shop/{made}/actions", fresh=True).json()
    assert (offer["locale"], offer["trouble"], offer["closed_reason"]) == ("de-DE", None, None)
    actions = {action["name"]: action for action in offer["actions"]}
    assert "It was sent already." in actions["confirmOrderDetails"]["why_not"]
    assert actions["confirmOrderDetails"]["text"]["max_length"] == 2000
    assert actions["confirmOrderDetails"]["form"]["properties"]
    assert (actions["warranty"]["coverage"], actions["warranty"]["attachments"]["max_items"]) == (True, 5)
    assert (actions["sendInvoice"]["type"], actions["sendInvoice"]["text"]) == ("invoice", None)
    assert all(action["title"] for action in offer["actions"])


def test_a_closed_order_tells_why(house: House) -> None:
    offer = house.owner.get(f"/orders/shop/{house.order(closed=True)}/actions").json()
    assert offer["actions"] == []
    assert offer["closed_reason"]


def test_when_amazon_cannot_be_asked_that_is_told_and_nothing_fails(house: House) -> None:
    made = house.order()
    with house.office.amazon.faulty("getMessagingActionsForOrder", "status", status=500):
        offer = house.owner.get(f"/orders/shop/{made}/actions").json()
        checked = house.owner.post(f"/orders/shop/{made}/check", {"type": "confirmOrderDetails", "text": "a@b.example"})
    assert (offer["actions"], offer["asked_at"]) == ([], None)
    assert "Try again" in offer["trouble"]
    assert checked.json()["trouble"] == offer["trouble"]
    assert [problem["code"] for problem in checked.json()["problems"]] == ["text_email"]


def test_a_check_tells_what_is_wrong_and_sends_nothing(house: House) -> None:
    made = house.order()
    body = {"type": "confirmOrderDetails", "text": "Look at http://a.example and write to a@b.example."}
    answer = house.owner.post(f"/orders/shop/{made}/check", body).json()
    assert answer["ready"] is False
    assert {problem["code"] for problem in answer["problems"]} >= {"text_link", "text_email"}
    assert all(problem["start"] is not None for problem in answer["problems"])
    assert house.owner.get("/messages", order=made).json()["messages"] == []


def test_a_check_looks_at_files_too(house: House) -> None:
    made = house.order(types=["sendInvoice"])
    files = [{"file_name": "invoice.exe", "content": base64.b64encode(b"MZ").decode()}]
    answer = house.owner.post(f"/orders/shop/{made}/check", {"type": "invoice", "attachments": files}).json()
    assert {problem["field"] for problem in answer["problems"]} == {"attachments[0]"}


def test_a_message_that_is_right_is_ready(house: House) -> None:
    made = house.order(locale="en-US")
    body = {"type": "confirmOrderDetails", "text": "Which of the two colours would you like to have?"}
    answer = house.owner.post(f"/orders/shop/{made}/check", body).json()
    assert (answer["ready"], answer["problems"], answer["warning"]) == (True, [], None)
    assert answer["asked_at"]


def test_a_check_warns_of_another_language_than_the_buyer_reads(house: House) -> None:
    made = house.order(locale="de-DE")
    body = {"type": "confirmOrderDetails", "text": "Which of the two colours would you like to have with your order?"}
    answer = house.owner.post(f"/orders/shop/{made}/check", body).json()
    assert answer["ready"] is True
    assert "German" in answer["warning"]


def test_a_type_that_the_order_does_not_take_is_told(house: House) -> None:
    made = house.order(types=["sendInvoice"])
    answer = house.owner.post(f"/orders/shop/{made}/check", {"type": "warranty"}).json()
    assert [problem["code"] for problem in answer["problems"]] == ["type_not_available"]
