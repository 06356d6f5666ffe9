"""The files that the lines of a file of messages name: each read once, and kept while there is room."""

from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache, partial
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from buyerline.amazon.errors import Problem
from buyerline.messages import attachments
from buyerline.messages.attachments import TOTAL_LIMIT
from buyerline.messages.codes import Code
from buyerline.messages.drafts import Attachment, Draft
from buyerline.outbox.beforehand import check_beforehand
from buyerline.outbox.files.lines import open_regular
from buyerline.outbox.files.problems import LineCode

ROOM = 64_000_000
"""Bytes of attachments that are kept, so that one which many lines name is read once."""

TEXT_LIMIT = 100_000
"""Bytes of a file with text: several times what the longest text needs."""

_OWN_ROOM = 1000
"""Bytes that keeping a file takes beside its content."""

REMEMBERED = 4096
"""Names, and what was found about attachments, that are kept: a few hundred bytes each."""

_TEXTS = 256
"""Files with text that are kept."""

_CHECK_PATH = "Check its path; it starts at the folder of the file of messages."


class FileSum(NamedTuple):
    """An attachment without its bytes: the name that the buyer sees, and the SHA-256 of the bytes in hex."""

    name: str
    sha256: str


class Looked(NamedTuple):
    """What is known of a message's attachments without their bytes."""

    sums: tuple[FileSum, ...]
    problems: tuple[Problem, ...]


class Loaded(NamedTuple):
    """A message's attachments; one that cannot be read is empty and has a problem."""

    attachments: tuple[Attachment, ...]
    sums: tuple[FileSum, ...]
    problems: tuple[Problem, ...]


class _Kept(NamedTuple):
    """A file under the name that it was last asked for, or why it cannot be read."""

    attachment: Attachment
    sha256: str
    failure: str | None

    @property
    def room(self) -> int:
        return self.attachment.size + _OWN_ROOM


class Attached:
    """The files that lines name, relative to one folder, during one pass through a file of messages.

    Attributes:
        text: `read_text` in that folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: OrderedDict[Path, _Kept] = OrderedDict()
        self._room = ROOM
        self._named = lru_cache(REMEMBERED)(partial(named, folder))
        self.text = lru_cache(_TEXTS)(partial(read_text, folder))

    def load(self, sources: Sequence[str]) -> Loaded:
        """The attachments for which `sources` stand: ``PATH``, or ``PATH=NAME`` to give another name."""
        files = [self._keep(*self._named(source)) for source in sources]
        return Loaded(
            tuple([file.attachment for file in files]),
            tuple([FileSum(file.attachment.name, file.sha256) for file in files]),
            tuple(
                Problem(Code.FILE_UNREADABLE, f"{attachments.FIELD}[{number}]", file.failure)
                for number, file in enumerate(files)
                if file.failure
            ),
        )

    def _keep(self, name: str, path: Path) -> _Kept:
        """The file at `path`, read where it is not kept, and from now on the last to be let go."""
        kept = self._kept.get(path)
        if kept is None:
            kept = self._kept[path] = self._load(name, path)
            self._room -= kept.room
            while self._room < 0 and len(self._kept) > 1:
                self._room += self._kept.popitem(last=False)[1].room
        self._kept.move_to_end(path)
        if kept.attachment.name != name:
            kept = self._kept[path] = kept._replace(attachment=Attachment(name, kept.attachment.content))
        return kept

    def _load(self, name: str, path: Path) -> _Kept:
        try:
            content = _read(path, TOTAL_LIMIT + 1)
        except OSError as error:
            where = path.relative_to(self._folder) if path.is_relative_to(self._folder) else path
            words = f"the file {str(where)[:80]!r} cannot be read: {error.strerror or 'no reason given'}. {_CHECK_PATH}"
            return _Kept(Attachment(name, b""), "", words)
        return _Kept(Attachment(name, content), sha256(content).hexdigest(), None)


def look_at(attached: Attached, type_name: str, sources: tuple[str, ...]) -> Looked:
    """What is to be said of the attachments `sources` of a message of this type, all its rules checked."""
    files, sums, problems = attached.load(sources)
    unreadable = {problem.field for problem in problems}
    broken = check_beforehand(Draft("", type_name, attachments=files))
    further = [each for each in broken if about_attachments(each) and each.field not in unreadable]
    return Looked(sums, (*problems, *further))


def about_attachments(problem: Problem) -> bool:
    """Whether a problem is one of the attachments, together or singly."""
    return problem.field.startswith(attachments.FIELD)


def named(folder: Path, source: str) -> tuple[str, Path]:
    """The name that the buyer sees and the path, for ``PATH`` or ``PATH=NAME`` in `folder`.

    ``PATH=NAME`` is cut at the sign after which the rest is a name: a path that exists as it stands is a path, and
    a path with an equals sign in it may still be given a name.
    """
    whole = folder / source
    if _is_file(whole):
        return whole.name, whole
    cuts = [place for place, character in enumerate(source) if character == "="]
    for cut in reversed(cuts):
        if _is_file(folder / source[:cut]):
            return source[cut + 1 :], folder / source[:cut]
    missing = folder / source[: cuts[0]] if cuts else whole
    return missing.name, missing


def read_text(folder: Path, source: str) -> str | Problem:
    """The text in a UTF-8 file, or why there is none. The line break at its end is no part of it."""
    shown = f"the file {source[:80]!r}"
    try:
        content = _read(folder / source, TEXT_LIMIT + 1)
        if len(content) > TEXT_LIMIT:
            words = f"{shown} has more than {TEXT_LIMIT:,} bytes, which no message type takes. Shorten it."
            return Problem(LineCode.TEXT_TOO_LONG, "text_file", words)
        return content.decode("utf-8-sig").replace("\r\n", "\n").removesuffix("\n")
    except OSError as error:
        words = f"{shown} cannot be read: {error.strerror or 'no reason given'}. {_CHECK_PATH}"
        return Problem(LineCode.TEXT_UNREADABLE, "text_file", words)
    except UnicodeDecodeError as error:
        words = f"{shown} is not UTF-8 (byte {error.start + 1}). Save it as UTF-8."
        return Problem(LineCode.TEXT_ENCODING, "text_file", words)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that the file system does not take
        return False


def _read(path: Path, limit: int) -> bytes:
    with open_regular(path) as file:
        return file.read(limit)
