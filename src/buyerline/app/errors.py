"""What can go wrong in the app, told to the person who asked."""

from buyerline.app.words import Words


class AppError(Exception):
    """Something the app will not or cannot do now; `words` says what happened, what it means and what to do."""

    status = 400

    def __init__(self, words: Words) -> None:
        super().__init__(str(words))
        self.words = words


class NotHere(AppError):
    """There is no such thing, or not for this person: the two are told alike, so that nothing can be guessed."""

    status = 404

    def __init__(self, words: Words | None = None) -> None:
        super().__init__(words or Words("There is no such page, or it is not yours to see."))


class NotAllowed(AppError):
    """The person's role does not allow it."""

    status = 403


class Invalid(AppError):
    """What was given cannot be taken.

    Attributes:
        field: the name of the form's field that it is about; ``""`` where it is about no single one.
    """

    status = 422

    def __init__(self, words: Words, field: str = "") -> None:
        super().__init__(words)
        self.field = field


class Changed(AppError):
    """Somebody else, or the same person on another page, was faster."""

    status = 409


class TooMany(AppError):
    """It was tried too often.

    Attributes:
        wait: seconds until it may be tried again.
    """

    status = 429

    def __init__(self, words: Words, wait: float) -> None:
        super().__init__(words)
        self.wait = wait


class NotSignedIn(Exception):
    """Nobody is signed in, and what was asked for is not for everybody."""
