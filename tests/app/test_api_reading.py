"""What comes to the API from outside: who may ask, and what is taken for JSON, a parameter, a path."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec
import pytest

from buyerline.app.web.api.problems import MEDIA_TYPE
from buyerline.app.web.api.reading import LARGEST_BODY
from tests.app.programs import API, House, Program, house_in, letter

ORDER = "902-6786204-8179805"


def ask(house: House, path: str = "/me", method: str = "GET", **headers: str) -> httpx.Response:
    with httpx.Client(base_url=house.office.url, trust_env=False) as client:
        return client.request(method, API + path, headers=headers)


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer bl_", "Bearer bl_0123", "Basic {key}", "{key}", "Bearer {key}x"]
)
def test_nobody_comes_in_without_a_key_that_works(house: House, authorization: str) -> None:
    answer = ask(house, authorization=authorization.format(key=house.owner.key))
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert "page Settings" in answer.json()["detail"]


def test_a_session_of_a_browser_counts_for_nothing(house: House) -> None:
    visitor = house.office.visitor()
    assert visitor.get("/api/v1/me").status_code == 401


def test_a_revoked_key_works_no_more(house: House) -> None:
    program = house.agent()
    keys = house.office.services.api_keys
    keys.revoke(program.viewer, keys.list(program.viewer)[0].id)
    assert program.get("/me").status_code == 401


def test_a_key_may_do_what_its_person_may_do_at_that_moment(house: House) -> None:
    program, people = house.agent(), house.office.services.people
    assert program.get("/accounts/shop").status_code == 200
    people.change(house.office.owner, program.viewer.person_id, accounts=[])
    assert program.get("/accounts/shop").status_code == 404
    people.shut_out(house.office.owner, program.viewer.person_id)
    assert program.get("/me").status_code == 401


def test_no_token_of_a_form_is_asked_for(house: House) -> None:
    answer = house.owner.post(f"/orders/shop/{ORDER}/check", {"type": "confirmOrderDetails", "text": "Hello there."})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", "body"),
        (b"{", None),
        (b"\xff\xfe", None),
        (b"\xef\xbb\xbf{}", None),
        (b'{"arrived": true, "attempts": 1} {}', None),
        (b'{"\xff": true}', None),
        (b"null", "body"),
        (b"[" * 100_000, "body"),
        (b"17", "body"),
        (b"{}", "arrived"),
        (b'{"arrived": true}', "attempts"),
        (b'{"arrived": 1}', "arrived"),
        (b'{"arrived": "true"}', "arrived"),
        (b'{"arrived": null}', "arrived"),
        (b'{"arrived": true, "arived": false}', "arived"),
        (b'{"arrived": true, "x": ' + b"[" * 100_000, "x"),
    ],
)
def test_what_is_not_the_body_that_is_described_is_refused(house: House, body: bytes, field: str | None) -> None:
    answer = house.owner.send("/messages/06brtwmg4xk9vp2h/resolve", body)
    assert (answer.status_code, answer.json().get("field")) == (400, field)


def test_a_field_that_is_missing_is_named(house: House) -> None:
    whole = letter(ORDER)
    without = {name: value for name, value in whole.items() if name != "account"}
    part = letter(ORDER, attachments=[{"file_name": "a.pdf"}])
    for body, field in ((without, "account"), (part, "attachments[0].content")):
        answer = house.owner.post("/messages", body)
        assert (answer.status_code, answer.json()["field"]) == (400, field)
        assert answer.json()["detail"] == f"{field}: it is missing."


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("priority", b"1.0"),
        ("priority", b"1e400"),
        ("priority", b"9" * 6000),
        ("priority", b"1001"),
        ("priority", b"true"),
        ("text", b"7"),
        ("text", b'"\\ud800"'),
        ("text", b'"' + b"x" * 20_001 + b'"'),
        ("not_before", b'"tomorrow"'),
        ("not_before", b"1795349071"),
        ("attachments", b'[{"file_name": "a.pdf", "content": "%%%"}]'),
        ("attachments", b'[{"file_name": "a.pdf"}]'),
        ("attachments", b'[{"file_name": "a.pdf", "content": "", "path": "/etc/passwd"}]'),
        ("attachments", b'["/etc/passwd"]'),
        ("attachments", b"[" + b",".join([b'{"file_name": "a.pdf", "content": ""}'] * 21) + b"]"),
        ("coverage_start", b'"' + b"2" * 101 + b'"'),
    ],
)
def test_a_field_of_another_kind_or_size_is_refused(house: House, field: str, value: bytes) -> None:
    body = b'{"account": "shop", "order_id": "%s", "type": "confirmOrderDetails", "%s": %s}'
    answer = house.owner.send("/messages", body % (ORDER.encode(), field.encode(), value))
    assert answer.status_code == 400
    assert answer.json().get("field", field).startswith(field)


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
def test_a_moment_outside_of_the_calendar_is_refused(house: House, moment: str) -> None:
    answer = house.owner.post("/messages", letter(ORDER, not_before=moment))
    assert (answer.status_code, answer.json()["field"]) == (422, "not_before")
    assert house.owner.get("/messages", since=moment).json()["field"] == "since"


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded", "application/json5"])
def test_a_body_that_does_not_come_as_json_is_refused(house: House, kind: str) -> None:
    answer = house.owner.send("/messages", b"{}", kind)
    assert (answer.status_code, answer.json()["detail"]) == (415, "Send JSON: Content-Type: application/json.")


def test_json_may_name_its_encoding(house: House) -> None:
    assert house.owner.send("/messages", b"{}", "Application/JSON; charset=utf-8").status_code == 400


def test_a_body_that_is_too_large_is_refused(house: House) -> None:
    assert house.owner.send("/messages", b" " * (LARGEST_BODY + 1)).status_code == 413


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("/orders", {"limit": "0"}, "limit"),
        ("/orders", {"limit": "201"}, "limit"),
        ("/orders", {"limit": "ten"}, "limit"),
        ("/orders", {"limit": "9" * 5000}, "limit"),
        ("/orders", {"before": "-1"}, "before"),
        ("/orders", {"messaged": "perhaps"}, "messaged"),
        ("/orders", {"q": "x" * 201}, "q"),
        ("/orders", {"q": "a\0b"}, "q"),
        ("/orders", {"account": "a\0b"}, "account"),
        ("/messages", {"tab": "inbox"}, "tab"),
        ("/messages", {"since": "yesterday"}, "since"),
        ("/audit", {"what": "nothing"}, "what"),
        ("/audit", {"before": str(2**63)}, "before"),
    ],
)
def test_a_parameter_that_cannot_be_is_refused(house: House, path: str, query: dict[str, str], field: str) -> None:
    answer = house.owner.get(path, **query)
    assert (answer.status_code, answer.json()["field"]) == (400, field)


@pytest.mark.parametrize(
    ("path", "query", "told"),
    [
        ("/messages", {"tab": "nope"}, "There are: needs, queued, sent, refused, cancelled, all."),
        ("/orders", {"fulfilled_by": "amazon"}, "There are: AMAZON, MERCHANT."),
        ("/audit", {"what": ""}, "There are: signed-in, sign-in-failed, "),
        ("/messages", {"since": "2026-11-22"}, "Write it as 2026-11-22T12:04:31Z."),
    ],
)
def test_what_a_parameter_may_be_is_told(house: House, path: str, query: dict[str, str], told: str) -> None:
    answer = house.owner.get(path, **query)
    assert (answer.status_code, answer.json()["field"]) == (400, *query)
    assert told in answer.json()["detail"]


def test_what_a_field_may_be_is_told(house: House) -> None:
    answer = house.owner.post("/messages/06brtwmg4xk9vp2h/retry", {"state": "nope"})
    assert (answer.status_code, answer.json()["field"]) == (400, "state")
    assert "There are: queued, sending, sent, " in answer.json()["detail"]
    planned = house.owner.post("/messages", letter(ORDER, not_before="2026-11-22 10 o'clock"))
    assert "Write it as 2026-11-22T12:04:31Z." in planned.json()["detail"]


@pytest.mark.parametrize("key", ["schlüssel", "Größe", '"Größe"', '""'])
@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_a_key_that_a_header_cannot_say_is_refused(house: House, key: str, encoding: str) -> None:
    """Nobody can tell which key it is: the same in the body would send the message twice."""
    told = [(b"Authorization", f"Bearer {house.owner.key}".encode()), (b"Idempotency-Key", key.encode(encoding))]
    with httpx.Client(base_url=house.office.url, trust_env=False) as client:
        answer = client.post(f"{API}/messages", json=letter(ORDER), headers=told)
    assert (answer.status_code, answer.json()["field"]) == (400, "Idempotency-Key")


def test_of_two_keys_none_is_taken(house: House) -> None:
    keys = [("Authorization", f"Bearer {house.owner.key}"), ("Idempotency-Key", "one"), ("Idempotency-Key", "two")]
    with httpx.Client(base_url=house.office.url, trust_env=False) as client:
        answer = client.post(f"{API}/messages", json=letter(ORDER), headers=keys)
    assert (answer.status_code, answer.json()["field"]) == (400, "Idempotency-Key")


@pytest.mark.parametrize("cursor", ["", "0", "06BRTWMG4XK9VP2H", "u" * 16, "' OR 1=1", "\u2603"])
def test_a_cursor_that_is_none_is_refused_and_not_taken_for_the_beginning(house: House, cursor: str) -> None:
    answer = house.owner.get("/messages", before=cursor)
    assert (answer.status_code, answer.json()["field"]) == (422, "before")


@pytest.mark.parametrize(
    ("path", "takes"),
    [
        ("/orders", "account, before, fulfilled_by, limit, marketplace, messaged, q, status"),
        (f"/orders/shop/{ORDER}/actions", "fresh"),
    ],
)
def test_a_misspelt_parameter_is_refused_and_told_what_there_is(house: House, path: str, takes: str) -> None:
    answer = house.owner.get(path, stauts="SHIPPED")
    assert (answer.status_code, answer.json()["detail"]) == (
        400,
        f"There is no parameter 'stauts' here. It takes: {takes}.",
    )


def test_where_there_are_no_parameters_none_is_taken(house: House) -> None:
    assert house.owner.get("/me", all="yes").json()["detail"] == "There is no parameter 'all' here. It takes none."


@pytest.mark.parametrize(
    "path", ["/nothing", "/orders/shop", "/messages/%00", "/orders/%00/1", "/accounts/%F0%9F%92%A9"]
)
def test_there_is_nothing_at_other_addresses(house: House, path: str) -> None:
    answer = ask(house, path, authorization=f"Bearer {house.owner.key}")
    assert (answer.status_code, answer.headers["content-type"]) == (404, MEDIA_TYPE)


def test_another_method_is_refused_and_told_which_there_are(house: House) -> None:
    answer = ask(house, "/messages", "DELETE", authorization=f"Bearer {house.owner.key}")
    assert (answer.status_code, answer.headers["content-type"]) == (405, MEDIA_TYPE)
    assert {"GET", "POST"} <= set(answer.headers["allow"].split(", "))


def test_nothing_of_an_answer_is_kept_by_anybody_on_the_way(house: House) -> None:
    assert house.owner.get("/orders").headers["cache-control"] == "no-store"


NASTY = [
    "\\u0000",
    "\\ud800",
    "' OR '1'='1",
    "%",
    "..",
    "\U0010ffff",
    "\u202e",
    "\N{MATHEMATICAL BOLD DIGIT ONE}",
    "a" * 100,
]
"""As JSON writes them."""


def test_no_text_however_odd_makes_the_app_fail_on_postgresql(tmp_path: Path, postgres_url: str) -> None:
    with house_in(tmp_path, database=postgres_url) as there:
        for nasty in NASTY:
            for answer in _everywhere(there.owner, nasty):
                assert 400 <= answer.status_code < 500, (nasty, answer.request.url, answer.text)


def _everywhere(program: Program, nasty: str) -> Iterator[httpx.Response]:
    """The same text in each place that takes one, where it cannot be right."""
    text = json.loads(f'"{nasty}"').encode("utf-8", "surrogatepass")
    quoted = "".join(f"%{byte:02X}" for byte in text)
    for path in ("/accounts/{}", "/orders/{}/{}", "/orders/shop/{}", "/messages/{}/history", "/approvals/{}"):
        yield program.get(path.replace("{}", quoted))
    for path in (
        "/messages?before=",
        "/messages?account=",
        "/messages?marketplace=",
        "/orders?account=",
        "/audit?account=",
    ):
        yield program.get(path + quoted)
    for field in ("account", "order_id", "type", "marketplace", "coverage_start"):
        body = msgspec.json.encode({**letter(ORDER), field: "@"}).replace(b'"@"', f'"{nasty}"'.encode())
        yield program.send("/messages", body)
    yield program.send("/approvals/1/give-back", f'{{"why": "{nasty}"}}'.encode())
