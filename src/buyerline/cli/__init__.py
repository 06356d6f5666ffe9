"""The commands of ``buyerline``. They parse, ask, show and exit; what they do is done by the client."""

from buyerline.cli.app import run

__all__ = ["run"]
