"""Uploads 2020-11-01: putting an attachment where Amazon finds it, steps 6 to 8 of sending a message.

Source: Amazon, Uploads API v2020-11-01 reference and "Messaging API v1 Use Case Guide"; the shape of destinations
and the file store's answers are from recorded exchanges.
"""

import re
from base64 import b64encode
from dataclasses import dataclass
from hashlib import md5

import msgspec
from pyreqwest.http import Url

from buyerline.amazon import errors
from buyerline.amazon.answers import Private
from buyerline.amazon.flow import Flow, HttpRequest, HttpResponse, Progress
from buyerline.amazon.marketplaces import Marketplace, Region
from buyerline.amazon.operations import Operation, UsagePlan, describe, unreadable
from buyerline.amazon.session import Session

_AMAZON_HOST = re.compile(r"(?:[a-z0-9-]+\.)*(?:amazonaws\.com|amazonaws\.com\.cn|amazon\.com)")
SLOWEST = 50_000
"""Bytes a second: an upload at this pace still ends within its time."""

_XML_FIELD = re.compile(rb"<(Code|Message|RequestId)>([^<]{0,500})</")


class Destination(Private, msgspec.Struct, frozen=True, rename="camel"):
    """Where one attachment goes.

    Attributes:
        upload_destination_id: what a message names the attachment by.
        url: the presigned URL, good for about 15 minutes, to be used byte for byte.
        headers: what has to be sent with the file, exactly so; the URL's signature covers them.
    """

    upload_destination_id: str
    url: str
    headers: dict[str, str] | None = None


class _Answer(msgspec.Struct):
    payload: Destination


_decode = msgspec.json.Decoder(_Answer).decode

CREATE_DESTINATION = Operation(
    "createUploadDestinationForResource",
    "POST",
    "/uploads/2020-11-01/uploadDestinations/{resource}",
    UsagePlan(rate=10, burst=10),
    lambda body: _decode(body).payload,
)


def content_md5(content: bytes) -> str:
    """The Content-MD5 of `content`: base64 of the 16 raw digest bytes (RFC 1864), never of the hex digits."""
    return b64encode(md5(content, usedforsecurity=False).digest()).decode()


@dataclass(frozen=True, slots=True)
class UploadsFlows:
    """The flows of Uploads 2020-11-01."""

    session: Session

    def create_destination(
        self,
        resource: str,
        digest: str,
        *,
        content_type: str | None = None,
        marketplace: Marketplace | str | None = None,
    ) -> Flow[Destination]:
        """A destination for one file (createUploadDestinationForResource).

        Args:
            resource: what the file is for, e.g. ``messaging/v1/orders/{order id}/messages/invoice``, without a
                slash in front.
            digest: the file's `content_md5`.
            content_type: the file's media type, which Amazon takes and does not demand for messages.
            marketplace: where the order was placed; the client's marketplace by default.

        Raises:
            AccessDenied: the application or account may not upload; the hint says what Amazon documents.
            AmazonError, TransportError, NotNow: as `Session.call` does.
        """
        place = self.session.marketplace_of(marketplace)
        query = {"marketplaceIds": place.id, "contentMD5": digest, "contentType": content_type}
        try:
            return (yield from self.session.call(CREATE_DESTINATION, path={"resource": resource}, query=query))
        except errors.TokenRejected:
            raise
        except errors.AccessDenied as denied:
            raise denied.told_as(errors.AccessDenied, _why_denied(place)) from denied

    def put(
        self, destination: Destination, content: bytes, *, file_name: str, progress: Progress | None = None
    ) -> Flow[None]:
        """Put the bytes of a file to its destination.

        The URL goes out byte for byte with exactly the headers that came with it, and no token of Amazon's API.

        Args:
            destination: from `create_destination`.
            content: the file.
            file_name: names the file in errors.
            progress: called as bytes leave.

        Raises:
            UploadFailed: the file store refused it.
            ConfigurationError: the destination is not one of Amazon's hosts over https, nor the configured endpoint.
            TransportError: no usable answer, after repeating.
        """
        host = _trusted(destination.url, self.session.endpoint)
        headers = destination.headers or {}
        timeout = self.session.wire.timeout + len(content) / SLOWEST
        request = HttpRequest("s3", "PUT", host, destination.url, headers, content, progress, timeout)
        yield from self.session.wire.read(request, lambda response: _stored(response, file_name, host))

    def upload(
        self,
        resource: str,
        content: bytes,
        *,
        file_name: str,
        digest: str | None = None,
        marketplace: Marketplace | str | None = None,
        progress: Progress | None = None,
    ) -> Flow[str]:
        """Put a file where a message can name it: digest, destination and PUT. Returns the uploadDestinationId.

        A destination that ran out on the way is replaced once.

        Raises:
            UploadFailed, AmazonError, TransportError, NotNow, ConfigurationError: as the two steps do.
        """
        digest = digest or content_md5(content)
        destination = yield from self.create_destination(resource, digest, marketplace=marketplace)
        try:
            yield from self.put(destination, content, file_name=file_name, progress=progress)
        except errors.UploadFailed as failure:
            if not failure.expired:
                raise
            destination = yield from self.create_destination(resource, digest, marketplace=marketplace)
            yield from self.put(destination, content, file_name=file_name, progress=progress)
        return destination.upload_destination_id


def resource_of(order_id: str, segment: str) -> str:
    """The resource under which a message's attachments are uploaded."""
    return f"messaging/v1/orders/{order_id}/messages/{segment}"


def _why_denied(place: Marketplace) -> str:
    if place.region is Region.NA:
        return "Uploading needs the Product Listing role besides Buyer Communication: request it, and authorise again."
    return (
        f"Amazon documents uploads for North America only, with the Product Listing role; {place.name} is in "
        f"{place.region.title}, so types with attachments may be out of reach there. Text types are not affected."
    )


def _trusted(url: str, endpoint: str) -> str:
    """The host of an upload destination.

    Refuses to send a file anywhere but to Amazon, and a URL that would not go out as it came.
    """
    if not Url.is_valid(url):
        raise errors.ConfigurationError("attachments: the upload destination is no URL.")
    there, ours = Url(url), Url(endpoint)
    amazon = there.scheme == "https" and _AMAZON_HOST.fullmatch(there.authority) is not None
    if not amazon and there.origin_ascii != ours.origin_ascii:
        raise errors.ConfigurationError(
            f"attachments: the upload destination is on {there.scheme}://{there.host_str}, which is not Amazon's."
        )
    if str(there) != url:
        raise errors.ConfigurationError("attachments: the upload destination's URL cannot be sent byte for byte.")
    return there.authority


def _stored(response: HttpResponse, file_name: str, host: str) -> None:
    """Accept a 2xx answer of the file store, raise what any other means (S3's XML, status first).

    S3 answers a stored file with an empty body: a page that says 200 is somebody else's.
    """
    if 200 <= response.status < 300:
        if response.body.lstrip()[:1] == b"<":
            raise unreadable(response, operation="s3", host=host)
        return
    fields = dict(_XML_FIELD.findall(response.body[:10_000]))
    code = fields.get(b"Code", b"").decode("utf-8", "replace")
    words = fields.get(b"Message", b"").decode("utf-8", "replace") or f"({describe(response)})"
    if response.status >= 500 or response.status == 429:
        raise errors.AmazonUnavailable(operation="s3", status=response.status, amazon_code=code, amazon_message=words)
    raise errors.UploadFailed(
        file_name=file_name,
        status=response.status,
        amazon_code=code,
        amazon_message=words,
        request_id=fields.get(b"RequestId", b"").decode("utf-8", "replace") or None,
    )
