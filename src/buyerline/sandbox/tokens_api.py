"""Tokens API 2021-03-01: restricted data tokens, which open the resources that they name and nothing else."""

from typing import Any

from buyerline.sandbox import errors, static_cases
from buyerline.sandbox.accounts import ACCESS_TOKEN_SECONDS, Resource
from buyerline.sandbox.gateway import caller
from buyerline.sandbox.operations import Operation, Plan
from buyerline.sandbox.state import State
from buyerline.sandbox.wire import Answer, Call, NotJson, read_json

RESOURCES_LIMIT = 50
_METHODS = frozenset({"GET", "PUT", "POST", "DELETE"})


def create_restricted_data_token(state: State, call: Call) -> Answer:
    """createRestrictedDataToken: a token that is accepted as access token on the resources it was made for."""
    if documented := static_cases.answer("tokens.createRestrictedDataToken", call):
        return documented
    account = caller(call)
    resources = _resources(call)
    parent = state.accounts.refresh_token_of(call.headers["x-amz-access-token"])
    client_id = call.grant.client_id if call.grant else ""
    token = state.accounts.issue(client_id, account.id, parent, resources)
    return Answer.json(200, {"restrictedDataToken": token, "expiresIn": ACCESS_TOKEN_SECONDS})


def _resources(call: Call) -> tuple[Resource, ...]:
    try:
        body = read_json(call.body)
    except NotJson:
        raise _invalid("The request body is not valid JSON.") from None
    if not isinstance(body, dict):
        raise _invalid("The request body must be a JSON object.")
    target = body.get("targetApplication")
    if target is not None and not isinstance(target, str):
        raise _invalid("targetApplication must be a string.")
    resources = body.get("restrictedResources")
    if not isinstance(resources, list) or not 1 <= len(resources) <= RESOURCES_LIMIT:
        raise _invalid("Resource not provided.")
    return tuple(_resource(resource) for resource in resources)


def _resource(resource: Any) -> Resource:
    if not isinstance(resource, dict):
        raise _invalid("Resource not provided.")
    method, path, elements = resource.get("method"), resource.get("path"), resource.get("dataElements")
    if not isinstance(method, str) or method not in _METHODS:
        raise _invalid("Resource not provided.")
    if not isinstance(path, str) or not path.startswith("/"):
        raise _invalid("Resource not provided.")
    if elements is not None and not (isinstance(elements, list) and all(isinstance(name, str) for name in elements)):
        raise _invalid("dataElements must be a list of strings.")
    return Resource(method, path)


def _invalid(details: str) -> errors.Refusal:
    return errors.Refusal(400, "InvalidRequest", "Request is missing or has invalid parameters", details)


OPERATIONS = (
    Operation(
        "createRestrictedDataToken",
        "POST",
        "/tokens/2021-03-01/restrictedDataToken",
        Plan(rate=1, burst=10),
        create_restricted_data_token,
        takes_body=True,
    ),
)
