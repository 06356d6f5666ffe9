"""The OpenAPI document, and the page that is made of it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs
import msgspec
import pytest

from buyerline import __version__
from buyerline.app.web.api.bodies import Approval, Content, NewMessage, Reason, Resolution, Retrial
from buyerline.app.web.api.documented import PATH
from tests.app.html import Page
from tests.app.programs import API, House

BODIES: dict[str, Any] = {each.__name__: each for each in (NewMessage, Content, Approval, Reason, Resolution, Retrial)}
METHODS = {"get", "post", "delete"}
PAGES = {"/orders", "/accounts", "/outbox", "/static/{name}", "/sign-in", "/api/docs"}


@pytest.fixture(scope="module")
def document(house: House) -> dict[str, Any]:
    return house.document.raw


def operations(document: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method in item.keys() & METHODS:
            yield f"{method} {path}", item[method]


def mentioned(value: Any) -> Iterator[str]:
    """The names of all components that a part of the document refers to."""
    return (found for found in re.findall(r"#/components/schemas/(\w+)", msgspec.json.encode(value).decode()))


def test_the_document_is_there_for_whoever_generates_a_client(house: House) -> None:
    answer = house.office.visitor(None).get(PATH)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json() == house.document.raw


def test_it_says_what_it_describes_and_how_to_come_in(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    assert (document["info"]["title"], document["info"]["version"]) == ("buyerline", __version__)
    assert document["security"] == [{"key": []}]
    scheme = document["components"]["securitySchemes"]["key"]
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")


def test_it_holds_the_api_and_no_page(document: dict[str, Any]) -> None:
    assert all(path.startswith(API + "/") for path in document["paths"])
    assert not PAGES & document["paths"].keys()
    assert len(list(operations(document))) == 27


def test_each_operation_says_what_it_is_for(document: dict[str, Any]) -> None:
    tags = {tag["name"] for tag in document["tags"]}
    ids = [told["operationId"] for _, told in operations(document)]
    assert len(set(ids)) == len(ids)
    for name, told in operations(document):
        assert re.fullmatch(r"[a-z]+[A-Za-z]*", told["operationId"]), name
        assert told["summary"], name
        assert told["description"], name
        assert set(told["tags"]) <= tags, name
        assert all(each["description"] for each in told.get("parameters", ())), name


def test_each_operation_documents_its_failures(document: dict[str, Any]) -> None:
    for name, told in operations(document):
        assert {"400", "401"} <= told["responses"].keys(), name
        for status, answer in told["responses"].items():
            if status >= "400":
                kinds = answer["content"]
                assert kinds == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Failure"}}}, name


def test_the_parameters_of_a_path_are_those_that_are_documented(document: dict[str, Any]) -> None:
    for path, item in document["paths"].items():
        for method in item.keys() & METHODS:
            told = {each["name"] for each in item[method].get("parameters", ()) if each["in"] == "path"}
            assert told == set(re.findall(r"\{(\w+)\}", path)), path


def test_every_component_is_there_and_used(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    used = set(mentioned(document))
    assert used == schemas.keys()
    for name, schema in schemas.items():
        jsonschema_rs.meta.validate(schema)
        assert (schema["title"], bool(schema["description"])) == (name, True)


def test_what_is_sent_takes_no_field_that_is_not_described(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert {name for name, each in schemas.items() if each.get("additionalProperties") is False} == {
        *BODIES,
        "NewAttachment",
    }


def test_the_examples_of_bodies_can_be_sent(document: dict[str, Any]) -> None:
    found = 0
    for name, told in operations(document):
        if "requestBody" not in told:
            continue
        schema = told["requestBody"]["content"]["application/json"]["schema"]
        (component,) = mentioned(schema)
        for example in schema["examples"]:
            assert msgspec.json.decode(msgspec.json.encode(example), type=BODIES[component]), name
            found += 1
    assert found == len(BODIES)


def test_the_page_shows_every_operation_with_a_command(house: House, document: dict[str, Any]) -> None:
    page = Page(house.office.visitor().get("/api/docs"))
    anchors = {attributes["id"] for _, attributes in page.elements if "id" in attributes}
    for name, told in operations(document):
        assert told["operationId"] in anchors, name
        assert told["summary"] in page.text
    assert document["components"]["schemas"].keys() <= anchors
    assert page.text.count('curl -H "Authorization: Bearer $BUYERLINE_KEY"') == 27
    assert house.office.url + "/api/v1/orders/shop/902-6786204-8179805/check" in page.text


def test_every_link_of_the_page_leads_somewhere(house: House) -> None:
    page = Page(house.office.visitor().get("/api/docs"))
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(set(ids)) == len(ids)
    targets = {link["href"][1:] for link in page.each("a") if link.get("href", "").startswith("#")}
    assert targets <= set(ids)


def test_the_page_is_for_those_who_are_signed_in(house: House) -> None:
    answer = house.office.visitor(None).get("/api/docs")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Fapi%2Fdocs")


def test_one_can_sign_out_from_the_page(house: House) -> None:
    visitor = house.office.visitor()
    visitor.get("/api/docs")
    assert visitor.post("/sign-out").status_code == 303
    assert visitor.get("/api/docs").status_code == 303


def test_the_page_asks_no_other_host_for_anything(house: House) -> None:
    answer = house.office.visitor().get("/api/docs")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    page = Page(answer)
    loaded = [each.get("src") or each.get("href", "") for tag in ("script", "link", "img") for each in page.each(tag)]
    assert all(url.startswith("/static/") for url in loaded)
    assert not any("style" in attributes for _, attributes in page.elements)
