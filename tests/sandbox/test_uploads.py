"""Uploads and S3: the presigned URL, and every way to get the PUT wrong."""

import base64
import hashlib
import re
import socket
import uuid
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from buyerline.sandbox import GUIDE_ORDER
from tests.sandbox.client import FR, US, Amazon, Reply, md5_of, running

CONTENT = b"%PDF-1.7 a small file"
RESOURCE = f"messaging/v1/orders/{GUIDE_ORDER}/messages/invoice"
PATH = "/uploads/2020-11-01/uploadDestinations"


def code(reply: Reply) -> str:
    """The code of S3's XML error."""
    assert reply.headers["content-type"] == "application/xml"
    assert reply.headers["x-amz-request-id"]
    assert reply.headers["x-amz-id-2"]
    found = re.search(rb"<Code>(\w+)</Code>", reply.body)
    assert found is not None, reply.body
    return found[1].decode()


@pytest.fixture
def payload(amazon: Amazon) -> Any:
    """A destination for the content."""
    return amazon.destination("invoice", md5_of(CONTENT)).json["payload"]


def test_a_destination_is_a_presigned_url_with_headers(amazon: Amazon) -> None:
    reply = amazon.destination("invoice", md5_of(CONTENT))
    assert reply.status == 201
    payload = reply.json["payload"]
    uuid.UUID(payload["uploadDestinationId"])
    assert payload["headers"] == {"Content-MD5": md5_of(CONTENT), "x-amz-server-side-encryption": "aws:kms"}
    url = urlsplit(payload["url"])
    assert f"{url.scheme}://{url.netloc}" == amazon.url
    assert re.fullmatch(rf"/buyer-seller-messaging-[\w-]+/%2F\w+/{payload['uploadDestinationId']}", url.path)
    query = parse_qs(url.query)
    assert query["X-Amz-SignedHeaders"] == ["content-md5;host;x-amz-server-side-encryption"]
    assert query["X-Amz-Expires"] == ["900"]
    assert query["X-Amz-Credential"][0].endswith("/us-east-1/s3/aws4_request")


@pytest.mark.parametrize("resource", [RESOURCE, quote(RESOURCE, safe=""), quote(RESOURCE, safe="").lower()])
def test_slashes_of_the_resource_may_be_bare_or_encoded(amazon: Amazon, resource: str) -> None:
    query = f"marketplaceIds={US}&contentMD5={quote(md5_of(CONTENT), safe='')}&contentType=application/pdf"
    assert amazon.post(f"{PATH}/{resource}?{query}").status == 201


@pytest.mark.parametrize(
    ("body", "content_type"),
    [(None, ""), (b"{}", "application/json"), (b"", "application/x-www-form-urlencoded")],
)
def test_the_post_has_no_body_or_an_empty_one(amazon: Amazon, body: bytes | None, content_type: str) -> None:
    headers = amazon.headers(**({"Content-Type": content_type} if content_type else {}))
    reply = amazon.send("POST", f"{PATH}/{RESOURCE}?marketplaceIds={US}&contentMD5=x", body, headers)
    assert reply.status == 201


def test_parameters_in_the_body_are_missing(amazon: Amazon) -> None:
    reply = amazon.post(f"{PATH}/{RESOURCE}", {"marketplaceIds": [US], "contentMD5": "x"})
    assert reply.status == 400
    assert reply.error["message"] == "Missing or invalid request parameters: [contentMD5, marketplaceIds]"
    assert reply.headers["x-amzn-errortype"] == "BadRequestException"


@pytest.mark.parametrize(
    "resource",
    [
        "messaging",
        "messaging/v1/orders/messages/invoice",
        f"/messaging/v1/orders/{GUIDE_ORDER}/messages/invoice",
        f"messaging/v1/orders/{GUIDE_ORDER}/messages/confirmOrderDetails",
        f"messaging/v1/orders/{GUIDE_ORDER}/messages/nothing",
        "messaging/v1/orders/111-1111111-1111111/messages/invoice",
    ],
)
def test_a_wrong_resource_is_denied(amazon: Amazon, resource: str) -> None:
    reply = amazon.post(f"{PATH}/{resource}", marketplaceIds=US, contentMD5="x")
    assert (reply.status, reply.error["message"]) == (403, "Access to requested resource is denied.")


def test_uploads_need_the_product_listing_role(amazon: Amazon) -> None:
    seller = amazon.new_account(id="talker", roles=["Buyer Communication"])
    order_id = amazon.new_order(account="talker", state="shipped")
    assert seller.actions(order_id).status == 200
    assert seller.destination("legalDisclosure", "x", order_id).status == 403


@pytest.mark.parametrize(("uploads", "status"), [("everywhere", 201), ("na", 403)])
def test_uploads_outside_north_america_can_be_switched_off(uploads: str, status: int) -> None:
    with running(accounts=2, uploads=uploads) as amazon:
        seller = Amazon(amazon.url, "Atzr|sandbox-2")
        order_id = seller.new_order(account="sandbox-2", marketplace="FR", state="shipped")
        assert seller.destination("legalDisclosure", md5_of(CONTENT), order_id, FR).status == status


def test_a_file_is_stored_by_put(amazon: Amazon, payload: Any) -> None:
    reply = amazon.put(payload, CONTENT)
    assert (reply.status, reply.body) == (200, b"")
    assert reply.headers["etag"] == f'"{hashlib.md5(CONTENT).hexdigest()}"'


def test_a_content_type_and_unsigned_headers_change_nothing(amazon: Amazon, payload: Any) -> None:
    headers = payload["headers"] | {"Content-Type": "image/png", "User-Agent": "x"}
    assert amazon.put(payload, CONTENT, headers).status == 200


def test_header_names_may_be_in_any_case(amazon: Amazon, payload: Any) -> None:
    assert amazon.put(payload, CONTENT, {k.upper(): v for k, v in payload["headers"].items()}).status == 200


@pytest.mark.parametrize("method", ["POST", "GET", "DELETE"])
def test_only_put_is_allowed(amazon: Amazon, payload: Any, method: str) -> None:
    reply = amazon.put(payload, CONTENT, method=method)
    assert (reply.status, code(reply)) == (405, "MethodNotAllowed")
    assert f"<Method>{method}</Method><ResourceType>OBJECT</ResourceType>".encode() in reply.body


def test_a_hex_digest_is_taken_by_uploads_and_refused_by_s3(amazon: Amazon) -> None:
    digest = hashlib.md5(CONTENT).hexdigest()
    payload = amazon.destination("invoice", digest).json["payload"]
    assert payload["headers"]["Content-MD5"] == digest
    reply = amazon.put(payload, CONTENT)
    assert (reply.status, code(reply)) == (400, "InvalidDigest")
    assert f"<Content-MD5>{digest}</Content-MD5>".encode() in reply.body


def test_a_digest_that_was_encoded_twice_is_echoed_and_wrong(amazon: Amazon) -> None:
    twice = quote(md5_of(CONTENT), safe="")
    payload = amazon.destination("invoice", twice).json["payload"]
    assert payload["headers"]["Content-MD5"] == twice
    assert code(amazon.put(payload, CONTENT)) == "InvalidDigest"


def test_a_digest_of_other_bytes_is_a_bad_digest(amazon: Amazon, payload: Any) -> None:
    reply = amazon.put(payload, b"other bytes")
    assert (reply.status, code(reply)) == (400, "BadDigest")


def test_the_base64_of_a_hex_digest_is_no_digest(amazon: Amazon) -> None:
    wrong = base64.b64encode(hashlib.md5(CONTENT).hexdigest().encode()).decode()
    assert code(amazon.put(amazon.destination("invoice", wrong).json["payload"], CONTENT)) == "InvalidDigest"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content-MD5": md5_of(CONTENT)},
        {"Content-MD5": md5_of(CONTENT), "x-amz-server-side-encryption": "AES256"},
        {"Content-MD5": md5_of(b"x"), "x-amz-server-side-encryption": "aws:kms"},
        {
            "Content-MD5": md5_of(CONTENT),
            "x-amz-server-side-encryption": "aws:kms",
            "Authorization": "AWS4-HMAC-SHA256 x",
        },
    ],
    ids=["none", "no encryption", "another encryption", "another digest", "signed twice"],
)
def test_missing_or_changed_signed_headers_break_the_signature(
    amazon: Amazon, payload: Any, headers: dict[str, str]
) -> None:
    reply = amazon.put(payload, CONTENT, headers)
    assert (reply.status, code(reply)) == (403, "SignatureDoesNotMatch")
    assert b"<AWSAccessKeyId>" in reply.body


@pytest.mark.parametrize(
    "change",
    [
        lambda url: url.replace("%2F", "/", 1),
        lambda url: url.replace("%2F", "%252F", 1),
        lambda url: url.replace("X-Amz-Expires=900", "X-Amz-Expires=90000"),
        lambda url: url.replace("content-md5%3Bhost%3Bx-amz", "content-md5%3Bx-amz"),
        lambda url: url[:-1] + ("0" if url[-1] != "0" else "1"),
    ],
    ids=["bare slash", "encoded twice", "longer life", "fewer signed headers", "another signature"],
)
def test_a_changed_url_breaks_the_signature(amazon: Amazon, payload: Any, change: Any) -> None:
    reply = amazon.put(payload | {"url": change(payload["url"])}, CONTENT)
    assert (reply.status, code(reply)) == (403, "SignatureDoesNotMatch")


def test_a_url_without_a_signature_is_denied(amazon: Amazon, payload: Any) -> None:
    reply = amazon.put(payload | {"url": payload["url"].partition("?")[0]}, CONTENT)
    assert (reply.status, code(reply)) == (403, "AccessDenied")


def test_a_url_expires_after_fifteen_minutes_of_amazons_time(amazon: Amazon, payload: Any) -> None:
    amazon.control("POST", "/clock", {"advance": 905})
    reply = amazon.put(payload, CONTENT)
    assert (reply.status, code(reply)) == (403, "AccessDenied")
    assert b"<Message>Request has expired</Message>" in reply.body


def test_a_body_over_the_limit_is_too_large() -> None:
    with running(upload_limit=1000) as amazon:
        content = b"x" * 1001
        reply = amazon.put(amazon.destination("invoice", md5_of(content)).json["payload"], content)
        assert (reply.status, code(reply)) == (400, "EntityTooLarge")


def test_a_length_is_required(amazon: Amazon, payload: Any) -> None:
    headers = payload["headers"] | {"Transfer-Encoding": "chunked"}
    reply = amazon.send("PUT", payload["url"].removeprefix(amazon.url), b"3\r\nabc\r\n0\r\n\r\n", headers)
    assert (reply.status, code(reply)) == (411, "MissingContentLength")


def test_a_client_that_expects_100_continue_gets_it(amazon: Amazon, payload: Any) -> None:
    target = payload["url"].removeprefix(amazon.url)
    lines = [
        f"PUT {target} HTTP/1.1",
        f"Host: {amazon.host}:{amazon.port}",
        "Expect: 100-continue",
        "Connection: close",
        f"Content-Length: {len(CONTENT)}",
        *(f"{name}: {value}" for name, value in payload["headers"].items()),
    ]
    with socket.create_connection((amazon.host, amazon.port), timeout=10) as connection:
        connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n")
        assert connection.recv(1024).startswith(b"HTTP/1.1 100 ")
        connection.sendall(CONTENT)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 200 ")


def test_an_access_token_sent_to_s3_is_ignored_and_noted(amazon: Amazon, payload: Any) -> None:
    assert amazon.put(payload, CONTENT, payload["headers"] | {"x-amz-access-token": amazon.token}).status == 200
    request = amazon.control("GET", "/requests")["requests"][-1]
    assert request["operation"] == "s3"
    assert "access token" in request["notes"][0]


def test_a_destination_of_a_world_that_is_gone_is_no_bucket(amazon: Amazon, payload: Any) -> None:
    amazon.control("POST", "/reset")
    assert code(amazon.put(payload, CONTENT)) == "NoSuchBucket"
