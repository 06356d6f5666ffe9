"""See `buyerline.sp_api.asyncio.api`."""

from buyerline.sp_api.asyncio.api import *  # noqa: F403 - this module is that one under another name
from buyerline.sp_api.asyncio.api import __all__ as __all__
