"""What a program writes: a message, as its body has it."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar.openapi.spec import Example
from litestar.params import Body
from msgspec import Meta

from buyerline.app.draft_values import FILES_KEPT, TEXT_KEPT
from buyerline.app.errors import Invalid
from buyerline.app.words import Words
from buyerline.messages.drafts import Attachment
from buyerline.outbox.messages import Outgoing, State, in_utc
from buyerline.outbox.scheduling import KEY_LIMIT, PRIORITIES

LONGEST_WORD = 100
"""Characters of a name, a date, an order's id."""

LONGEST_FILE_NAME = 500
"""Characters: more than the checks let pass, so that they can say what is wrong."""


DIGEST = "d4f0b1c2a3948576d4f0b1c2a3948576d4f0b1c2a3948576d4f0b1c2a3948576"
Digest = Annotated[
    str,
    Meta(
        max_length=LONGEST_WORD,
        description="As `GET /approvals` says it. The decision is about what it said then: 409 if that was changed.",
        examples=[DIGEST],
    ),
]


class NewAttachment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file for the buyer."""

    file_name: Annotated[
        str, Meta(max_length=LONGEST_FILE_NAME, description="As the buyer sees it.", examples=["invoice.pdf"])
    ]
    content: Annotated[
        bytes,
        Meta(
            description="Its bytes in base64; all files together below 10 MB.",
            examples=["JVBERi0xLjQK"],
            extra_json_schema={"extra": {"content_encoding": "base64"}},
        ),
    ]


class Content(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a buyer is to get."""

    type: Annotated[
        str,
        Meta(
            max_length=LONGEST_WORD,
            description="The message type, by any name of Amazon's: `invoice` or `sendInvoice`.",
            examples=["confirmOrderDetails"],
        ),
    ]
    text: (
        Annotated[
            str,
            Meta(
                max_length=TEXT_KEPT,
                description="What the buyer reads, where the type takes text.",
                examples=["Which colour would you like? We ship today."],
            ),
        ]
        | None
    ) = None
    attachments: Annotated[
        list[NewAttachment], Meta(max_length=FILES_KEPT, description="Files, where the type takes some.")
    ] = []
    coverage_start: (
        Annotated[
            str,
            Meta(max_length=LONGEST_WORD, description="A warranty's first day, ISO 8601.", examples=["2026-12-01"]),
        ]
        | None
    ) = None
    coverage_end: (
        Annotated[str, Meta(max_length=LONGEST_WORD, description="Its last day.", examples=["2027-11-30"])] | None
    ) = None

    def files(self) -> list[Attachment]:
        """The files as the checks and the outbox take them."""
        return [Attachment(file.file_name, file.content) for file in self.attachments]


class NewMessage(Content, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A message to queue."""

    account: Annotated[str, Meta(max_length=LONGEST_WORD, description="The account's name.", examples=["shop"])]
    order_id: Annotated[
        str, Meta(max_length=LONGEST_WORD, description="Amazon's order id.", examples=["902-6786204-8179805"])
    ]
    marketplace: (
        Annotated[
            str,
            Meta(
                max_length=LONGEST_WORD,
                description="Where the order was placed, country code or id; needed only where it is not here yet.",
                examples=["US"],
            ),
        ]
        | None
    ) = None
    idempotency_key: (
        Annotated[
            str,
            Meta(
                min_length=1,
                max_length=KEY_LIMIT,
                description="The same key for the same account is queued once; the content is its key by default. The "
                "header Idempotency-Key says the same.",
                examples=["order-confirmation-17"],
            ),
        ]
        | None
    ) = None
    not_before: Annotated[datetime, Meta(description="Not sent before this moment.")] | None = None
    expires_at: Annotated[datetime, Meta(description="Not sent any more after this moment.")] | None = None
    priority: Annotated[
        int,
        Meta(
            ge=PRIORITIES[0],
            le=PRIORITIES[-1],
            description="Of an account's messages the highest goes first, among equals the oldest.",
        ),
    ] = 0

    def outgoing(self, key: str | None) -> Outgoing:
        """The message as the outbox takes it, under a key that came in the header where one did.

        Raises:
            Invalid: two keys came, or a moment lies outside of the calendar.
        """
        if None not in (key, self.idempotency_key) and key != self.idempotency_key:
            words = Words("The header Idempotency-Key says another key. Send one of them.")
            raise Invalid(words, "idempotency_key")
        return Outgoing(
            order_id=self.order_id,
            type=self.type,
            text=self.text,
            attachments=self.files(),
            coverage_start=self.coverage_start,
            coverage_end=self.coverage_end,
            account=self.account,
            marketplace=self.marketplace,
            idempotency_key=self.idempotency_key or key,
            not_before=in_calendar("not_before", self.not_before),
            expires_at=in_calendar("expires_at", self.expires_at),
            priority=self.priority,
        )


class Resolution(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What became of a message of which nobody knew."""

    arrived: Annotated[
        bool,
        Meta(description="Whether it was found to be sent (Seller Central, Messages, Sent). If not, it is sent again."),
    ]
    attempts: Annotated[
        int,
        Meta(
            ge=1, description="`attempts` of the message when you looked: what you found tells nothing of a later try."
        ),
    ]
    again: Annotated[
        bool, Meta(description="Send it though the same is queued, or was sent, for the order as another message.")
    ] = False


class Retrial(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a message is tried again."""

    state: Annotated[
        State,
        Meta(description="`state` of the message when you decided: what somebody cancelled meanwhile does not go."),
    ]
    again: Annotated[
        bool, Meta(description="Send it though the same is queued, or was sent, for the order as another message.")
    ] = False


class Approval(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is approved."""

    digest: Digest
    again: Annotated[
        str | None,
        Meta(description="`sent_before` of what waits: send it though that message said the same.", examples=[None]),
    ] = None


class Reason(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a message is given back."""

    digest: Digest
    why: Annotated[
        str, Meta(max_length=TEXT_KEPT, description="What the writer should change.", examples=["Name the colours."])
    ]
    discard: Annotated[
        bool, Meta(description="`orphaned` of what waits: throw it away, since its writer would not get it back.")
    ] = False


_TEXT = {"type": "confirmOrderDetails", "text": "Which colour would you like? We ship today."}

CONTENT = Body(examples=[Example(value=_TEXT)])
NEW_MESSAGE = Body(examples=[Example(value={"account": "shop", "order_id": "902-6786204-8179805", **_TEXT})])
RETRIAL = Body(examples=[Example(value={"state": "failed", "again": False})])
RESOLUTION = Body(examples=[Example(value={"arrived": True, "attempts": 1})])
APPROVAL = Body(examples=[Example(value={"digest": DIGEST})])
REASON = Body(examples=[Example(value={"digest": DIGEST, "why": "Name the colours."})])
"""The bodies as the document shows them."""


def in_calendar(name: str, moment: datetime | None) -> datetime | None:
    """A moment in UTC; one without a zone is taken for UTC.

    Raises:
        Invalid: it lies outside of the years 1 to 9999 there.
    """
    try:
        return moment and in_utc(moment)
    except OverflowError:
        raise Invalid(Words("The moment lies outside of the years 1 to 9999."), name) from None
