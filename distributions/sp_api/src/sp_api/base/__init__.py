"""See `buyerline.sp_api.base`."""

from buyerline.sp_api.base import *  # noqa: F403 - this module is that one under another name
from buyerline.sp_api.base import __all__ as __all__
