"""Which lines say the same once more, remembered in some fifty bytes a line."""

import struct
from collections import defaultdict
from hashlib import blake2b
from typing import NamedTuple

_LINE = struct.Struct(">16s8sQ")
"""What is kept of a line: the digest of its key, some of the digest of its content, its number."""


class First(NamedTuple):
    """The line that had the key first, and whether it had the same content."""

    line: int
    same: bool


class Repeats:
    """The keys of lines, each with the line that had it first.

    A dict of a million keys takes three times the room. Keys lie in 65,536 buckets by the first bytes of their digests,
    and are searched for among their bytes: to meet one at a wrong place takes a chance of 1 in 2^128.
    """

    def __init__(self) -> None:
        self._buckets: defaultdict[bytes, bytearray] = defaultdict(bytearray)

    def first(self, key: str, content: bytes, line: int) -> First | None:
        """The line that had `key` before; ``None`` when `line` is the first, which is then remembered.

        Args:
            key: what no two messages share.
            content: the digest of the message's content, at least 8 bytes.
            line: the line's number.
        """
        digest = blake2b(key.encode(), digest_size=16).digest()
        bucket = self._buckets[digest[:2]]
        place = bucket.find(digest)
        if place < 0:
            bucket += _LINE.pack(digest, content[:8], line)
            return None
        _, known, first = _LINE.unpack_from(bucket, place)
        return First(first, known == content[:8])
