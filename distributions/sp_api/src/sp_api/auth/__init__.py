"""See `buyerline.sp_api.auth`."""

from buyerline.sp_api.auth import *  # noqa: F403 - this module is that one under another name
from buyerline.sp_api.auth import __all__ as __all__
