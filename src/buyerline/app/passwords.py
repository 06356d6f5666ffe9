"""Passwords: which ones are taken, how they are kept, how one is compared."""

import secrets
import threading
import unicodedata

import argon2
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from buyerline.app.errors import Invalid
from buyerline.app.words import Words

SHORTEST = 12
"""Characters. NIST SP 800-63B asks for 8 at the least (revision 3, section 5.1.1.2); revision 4 asks for 15 where a
password is all that is asked for. Both ask for no mixture of kinds of characters, and that common ones are refused."""

LONGEST = 200
"""Characters; NIST SP 800-63B asks for 64 at the least."""

AT_ONCE = 2
"""Hashes that one process computes at the same time: each takes 64 MiB, and anybody may try to sign in."""

_COMMON = """
123456789012 1234567890123 1234567891011 123456789abc 123123123123 123456123456 012345678910 0123456789ab 987654321098
098765432109 1q2w3e4r5t6y 1qaz2wsx3edc qwertyuiop12 qwertyuiop123 qwerty123456 qwertz123456 qwertzuiop12 asdfghjkl123
zxcvbnm12345 abcdefghijkl abcdefghijklm abc123abc123 abcd1234abcd a1b2c3d4e5f6 password1234 password12345
password123456 passwordpassword password@123 passw0rd1234 p@ssw0rd1234 mypassword12 newpassword1 unknownpassword
passwort1234 passwortpasswort hallo1234567 administrator administrator1 admin1234567 adminadminadmin letmein12345
letmeinletmein welcome12345 welcome123456 iloveyou1234 iloveyouiloveyou changeme1234 changemechangeme trustno1trustno1
correcthorsebatterystaple amazon123456 amazonamazon amazonseller sellercentral sellercentral1 buyerline123
buyerline1234 buyerlinebuyerline
"""
"""The long enough ones of those that are commonly chosen, in small letters and without spaces."""

_FEWEST_CHARACTERS = 5


class Passwords:
    """Keeps passwords as argon2id and compares them.

    Args:
        parameters: the cost of a hash; by default the second recommended option of RFC 9106, section 4 (64 MiB, three
            passes, four lanes). Hashes of other parameters still fit, and are `outdated`.
    """

    def __init__(self, parameters: argon2.Parameters = RFC_9106_LOW_MEMORY) -> None:
        self._hasher = argon2.PasswordHasher.from_parameters(parameters)
        self._room = threading.BoundedSemaphore(AT_ONCE)
        self._nobodys = self.hashed(secrets.token_urlsafe())

    def hashed(self, password: str) -> str:
        """The password as it is kept, with its parameters and salt."""
        with self._room:
            return self._hasher.hash(_normal(password))

    def fits(self, kept: str | None, password: str) -> bool:
        """Whether a password is the one that is kept.

        It takes as long where there is none to compare with (``None``): the time does not tell who has a password.
        """
        with self._room:
            try:
                self._hasher.verify(kept or self._nobodys, _normal(password))
            except (VerificationError, InvalidHashError):
                return False
        return kept is not None

    def outdated(self, kept: str) -> bool:
        """Whether it was hashed with other parameters than are in force, and should be hashed anew."""
        return self._hasher.check_needs_rehash(kept)


def check_new(password: str, email: str, field: str = "password") -> None:
    """Let a new password pass.

    Args:
        password: what the person wants to take.
        email: theirs, which would be the first to be tried.
        field: the field of the form that it is in.

    Raises:
        Invalid: it is too short, too long, or one of the first that somebody else would try.
    """
    normal = _normal(password)
    if len(normal) < SHORTEST:
        words = Words("A password has at least {least} characters. Several words make a good one.", least=SHORTEST)
        raise Invalid(words, field)
    if len(normal) > LONGEST:
        raise Invalid(Words("A password has at most {most} characters.", most=LONGEST), field)
    if normal.casefold() == email.casefold() or _is_common(normal):
        raise Invalid(Words("Others would try this one among the first. Choose another: several words do well."), field)


def _is_common(password: str) -> bool:
    return password.casefold().replace(" ", "") in _COMMON.split() or len(set(password)) < _FEWEST_CHARACTERS


def _normal(password: str) -> str:
    """The same characters for the same password on every keyboard, as NIST SP 800-63B (revision 3, 5.1.1.2) asks."""
    return unicodedata.normalize("NFKC", password)
