"""The stable names of everything a check can find wrong. Programs may compare them; they do not change."""

from enum import StrEnum


class Code(StrEnum):
    """The rule that a draft breaks.

    ==========================  =========================================================================
    code                        the rule
    ==========================  =========================================================================
    ``order_id_malformed``      an order id is three, seven and seven digits, joined by hyphens
    ``marketplace_region``      an account sends within its own region alone
    ``type_not_available``      Amazon offers the message type for this order now
    ``type_disabled``           the message type that Amazon offers is not switched off
    ``type_not_sendable``       there is an operation to send the message type with
    ``text_missing``            a type that takes text has some
    ``text_too_short``          the text has the characters that the type asks for
    ``text_too_long``           the text has no more characters than the type takes
    ``text_not_taken``          a type that takes no text gets none
    ``text_control``            no control characters but line breaks and tabs, no broken characters
    ``text_html``               no HTML
    ``text_email``              no email address, disguised or not
    ``text_phone``              no phone number
    ``text_link``               links only where the type allows them, and only https links to the point
    ``attachments_missing``     as many attachments as the type asks for
    ``attachments_too_many``    no more attachments than the type takes
    ``attachments_not_taken``   a type that takes no attachments gets none
    ``attachments_too_large``   all attachments together are smaller than 10 MB
    ``file_unreadable``         a file to attach is there and may be read
    ``file_empty``              a file has content
    ``file_type_not_allowed``   text, PDF, Word, JPEG, GIF or PNG
    ``file_type_mismatch``      the content is what the file name says
    ``file_name_missing``       a file has a name
    ``file_name_extension``     a file name has an extension
    ``file_name_invalid``       no paths, control characters or characters that mail programs refuse
    ``file_name_too_long``      a file name has at most 255 bytes in UTF-8
    ``file_name_duplicate``     two attachments have two names
    ``coverage_missing``        a warranty has a first and a last day of coverage
    ``coverage_malformed``      a day of coverage is an ISO 8601 date, or date and time
    ``coverage_order``          coverage ends after it starts
    ``coverage_not_taken``      a type without coverage gets no dates
    ``schema``                  any other rule of the form that Amazon sent with the message type
    ==========================  =========================================================================
    """

    ORDER_ID_MALFORMED = "order_id_malformed"
    MARKETPLACE_REGION = "marketplace_region"
    TYPE_NOT_AVAILABLE = "type_not_available"
    TYPE_DISABLED = "type_disabled"
    TYPE_NOT_SENDABLE = "type_not_sendable"
    TEXT_MISSING = "text_missing"
    TEXT_TOO_SHORT = "text_too_short"
    TEXT_TOO_LONG = "text_too_long"
    TEXT_NOT_TAKEN = "text_not_taken"
    TEXT_CONTROL = "text_control"
    TEXT_HTML = "text_html"
    TEXT_EMAIL = "text_email"
    TEXT_PHONE = "text_phone"
    TEXT_LINK = "text_link"
    ATTACHMENTS_MISSING = "attachments_missing"
    ATTACHMENTS_TOO_MANY = "attachments_too_many"
    ATTACHMENTS_NOT_TAKEN = "attachments_not_taken"
    ATTACHMENTS_TOO_LARGE = "attachments_too_large"
    FILE_UNREADABLE = "file_unreadable"
    FILE_EMPTY = "file_empty"
    FILE_TYPE_NOT_ALLOWED = "file_type_not_allowed"
    FILE_TYPE_MISMATCH = "file_type_mismatch"
    FILE_NAME_MISSING = "file_name_missing"
    FILE_NAME_EXTENSION = "file_name_extension"
    FILE_NAME_INVALID = "file_name_invalid"
    FILE_NAME_TOO_LONG = "file_name_too_long"
    FILE_NAME_DUPLICATE = "file_name_duplicate"
    COVERAGE_MISSING = "coverage_missing"
    COVERAGE_MALFORMED = "coverage_malformed"
    COVERAGE_ORDER = "coverage_order"
    COVERAGE_NOT_TAKEN = "coverage_not_taken"
    SCHEMA = "schema"
