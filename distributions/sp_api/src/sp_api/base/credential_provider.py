"""See `buyerline.sp_api.base.credential_provider`."""

from buyerline.sp_api.base.credential_provider import *  # noqa: F403 - this module is that one under another name
