"""What the layers below the app really say, sampled: problems of drafts, reasons, errors."""

from collections.abc import Iterator
from datetime import UTC, datetime

from buyerline.amazon import errors
from buyerline.amazon.errors import BuyerlineError, CredentialsMissing, Problem
from buyerline.amazon.messaging import Actions
from buyerline.messages import filetypes
from buyerline.messages.checks import check, check_available
from buyerline.messages.drafts import Attachment, Draft
from buyerline.messages.filetypes import FileKind
from buyerline.messages.text import TextLimits, check_text
from buyerline.outbox import life, looking, sender
from buyerline.outbox.errors import KeyTaken, MessageUnknown, WrongState
from buyerline.outbox.messages import Outgoing, State
from buyerline.outbox.outbox import _CANNOT_CANCEL, _CANNOT_RESOLVE, _CANNOT_RETRY, _GONE, _HINTS
from buyerline.outbox.scheduling import check_scheduling, check_storable
from buyerline.outbox.verdicts import TRIES, verdict_on
from tests.messages import samples
from tests.messages.forms import (
    BOTH_FORM,
    CONFIRM_ORDER,
    FILES_FIELD,
    FILES_FORM,
    INVOICE,
    ORDER,
    TEXT_FIELD,
    TEXT_FORM,
    WARRANTY,
    action_of,
    draft,
    offer,
    schema_of,
)
from tests.messages.test_links import CYRILLIC_A

PDF = Attachment("invoice.pdf", samples.pdf())

TEXTS = [
    "",
    "<b>Hello</b>",
    "Write to me@example.com or to you@example.com",
    "Call +1 206 555 0100.",
    "Call +1 206 555 0100, +1 206 555 0101 or +1 206 555 0102.",
    "See http://example.com and https://bit.ly/2abc, then https://user:secret@example.com/",
    "https://facebook.com/shop https://127.0.0.1/a javascript:alert(1) https://localhost/x",
    f"https://p{CYRILLIC_A}ypal.com",
    "One\x07two",
    "Half \ud83d of an emoji",
]

FILE_NAMES = [
    "", "invoice", "a/b.pdf", "a\nb.pdf", "exe\u202efdp.pdf", "a..pdf", " a.pdf", 'a".pdf', ".pdf", "a" * 300 + ".pdf",
    "page.html", "it's.exe",
]  # fmt: skip


def of_checks() -> Iterator[Problem]:
    """Problems of drafts, as the checks find them."""
    yield from check(draft("Which colour?", order_id="902"), CONFIRM_ORDER)
    yield from _of_types()
    yield from _of_texts()
    yield from _of_files()
    yield from _of_dates()
    yield from _of_forms()
    wrong = Outgoing("", "", account="", idempotency_key="k" * 300 + "\n", priority=5000)
    yield from check_storable(wrong)
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    yield from check_scheduling(Outgoing("", "", account=" ", priority=5000, not_before=moment, expires_at=moment))


def _of_types() -> Iterator[Problem]:
    disabled = schema_of({}, disabled=True, disabledReason="Messaging has been disabled.")
    silent = schema_of({}, disabled=True)
    offers = [
        offer(("confirmOrderDetails", TEXT_FORM), ("warranty", disabled), ("legalDisclosure", silent), ("newType", {})),
        offer(),
        Actions(ORDER, closed_reason="Amazon takes no messages for this order now: It is too old."),
    ]
    for actions in offers:
        for name in ("invoice", "invoce", "warranty", "legalDisclosure", "newType", "it's"):
            found = check_available(actions, name)
            if isinstance(found, Problem):
                yield found


def _of_texts() -> Iterator[Problem]:
    for text in TEXTS:
        for links in (True, False):
            yield from check_text(text, TextLimits(1, 2000, links=links))
    yield from check_text("x" * 2_005, TextLimits(1, 2_000, links=True))
    yield from check_text("\N{THUMBS UP SIGN}\N{EMOJI MODIFIER FITZPATRICK TYPE-3}" * 1_001, TextLimits(1, 2_000, True))  # noqa: FBT003 - as the form says
    yield from check_text("Short", TextLimits(10, 2_000, links=True))
    yield from check(draft("Here you are.", PDF), INVOICE)


def _of_files() -> Iterator[Problem]:
    for name in FILE_NAMES:
        yield from check(draft(None, Attachment(name, samples.pdf())), INVOICE)
    for content in (b"", samples.exe(), samples.png(), b"\0\1\2\3"):
        yield from check(draft(None, Attachment("invoice.pdf", content)), INVOICE)
    yield from check(draft(None, Attachment(" ", b"")), INVOICE)
    yield from check(draft(None, PDF, PDF, Attachment("INVOICE.pdf", samples.pdf())), INVOICE)
    yield from check(draft(None, *[Attachment(f"{number}.pdf", samples.pdf()) for number in range(6)]), INVOICE)
    yield from check(draft(None), INVOICE)
    for size in (10_000_000, 10_000_001):
        yield from check(draft(None, Attachment("a.txt", b"a" * size)), INVOICE)
    three = action_of("invoice", schema_of({"attachments": {**FILES_FIELD, "minItems": 3}}))
    yield from check(draft(None), three)
    yield from check(draft(None, PDF), three)
    yield from check(draft("Which colour?", PDF), CONFIRM_ORDER)


def _of_dates() -> Iterator[Problem]:
    for start, end in [(None, None), ("soon", "later"), ("2026-02-01", "2026-01-31"), ("2026-01-01T00Z",) * 2]:
        yield from check(Draft(ORDER, "warranty", None, (PDF,), start, end), WARRANTY)
    yield from check(draft("Which colour?", coverage_start="2026-01-31"), CONFIRM_ORDER)


def _of_forms() -> Iterator[Problem]:
    text, name = {**TEXT_FIELD}, {"type": "string"}
    forms = [
        schema_of({"rawMessageBody": text}, ["rawMessageBody", "giftNote"]),
        schema_of({"rawMessageBody": {**text, "enum": ["Yes", "No"]}}),
        schema_of({"rawMessageBody": {**text, "pattern": "^A"}}),
        {**TEXT_FORM, "not": {}},
    ]
    for form in forms:
        yield from check(draft("Which colour?"), action_of("confirmOrderDetails", form))
    items = {"type": "object", "properties": {"fileName": {**name, "pattern": "^A"}, "id": name}}
    for field in ({**FILES_FIELD, "items": items}, {**FILES_FIELD, "uniqueItems": True}):
        form = schema_of({"attachments": field})
        yield from check(draft(None, PDF, PDF), action_of("sendInvoice", form))
    yield from check(draft(), action_of("invoice", FILES_FORM))
    yield from check(draft(), action_of("confirmCustomizationDetails", BOTH_FORM))


def kinds_of_files() -> list[str]:
    """What a file can be found to be."""
    others = [*filetypes._TITLES.values(), *filetypes._PROGRAMS.values(), filetypes._title(""), filetypes._title("rar")]
    streams = [stream for stream in filetypes._STREAMS.values() if isinstance(stream, str)]
    damaged = [filetypes.recognise(content) for content in (b"PK\x03\x04", samples.docx(macros=True))]
    office = filetypes.recognise(samples.compound_file("VisioDocument"))
    return [str(kind) for kind in (*[each.title for each in FileKind], *others, *streams, *damaged, office)]


def of_amazon() -> Iterator[BuyerlineError]:
    """Errors, as the client makes them."""
    for kind in _kinds(errors.AmazonError):
        if kind is not errors.UploadFailed:
            said = "Not today. Ask later."
            yield kind(operation="sendInvoice", status=403, amazon_message=said)
            yield kind(
                operation="lwa", status=403, amazon_message=said, amazon_code="Unauthorized", request_id="7d1c-0001"
            )
    yield errors.AmazonError(operation="lwa", status=500, request_id="7d1c-0001")
    yield errors.AmazonError(operation="lwa", status=500, amazon_code="ServerError")
    yield errors.UploadFailed(
        file_name="a.pdf",
        status=403,
        amazon_code="AccessDenied",
        amazon_message="Request has expired",
        request_id="7d1c-0001",
    )
    lost = errors.ConnectionLost(
        "the connection to api.example:443 ended before the answer was complete: unexpected end of file.",
        operation="createConfirmOrderDetails",
        host="api.example:443",
    )
    yield lost
    yield errors.TimedOut("api.example did not answer in time.", operation="s3", host="api.example")
    yield errors.NotNow("getOrder", 1234.5)
    yield errors.OutcomeUnknown(
        order_id=ORDER,
        type="invoice",
        marketplace_id="ATVPDKIKX0DER",
        operation="sendInvoice",
        posted_at=datetime.now(UTC),
        cause=lost,
    )
    yield CredentialsMissing("shop", ["code: no credentials were given", "the file /etc/a.yml: not there"])


def _kinds(kind: type[errors.AmazonError]) -> Iterator[type[errors.AmazonError]]:
    yield kind
    for narrower in kind.__subclasses__():
        yield from _kinds(narrower)


def of_the_outbox() -> Iterator[str]:
    """Reasons and notes of messages, and why they cannot be decided so."""
    yield life.DIED
    yield str(sender._CUT_OFF.reason)
    yield looking.LOOKED_UP
    for failure in (errors.NotNow("getOrder", 2.0), RuntimeError("x")):
        verdict = verdict_on(failure, TRIES)
        yield verdict.reason if verdict else ""
    resolved = {state: words for state, words in _CANNOT_RESOLVE.items() if state is not State.UNKNOWN}
    for table in (_CANNOT_CANCEL, _CANNOT_RETRY, resolved):
        for state, words in table.items():
            yield str(WrongState("0123456789abcdef", state, words, hint=_HINTS.get(State(state), "")))
    yield str(WrongState("0123456789abcdef", State.REFUSED, _GONE))
    yield str(KeyTaken("my key", "0123456789abcdef"))
    yield str(MessageUnknown("0123456789abcdef"))
    yield "Amazon still offers invoice."
    yield "Amazon could not be asked: getMessagingActionsForOrder: api.example did not answer in time."
    yield "cancelled by ann@example.com"
    yield "Ann Example found that it was not sent"
