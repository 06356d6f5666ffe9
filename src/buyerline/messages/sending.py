"""Sending one message, checked: steps 2 and 4 to 9 as one flow."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, TypeAlias

from buyerline.amazon.errors import DraftRefused, Problem
from buyerline.amazon.flow import Flow, Progress, Read
from buyerline.amazon.marketplaces import Marketplace
from buyerline.amazon.messaging import Action, Actions, MessageType, MessagingFlows, unlisted
from buyerline.amazon.session import Receipt
from buyerline.amazon.uploads import UploadsFlows, resource_of
from buyerline.messages.codes import Code
from buyerline.messages.drafts import Attachment, CoverageDate, Draft, coverage_date

Attachable: TypeAlias = "Attachment | Path | str | bytes | BinaryIO | tuple[str, Path | str | bytes | BinaryIO]"
"""A file to attach: a path, an open binary file, bytes, or one of these with the name the buyer will see."""


class Step(NamedTuple):
    """A step of Amazon's use-case guide that has just been done: its number (2 to 9) and what happened, in words."""

    number: int
    words: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A draft and what the checks say of it.

    Attributes:
        draft: what would be sent, attachments read.
        actions: what Amazon offers for the order now.
        action: the offered action of the draft's type, ``None`` where it is not offered.
        problems: every rule the draft breaks; empty means it may be sent.
    """

    draft: Draft
    actions: Actions
    action: Action | None
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A message that is ready to be posted: checked, its attachments uploaded.

    Attributes:
        kind: the message type.
        body: the operation's own body, ``None`` for a type that takes no input.
        marketplace: where the order was placed.
    """

    kind: MessageType
    body: Mapping[str, Any] | None = field(repr=False)
    marketplace: Marketplace


@dataclass(frozen=True, slots=True)
class MessageFlows(MessagingFlows):
    """The flows of Messaging v1 with the checks in front."""

    def check(
        self,
        order_id: str,
        type: str,  # noqa: A002 - the field's own word
        *,
        text: str | None = None,
        attachments: Iterable[Attachable] = (),
        coverage_start: CoverageDate | None = None,
        coverage_end: CoverageDate | None = None,
        marketplace: Marketplace | str | None = None,
        allow_unlisted: bool = False,
    ) -> Flow[Checked]:
        """Everything that sending checks, without sending: asks Amazon what the order takes now, sends nothing.

        Takes what `send` takes.

        Raises:
            AmazonError, TransportError, NotNow: Amazon could not be asked what the order takes.
        """
        from buyerline.messages import checks

        place = self.session.marketplace_of(marketplace)
        files, problems = yield from read_files(attachments)
        draft = Draft(order_id, type, text, tuple(files), coverage_start, coverage_end)
        problems += checks.check_order_id(order_id)
        if problems:
            return Checked(draft, Actions(order_id), None, tuple(problems))
        actions = yield from self.get_actions(order_id, marketplace=place)
        found = checks.check_available(actions, type, allow_unlisted=allow_unlisted)
        if isinstance(found, Problem):
            return Checked(draft, actions, None, (found,))
        return Checked(draft, actions, found, tuple(checks.check(draft, found)))

    def send(
        self,
        order_id: str,
        type: str,  # noqa: A002 - the field's own word
        *,
        text: str | None = None,
        attachments: Iterable[Attachable] = (),
        coverage_start: CoverageDate | None = None,
        coverage_end: CoverageDate | None = None,
        marketplace: Marketplace | str | None = None,
        allow_unlisted: bool = False,
        on_step: Callable[[Step], None] | None = None,
        progress: Callable[[str], Progress] | None = None,
    ) -> Flow[Receipt]:
        """Check a message, upload its attachments and send it. Amazon emails it to the buyer.

        Args:
            order_id: Amazon's order id, ``NNN-NNNNNNN-NNNNNNN``.
            type: the message type, by any name under which it goes (``invoice`` and ``sendInvoice`` are one).
            text: the message, plain text.
            attachments: files, see `Attachable`.
            coverage_start: a warranty's first day: a date, a datetime, or either as ISO 8601 text. A date without a
                time is the whole UTC day, a time without a zone is UTC.
            coverage_end: its last day, likewise; it may be the first one too.
            marketplace: where the order was placed; the client's marketplace by default.
            allow_unlisted: send a type of which no operation is known, to the link that Amazon gave with it.
            on_step: called after each step.
            progress: called with each file's name, returns what is told of its bytes as they leave.

        Giving up on an awaited send (`asyncio.wait_for`, a cancelled task) after its POST has left is an unknown
        outcome too, though no `OutcomeUnknown` can say so.

        Raises:
            TypeError: an argument is of another type, nothing was sent.
            DraftRefused: a check refused it, nothing was sent; `problems` has every reason.
            OutcomeUnknown: it was posted and nobody can say whether Amazon took it; never sent again by itself.
            AmazonError: Amazon refused it, nothing was sent.
            TransportError, NotNow: Amazon could not be asked, nothing was sent.
        """
        tell = on_step or _ignore
        ready = yield from self.prepare(
            order_id,
            type,
            text=text,
            attachments=attachments,
            coverage_start=coverage_start,
            coverage_end=coverage_end,
            marketplace=marketplace,
            allow_unlisted=allow_unlisted,
            on_step=on_step,
            progress=progress,
        )
        receipt = yield from self.post(order_id, ready.kind, ready.body, marketplace=ready.marketplace)
        with suppress(Exception):  # the message is sent, whatever becomes of telling so
            tell(sent_step(receipt))
        return receipt

    def prepare(
        self,
        order_id: str,
        type: str,  # noqa: A002 - the field's own word
        *,
        text: str | None = None,
        attachments: Iterable[Attachable] = (),
        coverage_start: CoverageDate | None = None,
        coverage_end: CoverageDate | None = None,
        marketplace: Marketplace | str | None = None,
        allow_unlisted: bool = False,
        on_step: Callable[[Step], None] | None = None,
        progress: Callable[[str], Progress] | None = None,
    ) -> Flow[Prepared]:
        """Everything that comes before the POST of `send`: check, and upload the attachments.

        Takes what `send` takes, and raises what it raises before the message is posted.
        """
        tell = on_step or _ignore
        place = self.session.marketplace_of(marketplace)
        checked = yield from self.check(
            order_id,
            type,
            text=text,
            attachments=attachments,
            coverage_start=coverage_start,
            coverage_end=coverage_end,
            marketplace=place,
            allow_unlisted=allow_unlisted,
        )
        if checked.problems or checked.action is None:
            raise DraftRefused(checked.problems)
        draft, action = checked.draft, checked.action
        kind = action.type or unlisted(action)
        if on_step is not None:
            _tell_checked(tell, checked, action)
        uploaded = yield from self._upload(draft, kind, place, tell, progress)
        return Prepared(kind, body_of(draft, uploaded), place)

    def _upload(
        self,
        draft: Draft,
        kind: MessageType,
        place: Marketplace,
        tell: Callable[[Step], None],
        progress: Callable[[str], Progress] | None,
    ) -> Flow[list[str]]:
        uploads = UploadsFlows(self.session)
        ids = []
        for attachment in draft.attachments:
            tell(Step(6, f"{attachment.name}: {attachment.md5}"))
            ids.append(
                (
                    yield from uploads.upload(
                        resource_of(draft.order_id, kind.name),
                        attachment.content,
                        file_name=attachment.name,
                        digest=attachment.md5,
                        marketplace=place,
                        progress=progress(attachment.name) if progress else None,
                    )
                )
            )
            tell(Step(7, f"upload destination {ids[-1]}"))
            tell(Step(8, f"{attachment.name} is stored, {attachment.size:,} bytes"))
        return ids


def read_files(sources: Iterable[Attachable]) -> Flow[tuple[list[Attachment], list[Problem]]]:
    """The attachments behind `sources`; what cannot be read becomes a problem of its own.

    Raises:
        TypeError: `sources` is one file, not a list of them.
    """
    from buyerline.messages.attachments import TOTAL_LIMIT

    if isinstance(sources, str | bytes | Path | Mapping | Attachment) or _is_named_bytes(sources):
        raise TypeError("attachments takes a list of files, not one file: put it into a list")
    files: list[Attachment] = []
    problems: list[Problem] = []
    for number, source in enumerate(sources):
        if isinstance(source, Attachment):
            files.append(source)
            continue
        name, where = _named(source)
        try:
            content = where if isinstance(where, bytes) else (yield Read(where, TOTAL_LIMIT + 1))
        except OSError as error:
            words = f"the file {name[:80]!r} cannot be read: {error.strerror or 'no reason given'}. Check its path."
            problems.append(Problem(Code.FILE_UNREADABLE, f"attachments[{number}]", words))
        else:
            files.append(Attachment(name, content))
    return files, problems


def _is_named_bytes(sources: Any) -> bool:
    """Whether a name and its bytes were given where a list of such pairs belongs."""
    return isinstance(sources, tuple) and len(sources) == 2 and isinstance(sources[1], bytes)


def _named(
    source: Path | str | bytes | bytearray | memoryview | BinaryIO | tuple[str, Any],
) -> tuple[str, Path | bytes | BinaryIO]:
    """The name the buyer will see, and where the bytes are."""
    if isinstance(source, tuple):
        name, inner = source
        return name, _named(inner)[1]
    if isinstance(source, bytes | bytearray | memoryview):
        return "", bytes(source)
    if isinstance(source, str | Path):
        path = Path(source)
        return path.name, path
    own = getattr(source, "name", "")
    return (Path(own).name if isinstance(own, str) else ""), source


def sent_step(receipt: Receipt) -> Step:
    """The last step, after which Amazon has the message."""
    return Step(9, f"{receipt.operation} answered {receipt.status}, request {receipt.request_id}")


def _ignore(_: Step) -> None:
    """The default for `on_step`."""


def _tell_checked(tell: Callable[[Step], None], checked: Checked, action: Action) -> None:
    draft = checked.draft
    tell(Step(2, f"Amazon offers {len(checked.actions)} types: {', '.join(each.name for each in checked.actions)}"))
    tell(Step(3, f"{action.name}: {action.title}"))
    tell(Step(4, f"{len(draft.text):,} characters, all rules kept" if draft.text else "no text"))
    names = ", ".join(f"{file.name} ({file.size:,} bytes)" for file in draft.attachments)
    tell(Step(5, f"{names}, all rules kept" if names else "no attachments"))


def body_of(draft: Draft, upload_destination_ids: Iterable[str]) -> dict[str, Any] | None:
    """The operation's own body: only fields of Amazon's model, only those the draft has; ``None`` when it has none."""
    body: dict[str, Any] = {}
    if draft.text:
        body["text"] = draft.text
    attachments = [
        {"uploadDestinationId": destination, "fileName": attachment.name}
        for destination, attachment in zip(upload_destination_ids, draft.attachments, strict=True)
    ]
    if attachments:
        body["attachments"] = attachments
    if draft.coverage_start is not None:
        body["coverageStartDate"] = coverage_date(draft.coverage_start)
    if draft.coverage_end is not None:
        body["coverageEndDate"] = coverage_date(draft.coverage_end, end=True)
    return body or None
