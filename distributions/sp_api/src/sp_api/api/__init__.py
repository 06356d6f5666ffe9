"""See `buyerline.sp_api.api`."""

from buyerline.sp_api.api import *  # noqa: F403 - this module is that one under another name
from buyerline.sp_api.api import __all__ as __all__
