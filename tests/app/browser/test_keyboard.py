"""Everything is reached by the keyboard, and one sees where one is."""

from playwright.sync_api import Page, expect

from tests.app.browser.conftest import Open
from tests.app.browser.steps import TEXT, arrives, box, cards, choose, foot, list_orders, open_order, set_undo, write
from tests.app.office import Office

_RING = """() => {
  const at = document.activeElement;
  const seen = [at, at.closest("tr, li, label, .choice, .drop"), at.nextElementSibling].filter(Boolean);
  return seen.some((each) => {
    const look = getComputedStyle(each);
    return look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2;
  });
}"""
"""Whether what has the focus, or what stands for it, has a ring around it."""


def _go(page: Page, key: str, words: str, most: int = 40) -> None:
    """Press a key until what has the focus is called so."""
    for _ in range(most):
        page.keyboard.press(key)
        if page.evaluate("(document.activeElement.labels?.[0] ?? document.activeElement).innerText").strip() == words:
            return
    raise AssertionError(f"{key} never came to {words!r}")


def test_a_message_is_sent_without_a_mouse(office: Office, open_page: Open) -> None:
    set_undo(office, 0)
    page = open_page()
    list_orders(page, office)
    page.keyboard.press("/")
    expect(page.get_by_label("Search orders")).to_be_focused()
    page.keyboard.type(office.amazon.guide_order)
    page.keyboard.press("Enter")  # a whole order id leads to its order
    expect(cards(page).first).to_be_visible()

    _go(page, "Tab", "Ask about the customization")
    page.keyboard.press("Space")
    expect(box(page)).to_be_visible()
    _go(page, "Tab", "Your message")
    page.keyboard.type(TEXT)
    expect(foot(page)).to_contain_text("Ready")
    _go(page, "Tab", "Send")
    page.keyboard.press("Enter")
    arrives(page)
    assert [message.text for message in office.amazon.messages()] == [TEXT]


def test_control_and_enter_send_from_the_text(office: Office, open_page: Open) -> None:
    set_undo(office, 0)
    page = open_page()
    open_order(page, office)
    choose(page, "customization")
    write(page, TEXT)
    expect(foot(page)).to_contain_text("Ready")
    box(page).press("Control+Enter")
    arrives(page)
    assert [message.text for message in office.amazon.messages()] == [TEXT]


def test_j_and_k_walk_the_orders(office: Office, open_page: Open) -> None:
    page = open_page()
    list_orders(page, office)
    links = page.locator("[data-row] .open")
    for key, place in (("j", 0), ("j", 1), ("j", 2), ("k", 1)):
        page.keyboard.press(key)
        expect(links.nth(place)).to_be_focused()
    page.get_by_label("Search orders").press("j")  # there it is a letter
    expect(page.get_by_label("Search orders")).to_have_value("j")
    page.keyboard.press("Escape")
    expect(page.get_by_label("Search orders")).not_to_be_focused()
    links.nth(1).focus()
    order_id = links.nth(1).inner_text()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=f"Order {order_id}")).to_be_visible()


def test_the_focus_is_seen_wherever_it_goes(office: Office, open_page: Open) -> None:
    page = open_page()
    for path in ("/orders", "/outbox", "/settings", "/people/invite", "/accounts/connect"):
        page.goto(office.url + path)
        _walk(page)
    open_order(page, office)
    choose(page, "customization")
    write(page, TEXT)
    page.reload()
    _walk(page)


def test_the_first_stop_skips_to_the_content(office: Office, open_page: Open) -> None:
    page = open_page()
    page.goto(f"{office.url}/outbox")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


def test_escape_closes_a_menu(office: Office, open_page: Open) -> None:
    page = open_page()
    page.goto(f"{office.url}/outbox")
    page.locator("summary", has_text="Olga Owner").press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()


def _walk(page: Page, stops: int = 60) -> None:
    """Go through a page by Tab, up to its end."""
    seen: set[str] = set()
    for _ in range(stops):
        page.keyboard.press("Tab")
        here = page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        if here.startswith("<body"):
            return
        # A field for a date has several stops, around the later of which the browser draws a ring of its own.
        assert here in seen or page.evaluate(_RING), f"{page.url}: the focus is not seen on {here}"
        seen.add(here)
