"""What forms and addresses bring in, read with care."""

from collections.abc import Mapping
from typing import Annotated

from litestar.enums import RequestEncodingType
from litestar.params import Body, PathParameter

from buyerline.app.errors import Invalid
from buyerline.app.words import Words

LARGEST = 2**63 - 1
"""The largest number that a database keeps."""

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
"""The fields of a form, each once."""

Number = Annotated[int, PathParameter(ge=1, le=LARGEST)]
"""A number in a path: of a person, of a key."""


def number_of(text: str) -> int | None:
    """The number that a field or a URL holds; ``None`` where it holds none that anything here could have."""
    if not text.isascii() or not text.isdigit() or len(text) > len(str(LARGEST)):
        return None
    number = int(text)
    return number if number <= LARGEST else None


def typed_twice(form: Mapping[str, str], field: str) -> str:
    """A new password from its field and the one named with ``_again``: nobody sees what they type.

    Raises:
        Invalid: the two are not the same.
    """
    typed, again = form.get(field, ""), f"{field}_again"
    if typed != form.get(again, ""):
        raise Invalid(Words("The two are not the same. Type the new password again, twice."), again)
    return typed
