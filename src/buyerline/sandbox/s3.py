"""Amazon S3, as far as presigned PUTs of attachments go: signature, expiry, digest, and S3's XML errors.

Sources: "Authenticating Requests: Using Query Parameters (AWS Signature Version 4)" and "Error responses" of the
Amazon S3 API reference; the shape of URLs and headers is that of answers posted by developers.
"""

import base64
import binascii
import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, quote
from xml.sax.saxutils import escape

from botocore.auth import SIGV4_TIMESTAMP, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from buyerline.amazon.marketplaces import Region
from buyerline.sandbox.clock import iso
from buyerline.sandbox.state import State
from buyerline.sandbox.wire import Answer, Call

EXPIRES_SECONDS = 900
BUCKET_PREFIX = "buyer-seller-messaging-"

_SIGNED_HEADERS = ("content-md5", "host", "x-amz-server-side-encryption")
_ACCESS_KEY = "AKIASANDBOXSANDBOX00"
_SIGNER = S3SigV4QueryAuth(Credentials(_ACCESS_KEY, "a secret that signs for the sandbox alone"), "s3", "us-east-1")


class StorageError(Exception):
    """S3 says no. ``extra`` are further elements of its XML."""

    def __init__(self, status: int, code: str, message: str, **extra: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.extra = extra

    def answer(self, request_id: str, host_id: str) -> Answer:
        """S3's XML error."""
        elements = {
            "Code": self.code,
            "Message": self.message,
            **self.extra,
            "RequestId": request_id,
            "HostId": host_id,
        }
        inner = "".join(
            f"<{name.replace('_', '-')}>{escape(_printable(text))}</{name.replace('_', '-')}>"
            for name, text in elements.items()
        )
        page = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{inner}</Error>'
        return Answer(self.status, page.encode("utf-8", "replace"), b"application/xml")


def presign(host: str, region: Region, key: str, headers: dict[str, str], now: datetime) -> str:
    """A URL for one PUT of ``key`` with these headers, good for 15 minutes.

    The key starts with a slash, which stands in the path as ``%2F`` and must stay so.
    """
    bucket = f"{BUCKET_PREFIX}sandbox-draft-attachment-{region.value}marketplace"
    first, rest = key[:1], key[1:]
    path = f"/{bucket}/{quote(first, safe='')}{quote(rest, safe='/')}"
    timestamp = now.strftime(SIGV4_TIMESTAMP)
    credential = f"{_ACCESS_KEY}/{timestamp[:8]}/us-east-1/s3/aws4_request"
    query = "&".join(
        f"{name}={quote(value, safe='')}"
        for name, value in (
            ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
            ("X-Amz-Date", timestamp),
            ("X-Amz-SignedHeaders", ";".join(_SIGNED_HEADERS)),
            ("X-Amz-Expires", str(EXPIRES_SECONDS)),
            ("X-Amz-Credential", credential),
        )
    )
    target = f"{path}?{query}"
    signed = {name.lower(): value for name, value in headers.items()} | {"host": host}
    return f"http://{host}{target}&X-Amz-Signature={_signature(target, signed, timestamp)}"


def store(state: State, call: Call) -> Answer:
    """Answer a request to the bucket."""
    request_id, host_id = secrets.token_hex(8).upper(), base64.b64encode(secrets.token_bytes(48)).decode("ascii")
    try:
        answer = _put(state, call)
    except StorageError as error:
        answer = error.answer(request_id, host_id)
    answer.headers += [
        (b"x-amz-request-id", request_id.encode("ascii")),
        (b"x-amz-id-2", host_id.encode("ascii")),
        (b"server", b"AmazonS3"),
    ]
    return answer


def _put(state: State, call: Call) -> Answer:
    if "x-amz-access-token" in call.headers:
        call.note("the access token was sent to S3, which must not see it")
    if call.method != "PUT":
        raise StorageError(
            405,
            "MethodNotAllowed",
            "The specified method is not allowed against this resource.",
            Method=call.method,
            ResourceType="OBJECT",
        )
    _check_signature(state, call)
    upload_id = _find_upload(state, call)
    if "content-length" not in call.headers:
        raise StorageError(411, "MissingContentLength", "You must provide the Content-Length HTTP header.")
    if call.body_size > state.options.upload_limit:
        raise StorageError(
            400,
            "EntityTooLarge",
            "Your proposed upload exceeds the maximum allowed size",
            ProposedSize=str(call.body_size),
            MaxSizeAllowed=str(state.options.upload_limit),
        )
    _check_digest(call)
    state.database.execute(
        "UPDATE uploads SET content = ?, content_type = coalesce(content_type, ?) WHERE id = ?",
        (call.body, call.headers.get("content-type"), upload_id),
    )
    etag = hashlib.md5(call.body, usedforsecurity=False).hexdigest()
    return Answer(
        200,
        b"",
        None,
        [(b"ETag", f'"{etag}"'.encode("ascii")), (b"x-amz-server-side-encryption", b"aws:kms")],
    )


def _check_signature(state: State, call: Call) -> None:
    query = {name: values[0] for name, values in parse_qs(call.raw_query, keep_blank_values=True).items()}
    timestamp = query.get("X-Amz-Date", "")
    signature = query.get("X-Amz-Signature")
    names = query.get("X-Amz-SignedHeaders", "").split(";")
    signed_at = _signed_at(timestamp)
    expires = query.get("X-Amz-Expires", "")
    if signature is None or signed_at is None or not expires.isdecimal() or len(expires) > 6:
        raise StorageError(403, "AccessDenied", "Access Denied")
    unsigned = "&".join(part for part in call.raw_query.split("&") if not part.startswith("X-Amz-Signature="))
    present = {name: call.headers[name] for name in names if name in call.headers}
    calculated = _signature(f"{call.raw_path}?{unsigned}", present, timestamp) if len(present) == len(names) else ""
    if "authorization" in call.headers or not secrets.compare_digest(calculated.encode(), signature.encode()):
        raise StorageError(
            403,
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. "
            "Check your key and signing method.",
            AWSAccessKeyId=_ACCESS_KEY,
        )
    expires_at = signed_at + timedelta(seconds=int(expires))
    if state.clock.now() > expires_at:
        raise StorageError(
            403,
            "AccessDenied",
            "Request has expired",
            X_Amz_Expires=expires,
            Expires=iso(expires_at),
            ServerTime=iso(state.clock.now()),
        )


def _signed_at(timestamp: str) -> datetime | None:
    try:
        return datetime.strptime(timestamp, SIGV4_TIMESTAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def _signature(target: str, headers: dict[str, str], timestamp: str) -> str:
    # The host that counts is the one among the headers.
    request = AWSRequest(method="PUT", url=f"http://s3{target}", headers=headers)
    request.context["timestamp"] = timestamp
    return str(_SIGNER.signature(_SIGNER.string_to_sign(request, _SIGNER.canonical_request(request)), request))


def _find_upload(state: State, call: Call) -> str:
    """The destination whose key is in the path; a signed path always has one, unless the world was reset since."""
    key = call.segments[1:] if len(call.segments) > 2 else []
    row = state.database.execute("SELECT id FROM uploads WHERE key = ?", ("/".join(key),)).fetchone()
    if row is None:
        raise StorageError(404, "NoSuchBucket", "The specified bucket does not exist")
    return str(row[0])


def _check_digest(call: Call) -> None:
    content_md5 = call.headers.get("content-md5", "")
    try:
        digest = base64.b64decode(content_md5, validate=True)
    except (binascii.Error, ValueError):
        digest = b""
    if len(digest) != 16:
        raise StorageError(400, "InvalidDigest", "The Content-MD5 you specified was invalid.", Content_MD5=content_md5)
    calculated = hashlib.md5(call.body, usedforsecurity=False).digest()
    if calculated != digest:
        raise StorageError(
            400,
            "BadDigest",
            "The Content-MD5 you specified did not match what we received.",
            ExpectedDigest=content_md5,
            CalculatedDigest=base64.b64encode(calculated).decode("ascii"),
        )


def _printable(text: str) -> str:
    """The text without characters that XML cannot hold."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)
