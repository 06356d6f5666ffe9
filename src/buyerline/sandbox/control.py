"""The control plane under ``/_sandbox``: for tests and demos, never on Amazon.

What a request may hold is said by the types: ``NewAccount``, ``NewOrder``, ``Fault``, ``NewPlan``, ``Advance``. A
wrong one is answered with 400 and a JSON object whose ``detail`` (and ``extra``) say what is wrong.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Any, get_args

import msgspec
from litestar import Request, Response, Router, delete, get, post, put
from litestar.di import NamedDependency, Provide
from litestar.exceptions import ValidationException
from litestar.params import JSONBody

from buyerline.amazon.marketplaces import Region
from buyerline.sandbox.apis import NAMES
from buyerline.sandbox.clock import iso
from buyerline.sandbox.faults import Fault, Kind
from buyerline.sandbox.makers import Mistake, NewAccount, NewOrder, make_new_account, make_new_order
from buyerline.sandbox.operations import Plan
from buyerline.sandbox.orders import FulfilledBy
from buyerline.sandbox.state import State
from buyerline.sandbox.world import STAGES

View = dict[str, Any]
World = NamedDependency[State]

TEN_YEARS = 10 * 366 * 24 * 3600

_CHOICES: dict[str, tuple[str, ...]] = {
    "region": tuple(region.value for region in Region),
    "state": STAGES,
    "fulfilled_by": get_args(FulfilledBy),
    "kind": get_args(Kind),
}
"""The fields that hold one of a few words, and these words."""

_WRONG_CHOICE = re.compile(r"Invalid enum value .* - at `.*\.(\w+)`", re.DOTALL)


class Advance(msgspec.Struct, forbid_unknown_fields=True):
    """How many seconds Amazon's time moves forward; a negative number moves it back."""

    advance: Annotated[float, msgspec.Meta(ge=-TEN_YEARS, le=TEN_YEARS)]


class NewPlan(msgspec.Struct, forbid_unknown_fields=True):
    """A usage plan: requests a second, and how many at once.

    With a rate of 0 nothing comes back once the burst is used up; with a burst of 0 nothing gets through at all.
    """

    rate: Annotated[float, msgspec.Meta(ge=0, le=1e9)]
    burst: Annotated[float, msgspec.Meta(ge=0, le=1e9)]


def control_routes(state: State) -> Router:
    """Everything under ``/_sandbox``, for one world."""
    return Router(
        "/_sandbox",
        route_handlers=[
            health,
            reset,
            list_accounts,
            add_account,
            add_order,
            advance_clock,
            list_messages,
            list_requests,
            change_plans,
            list_faults,
            add_faults,
            remove_faults,
        ],
        dependencies={"world": Provide(lambda: state, sync_to_thread=False)},
        exception_handlers={Mistake: refuse_mistake, ValidationException: refuse_form},
    )


def refuse_mistake(_: Request[Any, Any, Any], mistake: Mistake) -> Response[View]:
    """A request that makes no sense, answered in the form of the validation errors."""
    return Response({"status_code": 400, "detail": str(mistake)}, status_code=400)


def refuse_form(_: Request[Any, Any, Any], error: ValidationException) -> Response[View]:
    """A request of another form than the types say; where a field takes few words, the answer names them."""
    # Litestar's own words leave out where in a list of objects the wrong value stands; those of its cause do not.
    wrong = _WRONG_CHOICE.search(str(error.__cause__))
    detail = error.detail
    if wrong is not None and wrong[1] in _CHOICES:
        detail += f": {wrong[1]} must be one of {', '.join(_CHOICES[wrong[1]])}"
    return Response({"status_code": 400, "detail": detail, "extra": error.extra}, status_code=400)


@get("/health", sync_to_thread=False)
def health(world: World) -> View:
    """Whether the sandbox answers, and Amazon's time."""
    return {"status": "ok"} | _time(world)


@post("/reset", status_code=200, sync_to_thread=False)
def reset(world: World) -> View:
    """Make the world as it was at the start."""
    world.reset()
    return {"status": "ok"}


@get("/accounts", sync_to_thread=False)
def list_accounts(world: World) -> View:
    """All sellers."""
    return {"accounts": [msgspec.to_builtins(account) for account in world.accounts.all()]}


@post("/accounts", sync_to_thread=False)
def add_account(world: World, data: JSONBody[NewAccount | None] = None) -> View:
    """Make a seller, and return everything that is needed to act for it."""
    return make_new_account(world, data or NewAccount())


@post("/orders", sync_to_thread=False)
def add_order(world: World, data: JSONBody[NewOrder | None] = None) -> View:
    """Make an order, and return its facts."""
    order = make_new_order(world, data or NewOrder())
    facts: View = msgspec.to_builtins(order)
    return {"order_id": order.id, "marketplace_id": order.marketplace_id} | facts


@post("/clock", status_code=200, sync_to_thread=False)
def advance_clock(world: World, data: JSONBody[Advance]) -> View:
    """Let time pass on Amazon's side, or take it back."""
    if abs(world.clock.offset + data.advance) > TEN_YEARS:
        raise Mistake("the sandbox's clock must stay within ten years of this machine's")
    world.advance_clock(data.advance)
    return _time(world)


def _time(world: State) -> View:
    """Amazon's time, and how many seconds it is ahead of this machine's."""
    return {"time": iso(world.clock.now()), "offset": world.clock.offset}


@get("/messages", sync_to_thread=False)
def list_messages(world: World) -> View:
    """The ledger: every accepted message, in order."""
    rows = world.database.execute(
        "SELECT id, account, marketplace_id, order_id, type, text, attachments, request_id, accepted_at "
        "FROM messages ORDER BY seq"
    )
    names = ("id", "account", "marketplace_id", "order_id", "type", "text")
    messages = [
        dict(zip(names, row[:6], strict=True))
        | {
            "attachments": msgspec.json.decode(row[6]),
            "request_id": row[7],
            "accepted_at": iso(datetime.fromtimestamp(row[8], UTC)),
        }
        for row in rows
    ]
    return {"messages": messages}


@get("/requests", sync_to_thread=False)
def list_requests(world: World) -> View:
    """The request log."""
    return world.journal.read()


@put("/usage-plans", sync_to_thread=False)
def change_plans(world: World, data: JSONBody[dict[str, NewPlan]]) -> View:
    """Put other usage plans in force; all buckets are full again."""
    _check_operations(data, NAMES | {"*"})
    world.buckets.change({name: Plan(plan.rate, plan.burst) for name, plan in data.items()})
    return {"status": "ok"}


@get("/faults", sync_to_thread=False)
def list_faults(world: World) -> View:
    """The faults, and how often each was played."""
    return {"faults": world.faults.list()}


@post("/faults", sync_to_thread=False)
def add_faults(world: World, data: JSONBody[list[Fault]]) -> View:
    """Arm more faults."""
    _check_operations((fault.operation for fault in data), NAMES | {"*", "lwa", "s3"})
    for fault in data:
        problem = fault.problem()
        if problem is not None:
            raise Mistake(problem)
    world.faults.add(data)
    return {"faults": world.faults.list()}


@delete("/faults", sync_to_thread=False)
def remove_faults(world: World) -> None:
    """Disarm all faults."""
    world.faults.clear()


def _check_operations(names: Iterable[str], known: frozenset[str]) -> None:
    unknown = sorted(set(names) - known)
    if unknown:
        raise Mistake(f"unknown operation: {', '.join(unknown)}; known are: {', '.join(sorted(known))}")
