"""What a seller gives on the command line: the text, and the files."""

import sys
from pathlib import Path

from buyerline.amazon.errors import ConfigurationError, DraftRefused, Problem


def read_text(text: str | None, text_file: str | None) -> str | None:
    """The text of the message: given itself, from a file, or from stdin (``-``), in UTF-8.

    One line break at the end of a file is its end and no part of the text.

    Raises:
        ConfigurationError: both were given.
        DraftRefused: the file cannot be read, or is not UTF-8.
    """
    if text is not None and text_file is not None:
        raise ConfigurationError(
            "text: --text and --text-file were both given.", hint="Give one of them.", code="usage"
        )
    if text_file is None:
        return text
    name = "stdin" if text_file == "-" else f"the file {text_file}"
    try:
        content = sys.stdin.buffer.read() if text_file == "-" else Path(text_file).read_bytes()
        written = content.decode("utf-8-sig")
    except OSError as error:
        reason = error.strerror or "no reason given"
        raise _refused("text_unreadable", f"{name} cannot be read: {reason}. Check its path.") from error
    except UnicodeDecodeError as error:
        raise _refused("text_encoding", f"{name} is not UTF-8 (byte {error.start + 1}). Save it as UTF-8.") from error
    return written.replace("\r\n", "\n").removesuffix("\n")


def _refused(code: str, message: str) -> DraftRefused:
    return DraftRefused([Problem(code, "text", message)])


def read_attach(value: str) -> Path | tuple[str, Path]:
    """A value of ``--attach``: a path, or the name that the buyer will see and the path.

    ``PATH=NAME`` is cut at the sign after which the rest is a name: a path that exists as it stands is a path, and
    a path with an equals sign in it may still be given a name.
    """
    if _is_file(value):
        return Path(value)
    cuts = [cut for cut, character in enumerate(value) if character == "="]
    for cut in reversed(cuts):
        if _is_file(value[:cut]):
            return value[cut + 1 :], Path(value[:cut])
    return Path(value[: cuts[0]] if cuts else value)


def _is_file(path: str) -> bool:
    try:
        return Path(path).is_file()
    except OSError:  # a name that the file system does not take
        return False
