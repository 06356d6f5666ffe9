"""What people type and upload, as a draft keeps it: within bounds, and writable in every database."""

import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from buyerline.app.draft_rows import Draft, StoredFile
from buyerline.app.errors import Invalid
from buyerline.app.words import Words
from buyerline.messages import drafts
from buyerline.messages.attachments import TOTAL_LIMIT
from buyerline.outbox.messages import Message

TEXT_KEPT = 20_000
"""Characters of a text that a draft keeps: ten times what Amazon's most generous type takes."""

NAME_KEPT = 500
"""Characters of a file's name that a draft keeps, more than the checks let pass."""

FILES_KEPT = 20
"""Files that a draft keeps: four times what Amazon takes with a message."""

FILE_LIMIT = TOTAL_LIMIT + 1_000_000
"""Bytes of a file that a draft keeps: some more than can be sent, so that the checks can say that it is too large."""

_TOTAL_KEPT = 2 * TOTAL_LIMIT
_TYPE_KEPT = 100
_DATE_KEPT = 50

UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")
"""What PostgreSQL keeps in no text, and what no encoding can write."""

Wording: TypeAlias = Mapping[str, str | None]
"""What is typed, by the names of a draft's columns."""


def wording(type_name: str | None, text: str, coverage_start: str | None, coverage_end: str | None) -> Wording:
    """What was typed, as it is kept: line ends become line feeds, as the checks count them.

    Raises:
        Invalid: a value is too long or cannot be kept.
    """
    return {
        "type": kept(type_name, "type", _TYPE_KEPT),
        "text": kept(re.sub("\r\n?", "\n", text), "text", TEXT_KEPT),
        "coverage_start": kept(coverage_start, "coverage_start", _DATE_KEPT),
        "coverage_end": kept(coverage_end, "coverage_end", _DATE_KEPT),
    }


def wording_of(draft: Draft) -> Wording:
    """What a draft says, to compare with what was typed."""
    return {
        "type": draft.type,
        "text": draft.text or None,
        "coverage_start": draft.coverage_start,
        "coverage_end": draft.coverage_end,
    }


def as_checked(draft: Draft, files: Sequence[StoredFile]) -> drafts.Draft:
    """A draft and its files as the checks take them, and as the outbox would send them."""
    return drafts.Draft(
        draft.order_id,
        draft.type or "",
        draft.text or None,
        tuple(drafts.Attachment(file.name, file.content) for file in files),
        draft.coverage_start,
        draft.coverage_end,
    )


def wording_of_message(message: Message) -> Wording:
    """What a message says, to compare with what was typed, or to write on."""
    return {
        "type": message.type,
        "text": message.text or None,
        "coverage_start": day_typed(message.coverage_start),
        "coverage_end": day_typed(message.coverage_end),
    }


def day_typed(moment: str | None) -> str | None:
    """A day of coverage as a person types it, where the moment that was made of it is its beginning or its end."""
    day, _, time = (moment or "").partition("T")
    return day if time in ("00:00:00+00:00", "23:59:59+00:00") else moment


def kept(value: str | None, field: str, limit: int) -> str | None:
    """A value as it is kept, ``None`` for an empty one.

    Raises:
        Invalid: it is too long or cannot be kept.
    """
    if not value:
        return None
    if len(value) > limit:
        words = Words("At most {limit} characters are kept here, even in a draft. Shorten it.", limit=limit)
        raise Invalid(words, field)
    if UNKEEPABLE.search(value):
        raise Invalid(Words("There is a character that is none. Delete it and type the words around it again."), field)
    return value


def file_name(given: str) -> str:
    """The name that a browser gives for a file, without the path that some put before it."""
    return UNKEEPABLE.sub("_", re.split(r"[/\\]", given)[-1])[:NAME_KEPT]


def check_room(draft: Draft, size: int) -> None:
    """Let pass a file for which there is room.

    Raises:
        Invalid: it is larger than any that can be sent, or too much is in the draft already.
    """
    if size > FILE_LIMIT:
        raise Invalid(Words("The file is larger than 10 MB, more than Amazon takes. Make it smaller."), "files")
    if len(draft.files) >= FILES_KEPT:
        words = Words("A draft keeps {count} files, and Amazon takes fewer. Remove some first.", count=FILES_KEPT)
        raise Invalid(words, "files")
    if sum(file.size for file in draft.files) + size > _TOTAL_KEPT:
        words = Words("The files are far larger than the 10 MB that Amazon takes together. Remove some first.")
        raise Invalid(words, "files")
