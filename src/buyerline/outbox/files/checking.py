"""Checking a file of messages, and reading it once more to queue it."""

import os
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from pathlib import Path

from buyerline.amazon.errors import BuyerlineError, Problem
from buyerline.amazon.marketplaces import Marketplace
from buyerline.amazon.messaging import MESSAGE_TYPES
from buyerline.messages.drafts import Draft, coverage_date
from buyerline.outbox.beforehand import check_beforehand
from buyerline.outbox.files.attached import REMEMBERED, Attached, FileSum, about_attachments, look_at
from buyerline.outbox.files.columns import IDEMPOTENCY_KEY
from buyerline.outbox.files.problems import LineCode, LineProblem
from buyerline.outbox.files.records import Record, read_records
from buyerline.outbox.files.repeats import Repeats
from buyerline.outbox.files.rows import RowReader
from buyerline.outbox.keys import digest_of
from buyerline.outbox.messages import Outgoing

KEPT = 1000
"""Problems, and repeated lines, that are kept; all are counted."""


@dataclass(frozen=True, slots=True)
class FileCheck:
    """What checking a file found.

    Attributes:
        path: the file.
        account: the account of lines that name none.
        marketplace: the marketplace of lines that name none, ``None`` where that is left to the outbox.
        lines: how many messages it describes, right or wrong.
        problems: what is wrong with it, in the order of the lines; the first `KEPT`.
        problem_count: how many problems there are.
        repeated: lines that the outbox will not queue again because an earlier one says the same, each with that one;
            the first `KEPT`.
        repeated_count: how many there are.
        accounts: how many messages each account has, of those without a problem.
        signatures: what `read_file` knows the messages again by.
    """

    path: Path
    account: str
    marketplace: Marketplace | None
    lines: int
    problems: tuple[LineProblem, ...]
    problem_count: int
    repeated: tuple[tuple[int, int], ...]
    repeated_count: int
    accounts: Mapping[str, int]
    signatures: Sequence[int] = field(repr=False)


def check_file(
    path: str | os.PathLike[str], *, account: str = "default", marketplace: Marketplace | str | None = None
) -> FileCheck:
    """Check every line of a file of messages, and tell all that is wrong.

    Args:
        path: CSV, or JSON Lines: by its extension (``.jsonl``, ``.ndjson``, ``.json``), or because it begins with
            ``{``. The files that it names are relative to its folder.
        account: the account of lines that name none.
        marketplace: where the orders of lines that name none were placed; the outbox's marketplace by default. Whether
            two lines say the same is only certain when it is given.

    Raises:
        ConfigurationError: the file cannot be read.
        UnknownMarketplace: Amazon has no such marketplace.
    """
    checking = _Checking(Path(path), account, Marketplace.of(marketplace) if marketplace else None)
    for found in read_records(checking.path):
        if isinstance(found, LineProblem):
            checking.refuse(found)
        else:
            checking.check(found)
    return checking.done()


def read_file(checked: FileCheck) -> Iterator[tuple[int, Outgoing]]:
    """The messages of a checked file, each with its first line, attachments read.

    Raises:
        ValueError: there is something wrong with the file, so that it must not be queued.
        ConfigurationError: the file cannot be read any more.
        BuyerlineError: it or a file that it names has changed since it was checked (``file_changed``).
    """
    if checked.problem_count:
        raise ValueError(f"{checked.path} has {checked.problem_count} problems")
    return _read(checked)


def _read(checked: FileCheck) -> Iterator[tuple[int, Outgoing]]:
    attached = Attached(checked.path.parent)
    rows = RowReader(checked.account, checked.marketplace, attached)
    signatures = iter(checked.signatures)
    for found in read_records(checked.path):
        if isinstance(found, LineProblem):
            raise _changed(checked.path, found.line)
        row = rows.read(found)
        files = attached.load(found.attachments)
        try:
            signature = _signature(row.outgoing, _digest(row.outgoing, files.sums))
        except (KeyError, ValueError):  # a type or a date that was none when the line was checked
            signature = None
        if files.problems or signature is None or signature != next(signatures, None):
            raise _changed(checked.path, found.line)
        yield found.line, replace(row.outgoing, attachments=files.attachments) if found.attachments else row.outgoing
    if next(signatures, None) is not None:
        raise _changed(checked.path)


def _changed(path: Path, line: int | None = None) -> BuyerlineError:
    where = f"line {line} of {path}, or a file that it names," if line else f"{path}"
    return BuyerlineError(
        f"{where} changed after it was checked.",
        hint="Leave the files as they are while they are queued, and start again.",
        code="file_changed",
    )


class _Checking:
    """What has been found so far."""

    def __init__(self, path: Path, account: str, place: Marketplace | None) -> None:
        self.path = path
        self._account = account
        self._place = place
        attached = Attached(path.parent)
        self._rows = RowReader(account, place, attached)
        self._look_at = lru_cache(REMEMBERED)(partial(look_at, attached))
        self._lines = 0
        self._problems: list[LineProblem] = []
        self._problem_count = 0
        self._repeats = Repeats()
        self._repeated: list[tuple[int, int]] = []
        self._repeated_count = 0
        self._accounts: Counter[str] = Counter()
        self._signatures = array("q")

    def refuse(self, problem: LineProblem) -> None:
        """Take in one thing that is wrong."""
        self._problem_count += 1
        if len(self._problems) < KEPT:
            self._problems.append(problem)

    def check(self, record: Record) -> None:
        """Check one message by all rules."""
        self._lines += 1
        row = self._rows.read(record)
        outgoing, findings = row.outgoing, row.findings
        looked = self._look_at(outgoing.type, record.attachments)
        found = check_beforehand(_without_attachments(outgoing))
        findings.add(problem for problem in found if not about_attachments(problem))
        findings.add(looked.problems)
        if not (findings.problems or findings.spoilt):
            self._take(record.line, outgoing, looked.sums)
        for problem in findings.problems:
            self.refuse(LineProblem(record.line, problem))

    def _take(self, line: int, outgoing: Outgoing, sums: Sequence[FileSum]) -> None:
        """Take in a message that has nothing wrong with it but, perhaps, its key."""
        digest = _digest(outgoing, sums)
        self._accounts[outgoing.account] += 1
        self._signatures.append(_signature(outgoing, digest))
        given = outgoing.idempotency_key
        key = f"{outgoing.account}\n{given}" if given else f"{outgoing.account}\n\n{digest}"
        first = self._repeats.first(key, bytes.fromhex(digest), line)
        if first is None:
            return
        if not first.same:
            words = (
                f"Line {first.line} has the same key for another message. Give each message a key of its own, or none."
            )
            self.refuse(LineProblem(line, Problem(LineCode.IDEMPOTENCY_KEY_TAKEN, IDEMPOTENCY_KEY, words)))
            return
        self._repeated_count += 1
        if len(self._repeated) < KEPT:
            self._repeated.append((line, first.line))

    def done(self) -> FileCheck:
        """The result."""
        return FileCheck(
            path=self.path,
            account=self._account,
            marketplace=self._place,
            lines=self._lines,
            problems=tuple(self._problems),
            problem_count=self._problem_count,
            repeated=tuple(self._repeated),
            repeated_count=self._repeated_count,
            accounts=dict(self._accounts),
            signatures=self._signatures,
        )


def _without_attachments(outgoing: Outgoing) -> Draft:
    return Draft(
        outgoing.order_id,
        outgoing.type,
        outgoing.text,
        coverage_start=outgoing.coverage_start,
        coverage_end=outgoing.coverage_end,
    )


def _digest(outgoing: Outgoing, sums: Sequence[FileSum]) -> str:
    """The digest of a message's content, the one that the outbox makes its key from."""
    start, end = outgoing.coverage_start, outgoing.coverage_end
    return digest_of(
        outgoing.marketplace or "",
        outgoing.order_id,
        MESSAGE_TYPES[outgoing.type].name,
        outgoing.text,
        sums,
        coverage_date(start).isoformat() if start else None,
        coverage_date(end, end=True).isoformat() if end else None,
    )


def _signature(outgoing: Outgoing, digest: str) -> int:
    """A number that tells a message from any other, while the process runs."""
    moments = (outgoing.not_before, outgoing.expires_at)
    return hash((outgoing.account, outgoing.idempotency_key, digest, *moments, outgoing.priority))
