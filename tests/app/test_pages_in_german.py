"""The pages speak the viewer's language: the browser's until they choose one."""

from tests.app.html import Page
from tests.app.office import Office
from tests.app.stock import told


def test_pages_speak_the_browsers_language_until_the_person_chooses_another(office: Office) -> None:
    stranger = office.visitor(None, **{"accept-language": "de-AT, en;q=0.5"})
    answer = stranger.get("/sign-in")
    assert answer.headers["content-language"] == "de"
    assert '<html lang="de">' in answer.text
    assert "Anmelden" in answer.text

    owner = office.visitor(**{"accept-language": "de-AT, en;q=0.5"})
    assert "Einstellungen" in owner.get("/settings").text
    chosen = {"name": "Olga Owner", "language": "en", "zone": "Europe/Berlin", "undo_seconds": "10"}
    assert owner.post("/settings/profile", chosen).status_code == 303
    assert "Settings" in owner.get("/settings").text


def test_a_message_type_goes_by_its_german_title_with_amazons_beneath(office: Office) -> None:
    order = told(0)
    office.amazon.lift_plans()
    office.amazon.order(order_id=order.order_id)
    office.keep("shop", order)
    path = f"/orders/shop/{order.order_id}?ask=yes"
    german = Page(office.visitor(**{"accept-language": "de"}).get(path)).text
    assert "Zur Bestellung etwas fragen Bei Amazon: „Ask about the order“" in german
    english = Page(office.visitor().get(path)).text
    assert "Ask about the order" in english
    assert "At Amazon" not in english

    queued = office.services.outbox.add(order.order_id, "confirmOrderDetails", text="Green?", account="shop")
    german = Page(office.visitor(**{"accept-language": "de"}).get(f"/outbox/{queued.id}")).text
    assert "Bei Amazon: „Ask about the order“" in german


def test_problems_of_a_form_are_told_in_german(office: Office) -> None:
    owner = office.visitor(**{"accept-language": "de"})
    answer = owner.post("/settings/profile", {"name": "", "language": "", "zone": "", "undo_seconds": "10"})
    assert answer.status_code == 422
    assert "Geben Sie einen Namen mit höchstens" in answer.text


def test_an_address_that_does_not_exist_is_told_in_the_persons_own_language_and_frame(office: Office) -> None:
    owner = office.visitor()
    chosen = {"name": "Olga Owner", "language": "de", "zone": "Europe/Berlin", "undo_seconds": "10"}
    assert owner.post("/settings/profile", chosen).status_code == 303
    for address in ("/nowhere", "/orders/shop/a/b/c", "/nowhere/at/all/"):
        answer = owner.get(address)
        assert (answer.status_code, '<html lang="de">' in answer.text) == (404, True), address
        assert "Bestellungen" in answer.text, "the frame leads on"
    stranger = office.visitor(None).get("/nowhere")
    assert (stranger.status_code, "Orders" in stranger.text) == (404, False)
    api = owner.get("/api/v1/nowhere")
    assert (api.status_code, api.headers["content-type"]) == (404, "application/problem+json")
