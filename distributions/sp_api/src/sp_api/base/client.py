"""See `buyerline.sp_api.base.client`."""

from buyerline.sp_api.base.client import *  # noqa: F403 - this module is that one under another name
