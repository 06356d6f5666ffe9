"""Files of messages, and what the outbox says of them at a shell."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from buyerline.sandbox import GUIDE_ORDER
from tests.cli.shell import PATIENCE, Shell, wait_until
from tests.running import Amazon

if TYPE_CHECKING:
    import subprocess

TYPE = "confirmOrderDetails"
OPERATION = "createConfirmOrderDetails"


def line(text: str = "It ships today.", **more: Any) -> dict[str, Any]:
    """A message of a file, right in all its parts unless `more` says otherwise."""
    return {"order_id": GUIDE_ORDER, "type": TYPE, "text": text, **more}


def lines(count: int, **more: Any) -> list[dict[str, Any]]:
    """Messages that differ."""
    return [
        line(f"Parcel {chr(97 + number // 26)}{chr(97 + number % 26)} is on its way.", **more)
        for number in range(count)
    ]


def file_of(folder: Path, messages: list[dict[str, Any]], name: str = "messages.jsonl") -> str:
    """A file with these messages; its path."""
    path = folder / name
    path.write_text("".join(f"{json.dumps(message)}\n" for message in messages))
    return str(path)


def queue(shell: Shell, *messages: dict[str, Any]) -> list[str]:
    """Queue messages without sending them; their ids, in the order of the file."""
    path = file_of(shell.folder, list(messages), "queued.jsonl")
    result = shell.run("send-many", path, "--yes", "--no-wait")
    assert result.status == 0, result.err
    return [message["id"] for message in reversed(listed(shell, f"--limit={len(messages)}"))]


def listed(shell: Shell, *options: str) -> list[dict[str, Any]]:
    """What `outbox list --json` tells."""
    result = shell.run("outbox", "list", "--json", *options)
    assert result.status == 0, result.err
    messages: list[dict[str, Any]] = result.document["messages"]
    return messages


def states(shell: Shell) -> dict[str, str]:
    """Every message's state, by id."""
    return {message["id"]: message["state"] for message in listed(shell)}


def whole(shell: Shell, message_id: str) -> dict[str, Any]:
    """What `outbox show --json` tells of a message."""
    message: dict[str, Any] = shell.run("outbox", "show", message_id, "--json").document["message"]
    return message


@contextmanager
def a_worker(shell: Shell, *options: str, **environment: str | None) -> Iterator["subprocess.Popen[str]"]:
    """A worker that has begun to serve, or to wait for another, while the block lasts."""
    with shell.running("worker", "--health-port=0", *options, **environment) as process:
        heard_of(process, "health: ")
        yield process


def heard_of(process: "subprocess.Popen[str]", words: str) -> str:
    """The next line on a command's stderr that has `words` in it."""
    assert process.stderr is not None
    for told in process.stderr:
        if words in told:
            return str(told)
    raise AssertionError(f"it ended with {process.wait()} before it said {words!r}")


def ended(process: "subprocess.Popen[str]") -> tuple[int, str]:
    """A command's exit status and what else it wrote to stderr, once it has ended."""
    _, err = process.communicate(timeout=PATIENCE)
    return process.returncode, err


def wait_for_arrival(amazon: Amazon, process: "subprocess.Popen[str]", count: int = 1) -> None:
    """Wait until Amazon has accepted so many messages."""
    wait_until(lambda: len(amazon.ledger()) >= count, process)
