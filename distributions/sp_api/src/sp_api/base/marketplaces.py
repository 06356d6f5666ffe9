"""See `buyerline.sp_api.base.marketplaces`."""

from buyerline.sp_api.base.marketplaces import *  # noqa: F403 - this module is that one under another name
