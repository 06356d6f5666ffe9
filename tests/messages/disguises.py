"""Ways to write the same thing so that a careless search misses it."""

_FULLWIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def wide(text: str) -> str:
    """`text` with its ASCII characters in fullwidth, as Japanese keyboards write them."""
    return text.translate(_FULLWIDTH)
