"""Programs that use the API, whose every answer is held against the OpenAPI document."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs

from buyerline.app.synchronising import DATASETS
from buyerline.app.viewer import Role, Viewer
from tests.app.lasting_office import lasting_office, somebody
from tests.app.office import Office

API = "/api/v1"
FILE = "application/octet-stream"
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)

_numbers = count(1)


class Document:
    """The OpenAPI document of a running app."""

    def __init__(self, url: str) -> None:
        self.raw: dict[str, Any] = httpx.get(f"{url}/api/openapi.json", trust_env=False).raise_for_status().json()
        self._paths = {re.compile(re.sub(r"\{\w+\}", "[^/]+", path)): item for path, item in self.raw["paths"].items()}

    def check(self, answer: httpx.Response) -> None:
        """Whether the document has such an answer.

        Raises:
            AssertionError: it has not.
        """
        told = self._told(answer)
        status = str(answer.status_code)
        assert status in told["responses"], f"{status} is not documented: {answer.text}"
        contents = told["responses"][status].get("content")
        if contents is None:
            assert answer.content == b""
            return
        ((kind, content),) = contents.items()
        assert answer.headers["content-type"] == kind
        if kind == FILE:
            return
        _validator(self, content["schema"]["$ref"]).validate(answer.json())

    def _told(self, answer: httpx.Response) -> Mapping[str, Any]:
        path = answer.request.url.path
        item = next(item for pattern, item in self._paths.items() if pattern.fullmatch(path))
        told: Mapping[str, Any] = item[answer.request.method.lower()]
        return told


@cache
def _validator(document: Document, ref: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator({"$ref": ref, "components": document.raw["components"]})


class Program:
    """A program with an API key of its own.

    Attributes:
        key: its key.
        viewer: whose key it is.
    """

    def __init__(self, house_in: "House", viewer: Viewer) -> None:
        self.viewer = viewer
        self.key = house_in.office.services.api_keys.make(viewer, "a test")
        self._document = house_in.document
        self._http = httpx.Client(
            base_url=house_in.office.url,
            headers={"Authorization": f"Bearer {self.key}"},
            timeout=30,
            trust_env=False,
            verify=False,  # there is no TLS
        )

    def get(self, path: str, **query: Any) -> httpx.Response:
        """Ask for something under `API`."""
        return self._checked(self._http.get(API + path, params=query or None))

    def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """Have something done under `API`."""
        return self._checked(self._http.post(API + path, json=body, headers=headers))

    def delete(self, path: str, **query: Any) -> httpx.Response:
        """Take something away under `API`."""
        return self._checked(self._http.delete(API + path, params=query or None))

    def send(self, path: str, body: bytes, kind: str = "application/json") -> httpx.Response:
        """Send a body as it is."""
        return self._checked(self._http.post(API + path, content=body, headers={"Content-Type": kind}))

    def _checked(self, answer: httpx.Response) -> httpx.Response:
        self._document.check(answer)
        return answer

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


class House:
    """An office with programs, nobody who sends, and the orders of the account ``shop`` as Amazon has them.

    Attributes:
        owner: a program of the owner's.
    """

    def __init__(self, office: Office) -> None:
        self.office = office
        self.document = Document(office.url)
        self._programs: list[Program] = []
        self.owner = self.program(office.owner)
        synchronise(self.office)

    def program(self, viewer: Viewer) -> Program:
        """A program of somebody's."""
        made = Program(self, viewer)
        self._programs.append(made)
        return made

    def agent(self, role: Role = Role.AGENT) -> Program:
        """A program of a new person, who sees the account ``shop``."""
        _, number = somebody(self.office, role)
        return self.program(self.office.services.people.get(number).viewer())

    def order(self, **facts: Any) -> str:
        """The id of a new order of ``shop``, which the app knows."""
        made = self.office.amazon.order(**facts)
        synchronise(self.office)
        return made

    def close(self) -> None:
        """Close what was opened for programs."""
        for each in self._programs:
            each.close()


def synchronise(office: Office) -> None:
    """Have the app know all orders of ``shop``, as its worker would."""
    services = office.services
    shop = services.accounts.of(office.owner, "shop")
    found = list(services.clients.of(shop).orders.search(created_after=LONG_AGO, include=DATASETS))
    office.keep("shop", *found)


@contextmanager
def house_in(folder: Path, **settings: Any) -> Iterator[House]:
    """A house, for all tests of a module."""
    with lasting_office(folder, **settings) as office:
        office.amazon.lift_plans()
        made = House(office)
        try:
            yield made
        finally:
            made.close()


def letter(order_id: str, **more: Any) -> dict[str, Any]:
    """The body of a message that the checks let pass, with a text that no other has."""
    text = f"Thank you for your order. It leaves today, as letter {next(_numbers)} of ours said."
    return {"account": "shop", "order_id": order_id, "type": "confirmOrderDetails", "text": text, **more}
