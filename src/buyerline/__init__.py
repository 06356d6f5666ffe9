"""Message Amazon buyers about their orders."""

from buyerline._version import __version__

__all__ = ["__version__"]
