"""See `buyerline.sp_api.asyncio`."""
