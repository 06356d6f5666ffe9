"""What refused credentials raise."""

from buyerline.amazon.errors import redact


class AuthorizationError(Exception):
    """Login with Amazon gave no access token.

    It is no `SellingApiException`, as in python-amazon-sp-api: asking again with the same credentials is in vain.

    Attributes:
        error_code: Login with Amazon's error (``"invalid_grant"``, ``"invalid_client"``, ``"unauthorized_client"``).
        message: its description.
        status_code: the HTTP status.
    """

    def __init__(self, error_code: str | None, error_msg: str | None, status_code: int) -> None:
        self.error_code = error_code
        self.message = redact(error_msg) if error_msg else error_msg
        self.status_code = status_code
        super().__init__(error_code, self.message, status_code)
