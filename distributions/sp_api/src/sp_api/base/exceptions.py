"""See `buyerline.sp_api.base.exceptions`."""

from buyerline.sp_api.base.exceptions import *  # noqa: F403 - this module is that one under another name
