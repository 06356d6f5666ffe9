"""From what a line says to a message for the outbox, its attachments left aside, and what is wrong with it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from buyerline.amazon.errors import Problem, UnknownMarketplace
from buyerline.amazon.marketplaces import Marketplace
from buyerline.messages.drafts import coverage_date
from buyerline.outbox.files import columns
from buyerline.outbox.files.attached import Attached
from buyerline.outbox.files.problems import LineCode
from buyerline.outbox.files.records import Record
from buyerline.outbox.files.templates import fill
from buyerline.outbox.messages import Outgoing
from buyerline.outbox.scheduling import check_scheduling, check_storable

_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Findings:
    """What is wrong with a line. Of a column that cannot be judged nothing more is said.

    Attributes:
        problems: what was said.
        spoilt: the columns that cannot be judged.
    """

    problems: list[Problem]
    spoilt: set[str]

    def spoil(self, code: LineCode, column: str, message: str) -> None:
        """Say why a column has no value that could be judged."""
        if column not in self.spoilt:
            self.problems.append(Problem(code, column, message))
            self.spoilt.add(column)

    def add(self, problems: Iterable[Problem]) -> None:
        """Say what is wrong with values."""
        self.problems.extend(each for each in problems if each.field.partition("[")[0] not in self.spoilt)


@dataclass(frozen=True, slots=True)
class Row:
    """The message of a line, without its attachments, and what was found in it.

    Attributes:
        outgoing: the message; what is missing in the line is empty in it.
        findings: what is wrong with it.
    """

    outgoing: Outgoing
    findings: Findings


@dataclass(frozen=True, slots=True)
class RowReader:
    """Reads rows.

    Attributes:
        account: the account of lines that name none.
        place: the marketplace of lines that name none.
        attached: the files that lines name.
    """

    account: str
    place: Marketplace | None
    attached: Attached

    def read(self, record: Record) -> Row:
        """The message that a record describes, and what is wrong with its values as far as they go by themselves."""
        findings = Findings(list(record.problems), set(record.spoilt))
        cells = _Cells(record.values, findings)
        order_id = cells.required(columns.ORDER_ID, LineCode.ORDER_ID_MISSING)
        type_name = cells.required(columns.TYPE, LineCode.TYPE_MISSING)
        account = cells.value(columns.ACCOUNT) or self.account
        place = cells.marketplace() or self.place
        own = {
            columns.ORDER_ID: order_id,
            columns.TYPE: type_name,
            columns.ACCOUNT: account,
            columns.MARKETPLACE: cells.value(columns.MARKETPLACE) or (place.name if place else ""),
        }
        outgoing = Outgoing(
            order_id,
            type_name,
            self._text(cells, own),
            coverage_start=cells.value(columns.COVERAGE_START) or None,
            coverage_end=cells.value(columns.COVERAGE_END) or None,
            account=account,
            marketplace=place.id if place else None,
            idempotency_key=cells.value(columns.IDEMPOTENCY_KEY) or None,
            not_before=cells.moment(columns.NOT_BEFORE),
            expires_at=cells.moment(columns.EXPIRES_AT),
            priority=cells.priority(),
        )
        findings.add(check_scheduling(outgoing))
        findings.add(check_storable(outgoing))
        return Row(outgoing, findings)

    def _text(self, cells: "_Cells", own: Mapping[str, str]) -> str | None:
        """The text, its fields filled in; ``None`` where the line has none, or none that can be read."""
        written, source = cells.values.get(columns.TEXT, ""), cells.value(columns.TEXT_FILE)
        if source:
            if written.strip():
                words = "The line has both a text and a text_file. Leave one of them empty."
                cells.findings.spoil(LineCode.TEXT_TWICE, columns.TEXT, words)
                return None
            read = self.attached.text(source)
            if isinstance(read, Problem):
                cells.findings.add([read])
                cells.findings.spoilt.add(columns.TEXT)
                return None
            written = read
        elif columns.TEXT_FILE in cells.findings.spoilt:
            cells.findings.spoilt.add(columns.TEXT)
        if not written.strip():
            return None
        if "{" not in written and "}" not in written:
            return written.replace("\r\n", "\n")
        further = {name: value for name, value in cells.values.items() if name and name not in columns.COLUMNS}
        text, problems = fill(written, {**own, **further})
        cells.findings.add(problems)
        return text.replace("\r\n", "\n")


@dataclass(frozen=True, slots=True)
class _Cells:
    """The values of a line, read one by one; what is wrong with them goes to the findings."""

    values: Mapping[str, str]
    findings: Findings

    def value(self, column: str) -> str:
        return self.values.get(column, "").strip()

    def required(self, column: str, missing: LineCode) -> str:
        value = self.value(column)
        if not value:
            self.findings.spoil(missing, column, f"The line has no {column}. Fill it in.")
        return value

    def marketplace(self) -> Marketplace | None:
        value = self.value(columns.MARKETPLACE)
        if not value:
            return None
        try:
            return Marketplace.of(value)
        except UnknownMarketplace as error:
            words = f"Amazon has no such marketplace in this API. {error.hint}"
            self.findings.spoil(LineCode.UNKNOWN_MARKETPLACE, columns.MARKETPLACE, words)
            return None

    def moment(self, column: str) -> datetime | None:
        """A moment in UTC. A day without a time is the whole day, as for coverage."""
        value = self.value(column)
        if not value:
            return None
        try:
            return coverage_date(value, end=column == columns.EXPIRES_AT)
        except ValueError:
            words = (
                "It is not a date and time. Write it as 2026-01-31T10:00, or with a zone as 2026-01-31T10:00+01:00; "
                "without a zone it is UTC."
            )
            self.findings.spoil(LineCode.MOMENT_MALFORMED, column, words)
            return None

    def priority(self) -> int:
        value = self.value(columns.PRIORITY)
        if not value:
            return 0
        if _WHOLE_NUMBER.fullmatch(value):
            return int(value)
        words = "It is not a whole number, such as 0 or -5. The highest go first."
        self.findings.spoil(LineCode.PRIORITY_MALFORMED, columns.PRIORITY, words)
        return 0
