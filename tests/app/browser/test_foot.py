"""The foot of an order's page stays in sight, and hides nothing of what one is at or is led to."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.app.browser.conftest import Open
from tests.app.browser.holding import Held
from tests.app.browser.steps import TEXT, box, choose, foot, open_order, send_button, write
from tests.app.office import Office

LAPTOP = {"viewport": {"width": 1366, "height": 650}}
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
ENLARGED = {"viewport": {"width": 320, "height": 256}}
"""A window of 1280 by 1024 at 400 %, see WCAG 2.2, 1.4.10."""

WRONG = "Hello! Please write to bob@example.com today and tell us which colour you would like."
GERMAN = "Guten Tag, möchten Sie die Gravur lieber auf der Vorderseite oder auf der Rückseite der Tasse haben?"

_SEEN = """element => {
  const { left, right, top, bottom } = element.getBoundingClientRect();
  return [top + 1, (top + bottom) / 2, bottom - 1].map((y) => {
    const there = document.elementFromPoint((left + right) / 2, y);
    return there !== null && (element.contains(there) || there.contains(element));
  });
}"""
"""Which of an element's upper edge, middle and lower edge are in sight, with nothing before them."""


def _writing(office: Office, open_page: Open, **options: Any) -> Page:
    page = open_page(**options)
    open_order(page, office)
    choose(page, "customization")
    return page


def _wholly_seen(part: Locator) -> None:
    expect(part).to_be_visible()
    assert part.evaluate(_SEEN) == [True, True, True]


@pytest.mark.parametrize("size", [LAPTOP, PHONE, ENLARGED], ids=["laptop", "phone", "enlarged"])
def test_what_is_to_fix_comes_into_sight_where_the_foot_leads_to_it(
    office: Office, open_page: Open, size: dict[str, Any]
) -> None:
    page = _writing(office, open_page, **size)
    write(page, WRONG)
    foot(page).get_by_role("link", name="the message").click()
    expect(box(page)).to_be_focused()
    _wholly_seen(page.locator("#text-problems .problem"))


@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_that_the_buyer_reads_another_language_is_said_where_it_says_ready(
    office: Office, open_page: Open, size: dict[str, Any]
) -> None:
    page = _writing(office, open_page, **size)
    write(page, GERMAN)
    warning = foot(page).get_by_role("link", name="Ready, but it looks German")
    _wholly_seen(warning)
    warning.click()
    expect(box(page)).to_be_focused()
    _wholly_seen(page.locator("#language"))


@pytest.mark.parametrize("size", [LAPTOP, PHONE, ENLARGED], ids=["laptop", "phone", "enlarged"])
def test_what_the_keyboard_goes_to_is_not_hidden_behind_it(
    office: Office, open_page: Open, size: dict[str, Any]
) -> None:
    """Forwards and backwards. See WCAG 2.2, 2.4.11."""
    page = _writing(office, open_page, **size)
    write(page, WRONG)
    for key, last in (("Tab", "send"), ("Shift+Tab", "text")):
        gone_to: list[str] = []
        while last not in gone_to and len(gone_to) < 20:
            page.keyboard.press(key)
            at = page.evaluate_handle("document.activeElement.closest('.drop') || document.activeElement")
            gone_to.append(at.evaluate("element => element.id"))
            assert any(at.evaluate(_SEEN)), at.evaluate("element => element.outerHTML")
        assert gone_to[-1] == last


def test_nothing_moves_when_the_keyboard_goes_to_its_buttons(office: Office, open_page: Open) -> None:
    page = _writing(office, open_page, **LAPTOP)
    write(page, TEXT)
    expect(foot(page)).to_contain_text("Ready")
    page.locator("#file").focus()
    before = page.evaluate("scrollY")
    for _ in range(3):
        page.keyboard.press("Tab")
    expect(send_button(page)).to_be_focused()
    assert page.evaluate("scrollY") == before


def test_the_text_comes_first_where_little_is_in_sight(office: Office, open_page: Open) -> None:
    page = _writing(office, open_page, **ENLARGED)
    write(page, TEXT)
    box(page).click(position={"x": 20, "y": 60})
    expect(box(page)).to_be_focused()
    place = page.locator(".foot").bounding_box()
    written = box(page).bounding_box()
    assert place is not None
    assert written is not None
    assert place["y"] >= written["y"] + written["height"]


def test_its_menus_fit_on_a_narrow_screen(office: Office, open_page: Open) -> None:
    page = _writing(office, open_page, **PHONE)
    for words in ("Send later", "Discard"):
        page.locator(".foot summary", has_text=words).tap()
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["viewport"]["width"]


def test_it_is_as_wide_as_the_ring_around_the_box_above_it(office: Office, open_page: Open) -> None:
    page = _writing(office, open_page, **LAPTOP)
    ring = page.evaluate(
        "() => { const { outlineWidth, outlineOffset } = getComputedStyle(document.activeElement);"
        " return parseFloat(outlineWidth) + parseFloat(outlineOffset) }"
    )
    place, written = page.locator(".foot").bounding_box(), box(page).bounding_box()
    assert ring > 0
    assert place is not None
    assert written is not None
    assert place["x"] <= written["x"] - ring
    assert place["x"] + place["width"] >= written["x"] + written["width"] + ring


class TestWhatIsUnderWay:
    def test_is_said_of_saving_that_takes_long(self, office: Office, open_page: Open) -> None:
        """And nothing is said of an older text meanwhile."""
        page = _writing(office, open_page)
        write(page, WRONG)
        answers = Held(page, "**/draft")
        box(page).fill(TEXT)
        expect(page.locator("#doing")).to_have_text("Saving …")
        expect(foot(page)).to_be_hidden()
        expect(page.locator("#saved")).to_be_hidden()
        answers.wait().end()
        expect(foot(page)).to_contain_text("Ready")
        expect(page.locator("#doing")).to_be_hidden()
        expect(page.locator("#saved")).to_contain_text("Saved")

    def test_is_said_of_sending(self, office: Office, open_page: Open) -> None:
        page = _writing(office, open_page)
        write(page, TEXT)
        expect(foot(page)).to_contain_text("Ready")
        page.evaluate(
            "navigation.addEventListener('navigate', () => (window.name = document.getElementById('doing').innerText))"
        )
        send_button(page).click()
        expect(page.locator("#timeline")).to_contain_text(TEXT)
        assert page.evaluate("window.name") == "Sending …"

    def test_is_said_of_sending_that_waits_for_saving(self, office: Office, open_page: Open) -> None:
        page = _writing(office, open_page)
        write(page, WRONG)
        saves = Held(page, "**/draft")
        box(page).fill(TEXT)
        saves.wait()
        send_button(page).click()
        expect(page.locator("#doing")).to_have_text("Sending …")
        saves.end()
        expect(page.locator("#timeline")).to_contain_text(TEXT)

    def test_is_not_said_any_more_when_it_failed(self, office: Office, open_page: Open) -> None:
        """What could not be sent says what to do now: also once the connection is back."""
        page = _writing(office, open_page)
        write(page, TEXT)
        page.context.set_offline(True)
        box(page).fill(TEXT + " Tell us by Friday.")
        expect(page.locator("#lost-connection")).to_be_visible()
        send_button(page).click()
        expect(page.get_by_text("Send it again once this is mended.")).to_be_visible()
        expect(page.locator("#doing")).to_be_hidden()
        page.context.set_offline(False)
        expect(page.locator("#lost-connection")).to_be_hidden()
        expect(page.get_by_text("That is mended: send it again.")).to_be_visible()
        expect(page.get_by_text("Send it again once this is mended.")).to_be_hidden()
