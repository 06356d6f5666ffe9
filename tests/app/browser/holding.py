"""Answers that come when a test lets them: late, in another order, or not at all."""

from typing import Self

from playwright.sync_api import APIResponse, Page, Route

from tests.waiting import until

HEARD = """(() => {
  window.heard = 0;
  window.EventSource = class extends EventSource {
    constructor(url) {
      super(url);
      this.addEventListener("changed", () => (window.heard += 1));
    }
  };
})()"""
"""A script that counts, from a page's beginning on, the news of messages that it was told."""


class Held:
    """Requests that the server answers at once, and whose answers are kept from the page.

    Attributes:
        answers: those that are kept, the oldest first.
    """

    def __init__(self, page: Page, path: str, method: str = "POST") -> None:
        """Keep the answers to requests for `path`, a pattern of Playwright's (``**/draft``)."""
        self._page = page
        self._method = method
        self._over = False
        self.answers: list[tuple[Route, APIResponse]] = []
        page.route(path, self._hold)

    def _hold(self, route: Route) -> None:
        if self._over or route.request.method != self._method:
            route.fallback()
            return
        self.answers.append((route, route.fetch(max_redirects=0)))

    def wait(self, count: int = 1) -> Self:
        """Wait until so many answers are kept."""
        until(lambda: self._page.evaluate("true") and len(self.answers) >= count, f"{count} answers are kept")
        return self

    def let_go(self) -> None:
        """Give the page the oldest answer that is kept."""
        route, answer = self.answers.pop(0)
        route.fulfill(response=answer)

    def cut(self) -> None:
        """Let the page never see the oldest answer that is kept: the connection is lost."""
        self.answers.pop(0)[0].abort("internetdisconnected")

    def end(self) -> None:
        """Give the page what is kept, and keep nothing any more."""
        self._over = True
        while self.answers:
            self.let_go()
