"""See `buyerline.sp_api.auth.exceptions`."""

from buyerline.sp_api.auth.exceptions import *  # noqa: F403 - this module is that one under another name
