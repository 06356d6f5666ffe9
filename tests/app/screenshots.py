"""``python -m tests.app.screenshots``: how each page looks, light, dark and on a phone, into docs/screenshots/."""

import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, expect

from tests.app.browser.pages import DESK, PHONE, let_in
from tests.app.office import OWNER
from tests.app.scene import Scene, scene
from tests.browsers import NONE, program, running_browser
from tests.running import running

FOLDER = Path("docs/screenshots")

LOOKS = {
    "light": {"viewport": DESK, "color_scheme": "light"},
    "dark": {"viewport": DESK, "color_scheme": "dark"},
    "phone": {"viewport": PHONE, "color_scheme": "light", "has_touch": True, "is_mobile": True},
}

Show = Callable[[Page, Scene], object]


def _at(path: str) -> Show:
    return lambda page, shop: page.goto(shop.url(path))


def _order(page: Page, shop: Scene) -> None:
    page.goto(shop.url("/orders/hearth/{lamp}"))
    expect(page.locator("#foot")).to_contain_text("Ready")


def _written(page: Page, shop: Scene) -> None:
    page.goto(shop.url("/orders/hearth/{mug}"))
    expect(page.locator("#foot")).to_contain_text("to fix")
    page.get_by_label("Your message").evaluate("box => box.scrollIntoView({block: 'center'})")


PAGES: dict[str, Show] = {
    "orders": _at("/orders"),
    "order": _order,
    "order-written": _written,
    "outbox": _at("/outbox?tab=all"),
    "message": _at("/outbox/{unknown}"),
    "accounts": _at("/accounts"),
    "people": _at("/people"),
    "audit": _at("/audit"),
    "settings": _at("/settings"),
    "api": _at("/api/docs"),
}
"""What is shown to somebody who is signed in, by the file's name. Beside it there is the page to sign in."""


def main(folder: Path = FOLDER) -> int:
    """Take all screenshots."""
    if program() is None:
        print(NONE, file=sys.stderr)  # noqa: T201 - for whoever wants them
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    with (
        TemporaryDirectory() as kept,
        running(orders=60) as amazon,
        scene(Path(kept), amazon) as shop,
        running_browser() as browser,
    ):
        for look in LOOKS:
            _take_all(browser, shop, look, folder)
    return 0


def _take_all(browser: Browser, shop: Scene, look: str, folder: Path) -> None:
    with browser.new_context(reduced_motion="reduce", **LOOKS[look]) as context:  # type: ignore[arg-type]  # Playwright's keywords
        page = context.new_page()
        page.goto(f"{shop.office.url}/sign-in")
        page.screenshot(path=folder / f"sign-in-{look}.png")
        let_in(context, shop.office, OWNER)
        for name, show in PAGES.items():
            show(page, shop)
            page.screenshot(path=folder / f"{name}-{look}.png")


if __name__ == "__main__":
    sys.exit(main())
