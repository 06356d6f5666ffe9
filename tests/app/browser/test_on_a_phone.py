"""What is different on a small screen: a bar below, menus that open above it, and nothing that hides what one needs.

That nothing has to be scrolled sideways is held for every page in test_all_pages.py, the nine steps in
test_nine_steps.py.
"""

from playwright.sync_api import expect

from tests.app.browser.conftest import Open
from tests.app.browser.pages import ON_A_PHONE
from tests.app.browser.steps import box, choose, foot, list_orders, send_button, write
from tests.app.office import Office


def test_the_bar_below_leads_everywhere(office: Office, open_page: Open) -> None:
    page = open_page(**ON_A_PHONE)
    list_orders(page, office)
    bar = page.get_by_role("navigation", name="Main, below")
    expect(page.get_by_role("navigation", name="Main", exact=True)).to_be_hidden()
    for word in ("Outbox", "Accounts", "Orders"):
        bar.get_by_role("link", name=word).tap()
        expect(page.get_by_role("heading", name=word, exact=True)).to_be_visible()
    for word in ("People", "Audit", "Settings"):
        bar.get_by_text("More").tap()
        bar.get_by_role("link", name=word).tap()
        expect(page.get_by_role("heading", name=word, exact=True)).to_be_visible()


def test_the_box_and_the_button_to_send_are_both_in_sight(office: Office, open_page: Open) -> None:
    page = open_page(**ON_A_PHONE)
    list_orders(page, office).tap()
    choose(page, "customization")
    write(page)
    expect(foot(page)).to_contain_text("Ready")
    box(page).tap()
    expect(box(page)).to_be_in_viewport()
    expect(send_button(page)).to_be_in_viewport(ratio=1)
    button, bar = send_button(page).bounding_box(), page.get_by_role("navigation", name="Main, below").bounding_box()
    assert button is not None
    assert bar is not None
    assert button["y"] + button["height"] <= bar["y"]
    assert button["height"] >= 44
