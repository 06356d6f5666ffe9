"""Login with Amazon, as far as callers meet it."""

from buyerline.sp_api.auth.exceptions import AuthorizationError

__all__ = ["AuthorizationError"]
