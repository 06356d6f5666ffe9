"""Whatever arrives is answered as the OpenAPI document says: no 5xx, no answer that it does not have."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode, checks

from tests.app.programs import House, letter

QUIET = settings(
    max_examples=6,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
CHECKS = (
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
)


@pytest.fixture(scope="module")
def real(house: House) -> dict[str, str]:
    """Values for the parameters of paths, under which there is something."""
    order = house.order()
    message = house.owner.post("/messages", letter(order)).json()["id"]
    ids = dict.fromkeys(("message_id", "waiting_id", "draft_id"), message)
    return {"account": "shop", "name": "shop", "order_id": order, "position": "0", **ids}


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: mode.value)
def test_requests_made_from_the_document_get_answers_of_the_document(
    house: House, real: dict[str, str], mode: GenerationMode
) -> None:
    operations: Any = schemathesis.openapi.from_dict(house.document.raw).get_all_operations()
    for found in operations:
        fuzz(house, found.ok(), real, mode)


def fuzz(house: House, operation: Any, real: dict[str, str], mode: GenerationMode) -> None:
    """Ask one operation for whatever its description allows, or does not, half of the time about what exists."""
    if mode is GenerationMode.NEGATIVE and not (operation.body or operation.query or operation.path_parameters):
        return

    @QUIET
    @given(case=operation.as_strategy(generation_mode=mode), aimed=st.booleans())
    def ask(case: Any, aimed: bool) -> None:
        if aimed:
            aim(case, real)
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {house.owner.key}"}
        reply = case.call(base_url=house.office.url, timeout=20)
        if not misses_its_path(reply.status_code, case):
            case.validate_response(reply, checks=CHECKS)

    ask()


def aim(case: Any, real: dict[str, str]) -> None:
    """Ask about what exists, with files whose bytes can be read."""
    for name in case.path_parameters or {}:
        case.path_parameters[name] = real[name]
    if not isinstance(case.body, dict):
        return
    for name in ("account", "order_id"):
        if name in case.body:
            case.body[name] = real[name]
    for file in case.body.get("attachments") or ():
        if isinstance(file, dict):
            file["content"] = "JVBERi0xLjQK"


def misses_its_path(status: int, case: Any) -> bool:
    """Whether a value in the path, such as one with a slash, made it the path of something else."""
    return status in (404, 405) and bool(case.path_parameters)
