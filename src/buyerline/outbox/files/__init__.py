"""A file of messages, CSV or JSON Lines: checked line by line, then read once more to be queued.

`check_file` tells everything that is wrong with it and keeps none of its texts and attachments; `read_file` goes
through the same lines again, so that a million of them need little memory. docs/outbox.md describes the file.
"""

from buyerline.outbox.files.checking import FileCheck, check_file, read_file
from buyerline.outbox.files.problems import LineCode, LineProblem

__all__ = ["FileCheck", "LineCode", "LineProblem", "check_file", "read_file"]
