"""Decorators for awaited calls: retries, and walking through pages."""

from buyerline.sp_api.asyncio.util.paging import load_all_pages
from buyerline.sp_api.asyncio.util.retrying import retry, sp_retry, throttle_retry

__all__ = ["load_all_pages", "retry", "sp_retry", "throttle_retry"]
