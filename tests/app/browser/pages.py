"""Pages in a browser, and who looks at them."""

from contextlib import ExitStack
from typing import Any, Self
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

from tests.app.office import OWNER, Office

DESK = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 844}
ON_A_PHONE = {"viewport": PHONE, "has_touch": True, "is_mobile": True}

PATIENCE = 15_000
"""Milliseconds after which what is bound to happen counts as stuck."""

_EXPECTED = (
    "the server responded with a status of 4",  # what a server answers to a page's wrong input is logged as an error
    "net::ERR_INTERNET_DISCONNECTED",  # only where a test cuts the connection, and so is what htmx says of it
    "htmx:sendError",
    "htmx:afterRequest",
    "htmx:sendAbort",  # of two filters that are pressed one after the other the first is called off
)


class Pages:
    """Pages of an office in a browser. None of them may fail, complain, or ask another host for anything."""

    def __init__(self, browser: Browser, office: Office) -> None:
        self._browser = browser
        self._office = office
        self._open = ExitStack()
        self._complaints: list[str] = []

    def open(self, email: str | None = OWNER, **options: Any) -> Page:
        """A page of a browser of its own, in which somebody is signed in unless `email` is ``None``.

        Further keywords are those of Playwright's contexts (``java_script_enabled=False``, ``color_scheme="dark"``).
        """
        context = self._browser.new_context(**{"viewport": DESK, "reduced_motion": "reduce", **options})
        self._open.callback(context.close)
        context.set_default_timeout(PATIENCE)
        context.on("page", self._watch)
        if email is not None:
            let_in(context, self._office, email)
        return context.new_page()

    def complaints(self) -> list[str]:
        """What went wrong since this was asked last."""
        told, self._complaints = self._complaints, []
        return told

    def _watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self._complaints.append(f"failed: {error}"))
        page.on("console", self._note_words)
        page.on("request", self._note_stranger)
        page.on("response", self._note_missing)

    def _note_words(self, said: ConsoleMessage) -> None:
        if said.type == "error" and not any(words in said.text for words in _EXPECTED):
            self._complaints.append(said.text)

    def _note_missing(self, response: Response) -> None:
        if response.status >= 400 and response.request.resource_type not in {"document", "eventsource", "fetch", "xhr"}:
            self._complaints.append(f"{response.status}: {response.url}")

    def _note_stranger(self, request: Request) -> None:
        place = urlsplit(request.url)
        ours = {urlsplit(url).netloc for url in (self._office.url, self._office.amazon.url)}
        if place.scheme in {"http", "https"} and place.netloc not in ours:
            self._complaints.append(f"asked {place.netloc}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._open.close()
        complaints = self.complaints()
        assert kind is not None or not complaints, complaints


def let_in(context: BrowserContext, office: Office, email: str) -> None:
    """Have a browser signed in, without asking for the password: what the page for that does has tests of its own."""
    person = next(person for person in office.services.people.list() if person.email == email)
    cookie = office.services.sessions.begin(person.id, "Chromium/ Linux")
    context.add_cookies([{"name": "session", "value": cookie, "url": office.url, "httpOnly": True, "sameSite": "Lax"}])
