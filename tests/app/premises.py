"""An office with something in it to be kept from others, and all its addresses."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from litestar.routes import HTTPRoute

from buyerline.app.schema import draft
from buyerline.app.web.application import make_app
from buyerline.outbox.clock import now
from buyerline.sandbox import GUIDE_ORDER
from tests.app.lasting_office import lasting_office, somebody
from tests.app.office import Office
from tests.app.samples import PDF
from tests.app.stock import told
from tests.outbox.samples import letter

STREAMS = "/outbox/live"
"""An answer that does not end by itself."""

_PARAMETER = re.compile(r"\{(\w+):\w+\}")


@dataclass(frozen=True, slots=True)
class Premises:
    """An office in which an agent of the account ``shop`` has written about an order.

    Attributes:
        office: it has the account ``stall`` too.
        writer: the agent's email.
        values: what is there, by the names that parameters of addresses have.
        specials: what these names mean in addresses that begin otherwise.
        routes: everything that can be asked for.
    """

    office: Office
    writer: str
    values: dict[str, str]
    specials: dict[str, dict[str, str]]
    routes: list[HTTPRoute]

    def addresses(self, method: str) -> list[str]:
        """The address of everything that can be asked for with a method, filled in."""
        return sorted(self.fill(route.path) for route in self.routes if method in route.methods)

    def fill(self, template: str, **other: str) -> str:
        """An address for a route's path: with what is there, or with other values."""
        special = next((values for beginning, values in self.specials.items() if template.startswith(beginning)), {})
        values = {**self.values, **special, **other}
        return _PARAMETER.sub(lambda found: values[found[1]], template)


@contextmanager
def premises(folder: Path) -> Iterator[Premises]:
    """An office with a draft, a draft that waits for a second person, and a message, each with a file."""
    with lasting_office(folder) as office:
        services = office.services
        office.connect("Stall", office.amazon.account())
        email, person_id = somebody(office)
        writer = services.people.get(person_id).viewer()
        shop = services.accounts.of(office.owner, "shop")
        office.keep("shop", told(1, order_id=GUIDE_ORDER), told(2))
        waiting = services.drafts.add_file(writer, shop, told(2).order_id, "waiting.pdf", PDF)
        with services.database.write() as connection:
            connection.execute(
                sa.update(draft).where(draft.c.id == waiting.id).values(asked_at=now(), type="legalDisclosure")
            )
        own = services.drafts.add_file(writer, shop, GUIDE_ORDER, "own.pdf", PDF)
        outgoing = letter(None, account="shop", type="legalDisclosure", attachments=[("paper.pdf", PDF)])
        [added] = services.outbox.acting(email).add_many([outgoing])
        yield Premises(
            office,
            email,
            {
                "account": "shop",
                "name": "shop",
                "order_id": GUIDE_ORDER,
                "message_id": added.message_id,
                "draft_id": waiting.id,
                "waiting_id": waiting.id,
                "file_id": own.files[0].id,
                "position": "0",
                "person_id": str(person_id),
                "key_id": "1",
                "secret": "x" * 43,
                "path": "v1",
            },
            {"/static": {"name": "app.css"}, "/approvals": {"file_id": waiting.files[0].id}},
            [route for route in make_app(services).routes if isinstance(route, HTTPRoute)],
        )
