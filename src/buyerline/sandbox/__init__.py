"""Amazon's side on this machine: a faithful local stand-in for tokens, orders, messaging, uploads, S3 and buyers."""

from buyerline.sandbox.options import (
    DEFAULT_APPLICATION_ID,
    DEFAULT_CLIENT_ID,
    DEFAULT_CLIENT_SECRET,
    DEFAULT_REFRESH_TOKEN,
    GUIDE_ORDER,
    Options,
)
from buyerline.sandbox.server import Running, background, serve

__all__ = [
    "DEFAULT_APPLICATION_ID",
    "DEFAULT_CLIENT_ID",
    "DEFAULT_CLIENT_SECRET",
    "DEFAULT_REFRESH_TOKEN",
    "GUIDE_ORDER",
    "Options",
    "Running",
    "background",
    "serve",
]
