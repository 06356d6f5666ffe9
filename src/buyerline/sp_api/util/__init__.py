"""Decorators for calls: retries, and walking through pages."""

from buyerline.sp_api.util.paging import load_all_pages
from buyerline.sp_api.util.retrying import retry, sp_retry, throttle_retry

__all__ = ["load_all_pages", "retry", "sp_retry", "throttle_retry"]
