"""The seller's app: what the first view of a page weighs, with everything that it loads."""

import gzip
import tempfile
import time
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit
from urllib.request import Request, urlopen

from bench.outbox_work import CLIENT_ID, CLIENT_SECRET
from bench.results import ViewFigures
from bench.server import Sandbox
from buyerline.app.server import background
from buyerline.app.services import Services
from buyerline.app.settings import Settings
from buyerline.app.web.middleware import session_cookie
from buyerline.sandbox import DEFAULT_REFRESH_TOKEN, GUIDE_ORDER

_LOADED = {"link": "href", "script": "src", "img": "src"}
"""Elements for which a browser asks at once, and the attribute that says where."""


def measure(tell: Callable[[str], None], *, quick: bool) -> list[ViewFigures]:  # noqa: ARG001 - it is quick anyway
    """The list of orders, as many as the sandbox has, and the page of the order that offers every message type."""
    tell("app: first views")
    with Sandbox(own_core=False) as sandbox, tempfile.TemporaryDirectory(prefix="buyerline-bench-") as folder:
        settings = Settings(
            port=0,
            database=f"sqlite:///{Path(folder, 'app.db')}",
            folder=Path(folder),
            options={"endpoint": sandbox.url, "lwa_endpoint": sandbox.url},
        )
        with background(settings) as app:
            cookie, account = _furnish(app.services)
            order = f"/orders/{account}/{GUIDE_ORDER}"
            _fetch(f"{app.url}{order}/offer", cookie)  # so that it is known what may be sent
            return [
                first_view("The list of orders", app.url, "/orders", cookie),
                first_view("An order", app.url, order, cookie),
            ]


def first_view(name: str, url: str, path: str, cookie: str) -> ViewFigures:
    """What a page weighs with everything that it names."""
    size, body = _fetch(url + path, cookie)
    named = _Named(body.decode()).places
    loaded = {urlsplit(place).path: _fetch(urljoin(url, place), cookie)[0] for place in named}
    return ViewFigures(name, {"the page": size} | loaded)


def _furnish(services: Services) -> tuple[str, str]:
    """A signed-in owner's cookie, and the account whose orders are here."""
    owner = services.people.make_owner("bench@shop.example", "Bench", "seven green boats").viewer()
    services.applications.set(owner, client_id=CLIENT_ID, client_secret=CLIENT_SECRET, application_id="")
    account = services.accounts.connect(owner, "Shop", "na", DEFAULT_REFRESH_TOKEN)
    while services.accounts.of(owner, account.name).sync.synced_at is None:
        time.sleep(0.05)
    return f"{session_cookie(services.settings)}={services.sessions.begin(owner.person_id, 'bench')}", account.name


def _fetch(url: str, cookie: str) -> tuple[int, bytes]:
    """The bytes of an answer as it comes over the wire, and its content."""
    asked = Request(url, headers={"Cookie": cookie, "Accept-Encoding": "gzip"})
    with urlopen(asked) as answer:
        body: bytes = answer.read()
        head = len("HTTP/1.1 200 OK\r\n\r\n") + sum(len(f"{name}: {value}\r\n") for name, value in answer.getheaders())
        packed = answer.getheader("Content-Encoding") == "gzip"
    return head + len(body), gzip.decompress(body) if packed else body


class _Named(HTMLParser):
    """What a page names that a browser loads with it, each once."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.places: dict[str, None] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what an element loads."""
        place = dict(attrs).get(_LOADED.get(tag, ""))
        if place:
            self.places[place] = None
