"""See `buyerline.sp_api.asyncio.util`."""

from buyerline.sp_api.asyncio.util import *  # noqa: F403 - this module is that one under another name
from buyerline.sp_api.asyncio.util import __all__ as __all__
