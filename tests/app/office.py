"""A running app with somebody in it, for tests: an office."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import httpx
import pytest

from buyerline.amazon.orders_types import Order
from buyerline.app.order_storing import store
from buyerline.app.server import Running, background
from buyerline.app.settings import Settings
from buyerline.app.viewer import Role, Viewer
from buyerline.testing import SellerAccount
from tests.app.desk import APPLICATION_ID
from tests.app.tables import sqlite_in
from tests.running import Amazon

if TYPE_CHECKING:
    from buyerline.amazon.connect import ClientOptions
    from buyerline.app.services import Services

OWNER = "olga@shop.example"
PASSWORD = "correct horse battery"

Files = Sequence[tuple[str, tuple[str, bytes, str]]]
"""Files of a form: the field's name, then the file's name, its bytes and its media type."""

_TOKEN = re.compile(r'name="_csrf_token" value="([^"]+)"')


class Visitor:
    """Somebody with a browser: keeps cookies, and sends the form's token with every change."""

    def __init__(self, url: str, **headers: str) -> None:
        # Nothing here is asked by TLS, and to load what would verify it takes longer than a page.
        self.http = httpx.Client(base_url=url, headers=headers, timeout=30, trust_env=False, verify=False)
        self._token = ""

    def get(self, path: str, **headers: str) -> httpx.Response:
        """Look at a page. Redirects are not followed."""
        answer = self.http.get(path, headers=headers)
        found = _TOKEN.search(answer.text) if "text/html" in answer.headers.get("content-type", "") else None
        self._token = found[1] if found else self._token
        return answer

    def post(
        self,
        path: str,
        form: Mapping[str, Any] | None = None,
        *,
        files: Files | None = None,
        htmx: bool = False,
        token: str | None = None,
    ) -> httpx.Response:
        """Send a form, with the token of the last page, or with `token`. Redirects are not followed."""
        if not self._token:
            self.get("/sign-in")
        data = {"_csrf_token": self._token if token is None else token, **(form or {})}
        headers = {"hx-request": "true"} if htmx else {}
        return self.http.post(path, data=data, files=files, headers=headers)

    def sign_in(self, email: str, password: str = PASSWORD) -> Self:
        """Sign in.

        Raises:
            AssertionError: it was refused.
        """
        self.get("/sign-in")
        answer = self.post("/sign-in", {"email": email, "password": password})
        assert answer.status_code == 303, answer.text
        return self

    def close(self) -> None:
        """Close the connections."""
        self.http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Office:
    """A running app: an owner, and the sandbox's seller connected under the name ``shop``."""

    def __init__(self, running: Running, amazon: Amazon) -> None:
        self.url = running.url
        self.welcome = running.welcome
        self.services: Services = running.services
        self.amazon = amazon
        self._open = ExitStack()

    def furnish(self) -> None:
        """Make the owner, and connect the seller."""
        self.services.people.make_owner(OWNER, "Olga Owner", PASSWORD)
        self.connect("Shop", self.amazon.default_account)

    @property
    def owner(self) -> Viewer:
        """The owner, as services know her."""
        person = next(person for person in self.services.people.list() if person.email == OWNER)
        return person.viewer()

    def connect(self, title: str, seller: SellerAccount, region: str = "na") -> str:
        """Connect another seller of the sandbox; the account's name."""
        account = self.services.accounts.connect(self.owner, title, region, seller.credentials.refresh_token)
        return account.name

    def keep(self, account: str, *amazon_orders: Order) -> None:
        """Have orders of an account here, as its synchronisation would."""
        number = self.services.accounts.of(self.owner, account).id
        with self.services.database.write() as connection:
            store(self.services.database, connection, number, amazon_orders)

    def visitor(self, email: str | None = OWNER, password: str = PASSWORD, **headers: str) -> Visitor:
        """A browser, signed in unless `email` is ``None``; closed at the end."""
        visitor = self._open.enter_context(Visitor(self.url, **headers))
        return visitor.sign_in(email, password) if email else visitor

    def agent(self, email: str = "anton@shop.example", accounts: Sequence[str] = ("shop",)) -> Visitor:
        """A signed-in agent who may see these accounts; made when there is none yet."""
        self.agents_view(email, accounts)
        return self.visitor(email)

    def agents_view(self, email: str = "anton@shop.example", accounts: Sequence[str] = ("shop",)) -> Viewer:
        """An agent as services know them; made when there is none yet."""
        people = self.services.people
        if not any(person.email == email for person in people.list()):
            numbers = [self.services.accounts.of(self.owner, name).id for name in accounts]
            name = email.partition("@")[0].title()
            people.accept(people.invite(self.owner, email, name, Role.AGENT, numbers), PASSWORD)
        return next(person for person in people.list() if person.email == email).viewer()

    def close(self) -> None:
        """Close what was opened for visitors."""
        self._open.close()


@contextmanager
def application_of(amazon: Amazon) -> Iterator[None]:
    """The variables from which an app learns of the sandbox's application, while the block lasts."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("BUYERLINE_SECRET_KEY", "BUYERLINE_URL", "BUYERLINE_TRUSTED_PROXIES"):
            patch.delenv(name, raising=False)
        patch.setenv("LWA_APP_ID", amazon.credentials.client_id)
        patch.setenv("LWA_CLIENT_SECRET", amazon.credentials.client_secret)
        patch.setenv("BUYERLINE_APPLICATION_ID", APPLICATION_ID)
        yield


@contextmanager
def opened(
    folder: Path, amazon: Amazon, *, furnished: bool = True, worker: bool = True, **settings: Any
) -> Iterator[Office]:
    """An office in a folder of its own, for the time of the block.

    Args:
        folder: for its database and its key.
        amazon: the sandbox that it asks.
        furnished: whether there is an owner and a connected account already.
        worker: whether messages are sent and orders synchronised.
        settings: those of `Settings`; without a database in them, there is a new one in the folder.
    """
    options: ClientOptions = {"endpoint": amazon.url, "lwa_endpoint": amazon.lwa_url, "timeout": 10}
    told: dict[str, Any] = {"port": 0, "folder": folder, "options": options, "worker": worker, **settings}
    if "database" not in told:
        told["database"] = sqlite_in(folder)
    with background(Settings(**told)) as running:
        office = Office(running, amazon)
        try:
            if furnished:
                office.furnish()
            yield office
        finally:
            office.close()
