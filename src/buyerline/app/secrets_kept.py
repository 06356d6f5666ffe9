"""Secrets of which only a digest is kept: who reads the database learns none of them."""

import hashlib
import secrets

SECRET_BYTES = 32
"""Of chance in every secret that the app hands out: links, cookies, API keys."""


def new_secret() -> str:
    """A secret for a link or a cookie."""
    return secrets.token_urlsafe(SECRET_BYTES)


def digest(secret: str) -> str:
    """The SHA-256 by which a secret is told again; so much chance, as Amazon's tokens have too, needs no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
