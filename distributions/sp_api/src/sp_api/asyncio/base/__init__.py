"""See `buyerline.sp_api.asyncio.base`."""

from buyerline.sp_api.asyncio.base import *  # noqa: F403 - this module is that one under another name
from buyerline.sp_api.asyncio.base import __all__ as __all__
