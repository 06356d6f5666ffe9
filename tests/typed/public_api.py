"""Never run: the type checker reads it. What users write keeps its types."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import assert_type

from buyerline import (
    Actions,
    AsyncSellingPartner,
    Attributes,
    Checked,
    Marketplace,
    Order,
    Problem,
    Receipt,
    SellingPartner,
)


def blocking(amazon: SellingPartner) -> None:
    assert_type(amazon.messaging.get_actions("o", marketplace=Marketplace.US), Actions)
    assert_type(amazon.messaging.get_attributes("o"), Attributes)
    assert_type(amazon.messaging.check("o", "warranty").problems, tuple[Problem, ...])
    assert_type(amazon.messaging.send("o", "invoice", attachments=[Path("a.pdf"), ("b.pdf", b"")]), Receipt)
    assert_type(amazon.orders.search(), Iterator[Order])
    assert_type(amazon.solicitations.request_review("o"), Receipt)


async def awaited(amazon: AsyncSellingPartner) -> None:
    assert_type(await amazon.messaging.get_actions("o"), Actions)
    assert_type(await amazon.messaging.check("o", "warranty"), Checked)
    assert_type(await amazon.messaging.send("o", "confirmOrderDetails", text="t"), Receipt)
    assert_type(amazon.orders.search(), AsyncIterator[Order])


def wrong(amazon: SellingPartner) -> None:
    amazon.messaging.send("o", "invoice", txt="a misspelt argument")  # type: ignore[call-arg] # it must be one
    amazon.messaging.get_actions(7)  # type: ignore[arg-type] # it must be one
