"""The pages in another language than English: that of the browser, or the one that somebody chose."""

import re

from playwright.sync_api import expect

from tests.app.browser.conftest import Open
from tests.app.browser.steps import SLOWLY, TEXT, list_orders, sent, set_undo
from tests.app.office import OWNER, PASSWORD, Office


def test_a_message_is_sent_in_german(office: Office, open_page: Open) -> None:
    set_undo(office, 0)
    page = open_page(None, locale="de-DE")
    page.goto(f"{office.url}/sign-in")
    page.get_by_label("E-Mail-Adresse").fill(OWNER)
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Anmelden").click()
    expect(page.get_by_role("heading", name="Bestellungen", exact=True)).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "de"

    list_orders(page, office).click()
    page.get_by_role("radio", name="Personalisierung").check()
    expect(page.locator(".choice:has(:checked)")).to_contain_text("Ask about the customization")  # Amazon's words
    page.get_by_label("Ihre Nachricht").fill(TEXT + " ada@example.com")
    expect(page.locator("#text-problems")).to_contain_text("E-Mail-Adressen sind nicht erlaubt.")
    page.get_by_label("Ihre Nachricht").fill(TEXT)
    expect(page.locator("#foot")).to_contain_text("Bereit")
    expect(page.get_by_text("Der Käufer liest Englisch.")).to_be_visible()
    page.get_by_role("button", name="Senden", exact=True).click()
    expect(sent(page)).to_contain_text("angenommen", timeout=SLOWLY)
    expect(sent(page).locator("time").first).to_have_text(re.compile(r"\d\d\.\d\d\.\d{4}"))
    assert [message.text for message in office.amazon.messages()] == [TEXT]


def test_the_language_that_somebody_chose_goes_before_the_browsers(office: Office, open_page: Open) -> None:
    page = open_page(locale="en-US", timezone_id="Europe/Berlin")
    page.goto(f"{office.url}/settings")
    page.get_by_label("Language").select_option("Deutsch")
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_role("heading", name="Einstellungen")).to_be_visible()
    expect(page.get_by_label("Zeitzone")).to_have_value("Europe/Berlin")
