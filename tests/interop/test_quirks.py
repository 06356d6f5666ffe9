"""What clients in the field get wrong, and how the sandbox answers as Amazon does."""

from pathlib import Path

import pytest

from buyerline.testing import AmazonSandbox
from tests.interop import storing
from tests.interop.clients import curl
from tests.interop.clients.amzn_sp_api import CLIENT as AMZN_SP_API
from tests.interop.clients.python_amazon_sp_api import ASYNC, SOLICITATION, SYNC, PythonAmazonSpApi
from tests.interop.operations import FILE, STORAGE, US, Operation, ask

STORE = Operation(STORAGE, "s3")
UPLOAD = Operation("Uploads 2020-11-01", "createUploadDestinationForResource")
both = pytest.mark.parametrize("client", [SYNC, ASYNC], ids=lambda client: client.name)


@both
def test_a_digest_that_was_encoded_twice_is_no_digest(client: PythonAmazonSpApi, amazon_sandbox: AmazonSandbox) -> None:
    question = ask(amazon_sandbox, STORE)
    with pytest.raises(storing.Refused, match=r"(?s)400 .*<Code>InvalidDigest</Code>"):
        client.call(amazon_sandbox, STORE, question)


@both
def test_sending_the_right_digest_in_place_of_that_one_breaks_the_signature(
    client: PythonAmazonSpApi, amazon_sandbox: AmazonSandbox
) -> None:
    question = ask(amazon_sandbox, UPLOAD)
    answer = client.call(amazon_sandbox, UPLOAD, question)
    destination = answer.payload  # type: ignore[attr-defined] # the client has no types
    headers = destination["headers"] | {"Content-MD5": question.content_md5}
    with pytest.raises(storing.Refused, match=r"(?s)403 .*<Code>SignatureDoesNotMatch</Code>"):
        storing.put(destination["url"], headers, question.content)


@both
def test_marketplaces_in_a_body_are_ignored_and_noted(client: PythonAmazonSpApi, amazon_sandbox: AmazonSandbox) -> None:
    operation = Operation("Messaging v1", "createConfirmOrderDetails")
    client.call(amazon_sandbox, operation, ask(amazon_sandbox, operation))
    (request,) = amazon_sandbox.requests(operation.id)
    assert request.status == 201
    assert "keys in the body that the model does not have: MarketplaceIds, marketplaceIds" in request.notes


@both
def test_a_solicitation_needs_its_marketplace_in_the_query(
    client: PythonAmazonSpApi, amazon_sandbox: AmazonSandbox
) -> None:
    question = ask(amazon_sandbox, SOLICITATION)
    with pytest.raises(Exception, match=r"Missing or invalid request parameters: \[marketplaceIds\]"):
        client.call(amazon_sandbox, SOLICITATION, question)
    question.query["marketplaceIds"] = US
    client.call(amazon_sandbox, SOLICITATION, question)
    assert [request.status for request in amazon_sandbox.requests(SOLICITATION.id)] == [400, 201]


def test_a_slash_at_the_start_of_a_resource_is_not_taken_off(amazon_sandbox: AmazonSandbox) -> None:
    """The model's description shows one, Amazon's recipe none; it goes out as ``%2F``."""
    question = ask(amazon_sandbox, UPLOAD)
    wrong = type(question)(question.order_id, question.query, resource=f"/{question.resource}")
    with pytest.raises(Exception, match="Access to requested resource is denied"):
        AMZN_SP_API.call(amazon_sandbox, UPLOAD, wrong)


def test_the_guides_flow_sends_a_message_with_a_file_by_curl_and_openssl_alone(
    amazon_sandbox: AmazonSandbox, tmp_path: Path
) -> None:
    reason = curl.CLIENT.why_missing()
    if reason is not None:
        pytest.skip(reason)
    file = tmp_path / "engraving.pdf"
    file.write_bytes(FILE)
    shown = curl.run(amazon_sandbox, file)
    (message,) = amazon_sandbox.messages()
    assert shown.splitlines()[:3] == [f"order {message.order_id}", f"type {message.type}", "language es-US"]
    assert [(sent.file_name, sent.size) for sent in message.attachments] == [("engraving.pdf", len(FILE))]
    assert [request.operation for request in amazon_sandbox.requests()] == [step.id for step in curl.STEPS]
    (email,) = amazon_sandbox.emails(message.order_id)
    assert [part.get_filename() for part in email.iter_attachments()] == ["engraving.pdf"]
