"""Sentences that are translated when they are shown, not where they are made."""


class Words:
    """A sentence in English with named values, e.g. ``Words("The file {name} is empty.", name="a.pdf")``.

    The English sentence is its name in the catalogues (a msgid); `extract` of Babel finds calls of `Words`.

    Args:
        msgid: the sentence, values in braces.
        values: what stands for the names in it.
    """

    __slots__ = ("msgid", "values")

    def __init__(self, msgid: str, **values: object) -> None:
        self.msgid = msgid
        self.values = values

    def __str__(self) -> str:
        return self.msgid.format(**self.values)

    def __repr__(self) -> str:
        return f"Words({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Words) and (self.msgid, self.values) == (other.msgid, other.values)

    __hash__ = None  # type: ignore[assignment]  # values need not be hashable
