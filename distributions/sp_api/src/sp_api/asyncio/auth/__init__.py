"""See `buyerline.sp_api.asyncio.auth`."""

from buyerline.sp_api.asyncio.auth import *  # noqa: F403 - this module is that one under another name
from buyerline.sp_api.asyncio.auth import __all__ as __all__
