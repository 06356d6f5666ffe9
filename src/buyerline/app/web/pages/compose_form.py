"""What the form of the order page sends, read into types once."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from litestar.datastructures import FormMultiDict, UploadFile

from buyerline.app.approving import Waiting
from buyerline.app.draft_rows import Draft, blank
from buyerline.app.draft_values import Wording, wording, wording_of, wording_of_message
from buyerline.app.errors import Invalid
from buyerline.app.formats import zone_of
from buyerline.app.web.forms import number_of
from buyerline.app.web.rendering import PageRequest
from buyerline.app.words import Words
from buyerline.outbox.clock import now
from buyerline.outbox.messages import Message, State

NAME_OF = "name-"
"""What a file's name is called in the form: this, and the file's id."""

_NO_MOMENT = Words("Say when it is to be sent: a day and a time.")
_NO_SUCH_TIME = Words("There is no such time on that day: the clocks go forward. Choose one an hour later.")


@dataclass(frozen=True, slots=True)
class Written:
    """A form as it was sent.

    Attributes:
        whole: whether it is the page's form, and not a file alone that a script sends.
        draft_id, version: of the draft that the page shows; ``None`` and 0 where it shows none.
        type: the chosen message type, ``None`` for none.
        text, coverage_start, coverage_end: as typed. The text is not shown by `repr`.
        names: what the files shall be called, by their ids.
        files: the files that came with it. Their bytes are on disk until somebody reads them.
        later: whether it is to be sent at a time to come.
        at: that time as typed, in the viewer's time zone.
        zone: the time zone that the page named beside that field; ``""`` where it named none.
        again: the message that says the same, besides which it is to be sent all the same; ``None`` for none.
        asks: whether the page said that somebody else reads the message first.
        checked: whether somebody asked what is still to fix.
    """

    whole: bool
    draft_id: str | None
    version: int
    type: str | None
    text: str = field(repr=False)
    coverage_start: str | None
    coverage_end: str | None
    names: Mapping[str, str]
    files: tuple[UploadFile, ...]
    later: bool
    at: str
    zone: str
    again: str | None
    asks: bool
    checked: bool

    def shows(self, draft: Draft) -> bool:
        """Whether the page shows the files of a draft, and no others."""
        return set(self.names) == {file.id for file in draft.files}

    def over(self, draft: Draft | None, account_id: int, order_id: str) -> Draft:
        """The draft that the page showed with what is written now, for a page that shows it though it was not kept.

        Where it was kept, and only something else refused, that is the draft as it stands.
        """
        if draft and self.draft_id in (None, draft.id) and self._said_by(draft):
            return draft
        shown = draft if draft and draft.id == self.draft_id else blank(account_id, order_id)
        return replace(
            shown,
            id=self.draft_id or "",
            version=self.version,
            type=self.type,
            text=self.text,
            coverage_start=self.coverage_start,
            coverage_end=self.coverage_end,
        )

    def became(self, sent: Message | Waiting) -> bool:
        """Whether a message that goes, or a draft that waits, is what the page shows; files count by their names."""
        if isinstance(sent, Waiting):
            return self._said_by(sent.draft) and self._names([file.name for file in sent.draft.files])
        same = sent.state is not State.CANCELLED and self._wording() == wording_of_message(sent)
        return same and self._names([file.file_name for file in sent.files])

    def _names(self, files: list[str]) -> bool:
        return list(self.names.values()) == files

    def _said_by(self, draft: Draft) -> bool:
        return self._wording() == wording_of(draft)

    def _wording(self) -> Wording | None:
        """What is typed, as it is kept; ``None`` where it cannot be."""
        try:
            return wording(self.type, self.text, self.coverage_start, self.coverage_end)
        except Invalid:
            return None

    def moment(self, zone: str | None) -> datetime | None:
        """When it is to be sent; ``None``: now.

        Of a time that a day has twice, because the clocks go back, the first is meant.

        Args:
            zone: the viewer's time zone where the page named none, an IANA name; ``None``: UTC.

        Raises:
            Invalid: it is no moment, or the day has no such time (`field` is ``"at"``).
        """
        if not self.later:
            return None
        there = zone_of(self.zone or zone)
        try:
            wall = datetime.fromisoformat(self.at).replace(tzinfo=None)
            moment = wall.replace(tzinfo=there).astimezone(UTC)
            if moment.astimezone(there).replace(tzinfo=None) != wall:
                raise Invalid(_NO_SUCH_TIME, "at")
        except (ValueError, OverflowError):
            raise Invalid(_NO_MOMENT, "at") from None
        return moment


@dataclass(frozen=True, slots=True)
class Later:
    """What a page proposes for the time of sending, as a browser's field for a day and a time takes it.

    Attributes:
        proposed: nine o'clock tomorrow.
        earliest: this minute.
    """

    proposed: str
    earliest: str


def later_of(zone: str | None) -> Later:
    """The times of sending that are proposed to a viewer, in their time zone."""
    there = now().astimezone(zone_of(zone)).replace(tzinfo=None)
    tomorrow = (there + timedelta(days=1)).replace(hour=9, minute=0)
    return Later(tomorrow.isoformat(timespec="minutes"), there.isoformat(timespec="minutes"))


async def written(request: PageRequest) -> Written:
    """The form of a request, however it is encoded."""
    form = await request.form()
    return Written(
        whole="version" in form,
        draft_id=_text(form, "draft") or None,
        version=number_of(_text(form, "version")) or 0,
        type=_text(form, "type") or None,
        text=_text(form, "text"),
        coverage_start=_text(form, "coverage_start") or None,
        coverage_end=_text(form, "coverage_end") or None,
        names={name.removeprefix(NAME_OF): _text(form, name) for name in form if name.startswith(NAME_OF)},
        files=tuple(each for each in form.getall("file", []) if isinstance(each, UploadFile) and each.filename),
        later=_text(form, "when") == "later",
        at=_text(form, "at"),
        zone=_text(form, "zone"),
        again=_text(form, "again") or None,
        asks=_text(form, "asks") == "yes",
        checked=_text(form, "check") == "yes",
    )


def _text(form: FormMultiDict, name: str) -> str:
    """A field's text; ``""`` for none, and where a file came in its place."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""
