"""Who comes in, and what they may see."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from buyerline.app.one_time_links import Purpose
from buyerline.app.order_finding import Filters
from tests.app.browser.conftest import Open
from tests.app.browser.pages import Pages
from tests.app.browser.steps import fill_in, sign_in
from tests.app.office import OWNER, PASSWORD, Office, application_of, opened
from tests.running import Amazon
from tests.waiting import until


@pytest.fixture
def empty_office(tmp_path: Path, amazon: Amazon) -> Iterator[Office]:
    """An app that was started for the first time."""
    with application_of(amazon), opened(tmp_path, amazon, furnished=False) as office:
        yield office


def test_signing_in_leads_to_what_was_wanted_and_out_again(office: Office, open_page: Open) -> None:
    page = open_page(None)
    page.goto(f"{office.url}/outbox?tab=all")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    fill_in(page, OWNER, "a wrong password")
    expect(page.get_by_role("alert")).to_have_text("The email or the password is wrong.")
    expect(page.get_by_label("Email")).to_have_value(OWNER)
    fill_in(page, OWNER)
    expect(page).to_have_url(f"{office.url}/outbox?tab=all")

    page.get_by_role("banner").get_by_text("Olga Owner").click()
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{office.url}/orders")
    expect(page).to_have_url(re.compile("/sign-in"))


def test_too_many_wrong_passwords_have_to_wait(office: Office, open_page: Open) -> None:
    for _ in range(10):
        with office.visitor(None) as guessing:
            guessing.post("/sign-in", {"email": OWNER, "password": "a guess"})
    page = open_page(None)
    sign_in(page, office)
    expect(page.get_by_role("alert")).to_have_text("This was tried too often. Wait 15 min, then try again.")


def test_a_link_lets_in_and_times_are_the_browsers_from_the_next_page_on(office: Office, open_page: Open) -> None:
    secret = office.services.links.make(Purpose.ENTRY, office.owner.person_id)
    page = open_page(None, timezone_id="Asia/Tokyo")
    page.goto(f"{office.url}/enter/{secret}")
    expect(page.get_by_role("heading", name="Orders", exact=True)).to_be_visible()
    until(lambda: office.owner.zone is not None, "the browser has told its zone")
    page.goto(f"{office.url}/settings")
    expect(page.get_by_label("Time zone")).to_have_value("Asia/Tokyo")


def test_an_agent_sees_their_accounts_and_nothing_of_the_others(office: Office, open_page: Open) -> None:
    stall = office.connect("Stall", office.amazon.account(id="stall", orders=3))
    hidden = _orders_of(office, stall)[0]
    office.agents_view()
    page = open_page("anton@shop.example")
    page.goto(f"{office.url}/orders")
    words = page.get_by_role("navigation", name="Main", exact=True).locator("a .word")
    expect(words).to_have_text(["Orders", "Outbox", "Accounts", "Settings"])
    expect(page.get_by_text("Stall")).to_have_count(0)
    expect(page.get_by_text(hidden)).to_have_count(0)
    for path in ("/people", "/audit", f"/accounts/{stall}", f"/orders/{stall}/{hidden}", f"/orders?account={stall}"):
        page.goto(office.url + path)
        expect(page.get_by_role("heading", name="That did not work")).to_be_visible()


def test_an_invitation_lets_a_new_agent_in_once(office: Office, open_page: Open) -> None:
    owner, guest = open_page(), open_page(None)
    owner.goto(f"{office.url}/people")
    owner.get_by_role("link", name="Invite somebody").click()
    owner.get_by_label("Name").fill("Rosa Duarte")
    owner.get_by_label("Email").fill("rosa@shop.example")
    owner.get_by_label("Shop").check()
    owner.get_by_role("button", name="Make the invitation").click()
    link = owner.get_by_label("Link").input_value()

    guest.goto(link)
    guest.get_by_label("Password", exact=True).fill("short")
    guest.get_by_label("Repeat the password").fill("short")
    guest.get_by_role("button", name="Accept and sign in").click()
    expect(guest.locator(".problem")).to_contain_text("at least 12 characters")
    guest.get_by_label("Password", exact=True).fill(PASSWORD)
    guest.get_by_label("Repeat the password").fill(PASSWORD)
    guest.get_by_role("button", name="Accept and sign in").click()
    expect(guest.get_by_role("heading", name="Orders", exact=True)).to_be_visible()
    expect(guest.get_by_text("Rosa Duarte")).to_be_visible()

    another = open_page(None)
    another.goto(link)
    expect(another.get_by_role("heading", name="That did not work")).to_be_visible()


def test_the_first_start(browser: Browser, empty_office: Office) -> None:
    """The link makes the owner, who connects the seller; then the orders come by themselves."""
    with Pages(browser, empty_office) as pages:
        page = pages.open(None, timezone_id="Europe/Lisbon")
        page.goto(f"{empty_office.url}/sign-in")
        expect(page.get_by_text("This installation has no owner yet.")).to_be_visible()
        page.goto(empty_office.welcome or "")
        page.get_by_label("Your name").fill("Olga Owner")
        page.get_by_label("Email").fill(OWNER)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_label("Repeat the password").fill(PASSWORD)
        page.get_by_role("button", name="Begin").click()

        expect(page.get_by_role("heading", name="No account is connected")).to_be_visible()
        page.get_by_role("link", name="Connect an account").click()
        page.get_by_label("Refresh token").fill(empty_office.amazon.credentials.refresh_token)
        page.get_by_role("button", name="Test and connect").click()
        expect(page.locator("#notice")).to_contain_text("is connected. Its orders are being fetched.")
        page.get_by_role("link", name="Orders of this account").click()
        expect(page.get_by_role("link", name=empty_office.amazon.guide_order)).to_be_visible()
        assert empty_office.owner.zone == "Europe/Lisbon"


def test_a_second_seller_is_connected_by_amazons_consent_page(office: Office, open_page: Open) -> None:
    office.amazon.account(id="stall", name="The Stall", region="eu", marketplaces=["DE"], orders=2)
    page = open_page()
    page.goto(f"{office.url}/accounts")
    page.get_by_role("link", name="Connect an account").click()
    consent = page.locator("form", has=page.get_by_role("heading", name="In Seller Central"))
    consent.get_by_label("Name shown here").fill("Stall in Germany")
    consent.get_by_label("Sign in at").select_option("DE")
    consent.get_by_role("button", name="Continue to Amazon").click()

    expect(page.get_by_role("heading", name="act for a seller?")).to_be_visible()
    page.get_by_label("Seller's account").select_option("stall")
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator("#notice")).to_have_text("Stall in Germany is connected. Its orders are being fetched.")
    expect(page.get_by_text("Connected", exact=True).first).to_be_visible()
    page.reload()
    expect(page.locator("#notice")).to_be_empty()
    assert len(_orders_of(office, "stall-in-germany")) == 2


def test_a_password_is_changed_and_ends_other_sessions(office: Office, open_page: Open) -> None:
    page, elsewhere = open_page(), open_page()
    elsewhere.goto(f"{office.url}/settings")
    page.goto(f"{office.url}/settings")
    form = page.locator("#password")
    form.get_by_label("Current password").fill(PASSWORD)
    form.get_by_label("New password").fill("another horse battery")
    form.get_by_label("Repeat the password").fill("another horse battery")
    form.get_by_role("button", name="Change the password").click()
    expect(page.get_by_role("heading", name="Settings")).to_be_visible()
    elsewhere.reload()
    fill_in(elsewhere, OWNER, "another horse battery")
    expect(elsewhere.get_by_role("heading", name="Settings")).to_be_visible()


def _orders_of(office: Office, account: str) -> list[str]:
    """The ids of an account's orders, once they are here."""
    known = Filters(accounts=frozenset({office.services.accounts.of(office.owner, account).id}))
    until(lambda: office.services.orders.page(office.owner, known).rows, "the orders are here")
    return [row.order_id for row in office.services.orders.page(office.owner, known).rows]
