"""Every page, as it is with a day's work in it: for everybody, on every screen, and in silence."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.app import scene as scenes
from tests.app.browser.accessibility import violations
from tests.app.browser.pages import DESK, PHONE, Pages
from tests.app.browser.steps import fill_in
from tests.app.office import OWNER
from tests.app.scene import Scene, scene
from tests.running import running


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with running(orders=6) as amazon, scene(tmp_path_factory.mktemp("shop"), amazon) as made:
        yield made


@pytest.fixture(scope="module")
def pages(browser: Browser, shop: Scene) -> Iterator[Pages]:
    with Pages(browser, shop.office) as opened:
        yield opened


@pytest.fixture(scope="module")
def page_of(pages: Pages) -> Callable[[str | None], Page]:
    """The page of somebody, in a browser in which they stay signed in."""
    known: dict[str | None, Page] = {}

    def page(email: str | None) -> Page:
        if email not in known:
            known[email] = pages.open(email)
        return known[email]

    return page


@dataclass(frozen=True)
class Place:
    """Something to look at.

    Attributes:
        path: where it is; names of the scene's things in braces.
        email: who looks.
        does: what they do there first.
    """

    path: str
    email: str | None = OWNER
    does: Callable[[Page], object] | None = None


def _opens(words: str) -> Callable[[Page], object]:
    def click(page: Page) -> None:
        page.locator("summary:visible", has_text=words).click()

    return click


def _presses(button: str) -> Callable[[Page], object]:
    def press(page: Page) -> None:
        page.get_by_role("button", name=button, exact=True).click()
        expect(page.locator(".problem, .notice.wrong").first).to_be_visible()

    return press


def _leaves_few_of(selector: str) -> Callable[[Page], object]:
    """Of very many that are alike a few are enough to look at."""
    return lambda page: page.locator(selector).evaluate_all("all => all.slice(4).forEach(each => each.remove())")


PLACES = {
    "sign-in": Place("/sign-in", None),
    "sign-in refused": Place("/sign-in", None, lambda page: fill_in(page, OWNER, "wrong")),
    "invitation": Place("/invitation/{invitation}", None),
    "invitation refused": Place("/invitation/{invitation}", None, _presses("Accept and sign in")),
    "new password": Place("/password/{password}", None),
    "old link": Place("/welcome/no-longer", None),
    "orders": Place("/orders"),
    "menu open": Place("/people", does=_opens("Olga Lindqvist")),
    "orders filtered": Place("/orders?status=SHIPPED&messaged=no"),
    "orders, none found": Place("/orders?q=nothing-of-that-kind&status=SHIPPED"),
    "order": Place("/orders/hearth/{kettle}"),
    "order with problems": Place("/orders/hearth/{mug}", does=_presses("Send")),
    "order ready to send": Place("/orders/hearth/{lamp}"),
    "order, later": Place("/orders/hearth/{lamp}", does=_opens("Send later")),
    "order, discarding": Place("/orders/hearth/{lamp}", does=_opens("Discard")),
    "order that waits": Place("/orders/hearth/{held}", scenes.AGENT),
    "outbox": Place("/outbox"),
    "outbox, all": Place("/outbox?tab=all"),
    "drafts": Place("/outbox/drafts"),
    "drafts, discarding": Place(
        "/outbox/drafts", does=lambda page: page.locator("summary", has_text="Discard").first.click()
    ),
    "outbox, nothing": Place("/outbox?tab=ended&order=114"),
    "outbox, wrong days": Place("/outbox?since=yesterday"),
    "unknown message": Place("/outbox/{unknown}"),
    "sending it again": Place("/outbox/{unknown}/again"),
    "approval": Place("/approvals/{waiting}"),
    "approval, no reason": Place("/approvals/{waiting}", does=_presses("Give it back to Anton Weber")),
    "accounts": Place("/accounts"),
    "account": Place("/accounts/hearth"),
    "disconnecting": Place("/accounts/hearth/disconnect"),
    "connecting": Place("/accounts/connect"),
    "connecting refused": Place("/accounts/connect", does=_presses("Test and connect")),
    "application": Place("/accounts/application"),
    "people": Place("/people"),
    "person": Place("/people/2"),
    "invited person": Place("/people/4"),
    "inviting refused": Place("/people/invite", does=_presses("Make the invitation")),
    "audit": Place("/audit"),
    "settings": Place("/settings"),
    "settings refused": Place("/settings", does=_presses("Change the password")),
    "API": Place("/api/docs", does=_leaves_few_of(".api-operation")),
    "nothing there": Place("/nothing/there"),
    "not allowed": Place("/people", scenes.AGENT),
}


@pytest.mark.parametrize("name", PLACES)
def test_a_page(name: str, shop: Scene, pages: Pages, page_of: Callable[[str | None], Page]) -> None:
    """No barrier in light or dark, at a desk or on a phone; nothing to scroll sideways; no complaint, no stranger."""
    place = PLACES[name]
    page = page_of(place.email)
    page.set_viewport_size(DESK)  # type: ignore[arg-type]  # a width and a height
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.goto(shop.url(place.path))
    if place.does is not None:
        place.does(page)

    found = [f"desk, light: {each}" for each in violations(page)]
    page.emulate_media(color_scheme="dark")
    found += [f"desk, dark: {each}" for each in violations(page, "color-contrast")]
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # likewise
    found += [f"phone, dark: {each}" for each in violations(page)]
    page.emulate_media(color_scheme="light")
    found += [f"phone, light: {each}" for each in violations(page, "color-contrast")]
    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert pages.complaints() == []
