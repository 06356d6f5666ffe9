"""See `buyerline.sp_api.base.helpers`."""

from buyerline.sp_api.base.helpers import *  # noqa: F403 - this module is that one under another name
