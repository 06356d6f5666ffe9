"""amazon-sp-api, the client for Node.js, in a process of its own for each call."""

import fcntl
import json
import shutil
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from buyerline.testing import AmazonSandbox
from tests.interop import storing
from tests.interop.operations import LOGIN, STORAGE, US, Operation, Question

FOLDER = Path(__file__).parents[1] / "node"

_ENDPOINTS = {
    "Messaging v1": ("messaging", "v1"),
    "Uploads 2020-11-01": ("uploads", "2020-11-01"),
    "Orders 2026-01-01": ("orders", "2026-01-01"),
    "Orders v0": ("orders", "v0"),
    "Solicitations v1": ("solicitations", "v1"),
    "Sellers v1": ("sellers", "v1"),
    "Tokens 2021-03-01": ("tokens", "2021-03-01"),
}
_OTHER_NAMES = {"createAmazonMotors": "CreateAmazonMotors"}
_UPLOAD = Operation("Uploads 2020-11-01", "createUploadDestinationForResource")
_LIST_OPERATIONS = """
const endpoints = require('amazon-sp-api/lib/endpoints');
const listed = Object.entries(endpoints).flatMap(([endpoint, content]) =>
  content.__versions.flatMap((version) => Object.keys(content[version]).map((id) => [endpoint, version, id])));
process.stdout.write(JSON.stringify(listed));
"""


class RefusedByClient(Exception):
    """The client threw an error."""


class NpmAmazonSpApi:
    """What is installed is what package-lock.json says."""

    name = f"amazon-sp-api {json.loads((FOLDER / 'package.json').read_text())['dependencies']['amazon-sp-api']} (npm)"
    asks_as_told = True
    quirks: Mapping[Operation, str] = MappingProxyType({})

    def why_missing(self) -> str | None:
        missing = [command for command in ("node", "npm") if shutil.which(command) is None]
        return f"{' and '.join(missing)} not on this machine: install Node.js 20 or newer" if missing else None

    def offers(self, operation: Operation) -> bool:
        return operation.api in (LOGIN, STORAGE) or [*_ENDPOINTS[operation.api], _name(operation)] in _operations()

    def call(self, amazon: AmazonSandbox, operation: Operation, question: Question) -> object:
        if operation.api == LOGIN:
            return _ask(amazon, None)
        if operation.api == STORAGE:
            destination = _ask(amazon, _call(_UPLOAD, question))
            return storing.put(destination["url"], destination["headers"], question.content)
        return _ask(amazon, _call(operation, question))


def _name(operation: Operation) -> str:
    return _OTHER_NAMES.get(operation.id, operation.id)


def _call(operation: Operation, question: Question) -> dict[str, Any]:
    """What the client's ``callAPI`` takes."""
    endpoint, api_version = _ENDPOINTS[operation.api]
    names = {"orders": "orderId", "uploads": "resource"}
    path = question.resource or question.order_id
    query: dict[str, Any] = dict(question.query)
    if operation.api in ("Messaging v1", "Solicitations v1", "Uploads 2020-11-01") or operation.id == "searchOrders":
        query["marketplaceIds"] = [US]
    if operation.id == "getOrders":
        query["MarketplaceIds"] = [US]
    if question.resource:
        query["contentMD5"] = question.content_md5
    return {
        "operation": _name(operation),
        "endpoint": endpoint,
        "options": {"version": api_version},
        "path": {names.get(endpoint, "amazonOrderId"): path} if path else {},
        "query": query,
        **({"body": question.body} if question.body else {}),
    }


def _ask(amazon: AmazonSandbox, call: dict[str, Any] | None) -> Any:
    credentials = amazon.credentials
    names = ("refresh_token", "client_id", "client_secret")
    asked = {"url": amazon.url, "credentials": {name: getattr(credentials, name) for name in names}, "call": call}
    answer = json.loads(_run("node", "call.js", stdin=json.dumps(asked)))
    if "error" in answer:
        raise RefusedByClient(answer["error"])
    return answer


@cache
def _operations() -> list[list[str]]:
    """Endpoint, version and id of every operation that the client has."""
    listed: list[list[str]] = json.loads(_run("node", "-e", _LIST_OPERATIONS))
    return listed


def _run(*command: str, stdin: str = "") -> str:
    _install()
    return _output(*command, stdin=stdin)


@cache
def _install() -> None:
    """Bring what package-lock.json names into node_modules, unless it is there; one process at a time."""
    wanted, there = FOLDER / "package-lock.json", FOLDER / "node_modules" / ".package-lock.json"
    with wanted.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not there.is_file() or there.stat().st_mtime < wanted.stat().st_mtime:
            _output("npm", "ci")


def _output(*command: str, stdin: str = "") -> str:
    done = subprocess.run(command, cwd=FOLDER, input=stdin, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command[:2])} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


CLIENT = NpmAmazonSpApi()
