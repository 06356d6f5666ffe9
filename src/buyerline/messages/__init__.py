"""What a message is and whether it may be sent, free of input and output, and sending it as one flow."""

from buyerline.messages.checks import check, check_available, check_order_id
from buyerline.messages.codes import Code
from buyerline.messages.drafts import Attachment, CoverageDate, Draft, coverage_date

__all__ = [
    "Attachment",
    "Code",
    "CoverageDate",
    "Draft",
    "check",
    "check_available",
    "check_order_id",
    "coverage_date",
]
