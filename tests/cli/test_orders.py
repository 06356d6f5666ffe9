"""`orders`, `actions` and `attributes`: what Amazon says, as a table and as JSON."""

from datetime import UTC, datetime, timedelta

import pytest

from buyerline.sandbox import GUIDE_ORDER
from tests.cli.shell import Shell
from tests.running import Amazon


def test_orders_are_listed_newest_first(shared_shell: Shell) -> None:
    result = shared_shell.run("orders", "--json")

    assert result.status == 0
    orders = result.document["orders"]
    times = [datetime.fromisoformat(order["bought_at"]) for order in orders]
    assert times == sorted(times, reverse=True)
    assert times[-1] > datetime.now(UTC) - timedelta(days=30, minutes=1)
    [guide] = [order for order in orders if order["order_id"] == GUIDE_ORDER]
    assert guide["status"] == "SHIPPED"
    assert guide["marketplace_id"] == "ATVPDKIKX0DER"
    assert guide["total"]["currency"] == "USD"
    assert guide["items"][0]["title"]
    assert datetime.fromisoformat(guide["ship_by"]) > datetime.fromisoformat(guide["bought_at"])


def test_orders_of_a_longer_time_are_more_and_a_limit_keeps_the_newest(shared_shell: Shell) -> None:
    month, quarter, three = (
        shared_shell.run("orders", "--json", *options).document["orders"]
        for options in ([], ["--days=90"], ["--limit=3"])
    )

    assert len(quarter) > len(month)
    assert three == month[:3]


def test_orders_of_one_status_in_any_case(shared_shell: Shell) -> None:
    orders = shared_shell.run("orders", "--json", "--status=unshipped", "--status=PENDING").document["orders"]

    assert {order["status"] for order in orders} == {"UNSHIPPED", "PENDING"}


def test_the_table_fits_80_columns_and_keeps_ids_whole(shared_shell: Shell) -> None:
    result = shared_shell.run("orders")

    lines = result.out.splitlines()
    assert lines[0].split() == ["Order", "Bought", "Status", "Ship", "by", "Items", "Total"]
    assert any(line.startswith(GUIDE_ORDER) for line in lines)
    assert max(map(len, lines)) <= 80
    assert "\x1b" not in result.out


def test_a_narrow_terminal_costs_no_part_of_ids_and_statuses(shared_amazon: Amazon, shared_shell: Shell) -> None:
    order = shared_amazon.order(items=[{"title": "Dotted notebook of 192 pages"}, {"title": "Pen"}])

    lines = shared_shell.run("orders", COLUMNS="40").out.splitlines()

    assert any(" pending availability " in line for line in lines)
    [line] = [line for line in lines if line.startswith(f"{order} ")]
    assert "\N{HORIZONTAL ELLIPSIS} +1 " in line


def test_no_orders_are_said_in_words(shared_amazon: Amazon, shared_shell: Shell) -> None:
    account = shared_amazon.account(orders=0)

    result = shared_shell.run("orders", "--status=shipped", SP_API_REFRESH_TOKEN=account.refresh_token)

    assert result.status == 0
    assert result.out == "No orders in status SHIPPED in US in the last 30 days. --days looks further back.\n"


@pytest.mark.parametrize(("status", "exit_status", "code"), [(400, 4, "invalid_request"), (403, 6, "denied_for_now")])
def test_refused_orders_are_an_error_with_a_document(
    status: int, exit_status: int, code: str, amazon: Amazon, shell: Shell
) -> None:
    amazon.fault("searchOrders", "status", status=status)

    result = shell.run("orders", "--json")

    assert result.status == exit_status
    assert result.problem.startswith(f"error: searchOrders: Amazon answered {status}")
    assert result.document["error"]["code"] == code
    assert "hint" in result.document["error"]


def test_actions_show_what_each_type_takes(shared_shell: Shell) -> None:
    table, as_json = shared_shell.run("actions", GUIDE_ORDER), shared_shell.run("actions", GUIDE_ORDER, "--json")

    assert table.status == as_json.status == 0
    rows = {line.split()[0]: line.split()[-2:] for line in table.out.splitlines() if line.split()}
    assert rows["confirmCustomizationDetails"] == ["1-800", "0-5"]
    assert rows["invoice"] == ["-", "1-5"]
    assert "invoice (sendInvoice) " in table.out
    actions = {action["type"]: action for action in as_json.document["actions"]}
    assert len(actions) == 11
    assert actions["invoice"]["name"] == "sendInvoice"
    assert actions["invoice"]["text"] is None
    assert actions["digitalAccessKey"]["text"] == {"min_length": 1, "max_length": 400}
    assert actions["warranty"]["attachments"] == {"min_items": 1, "max_items": 5}
    assert all(action["sendable"] for action in actions.values())


def test_a_disabled_type_is_shown_with_its_reason(shared_amazon: Amazon, shared_shell: Shell) -> None:
    order = shared_amazon.order(types=["invoice"], disabled={"warranty": "The warranty has ended."})

    result = shared_shell.run("actions", order)
    document = shared_shell.run("actions", order, "--json").document

    assert "Not sendable: The warranty has ended." in result.out
    [disabled] = [action for action in document["actions"] if not action["sendable"]]
    assert (disabled["type"], disabled["disabled"], disabled["reason"]) == ("warranty", True, "The warranty has ended.")


def test_a_closed_order_is_no_error_and_says_why(shared_amazon: Amazon, shared_shell: Shell) -> None:
    order = shared_amazon.order(closed=True)

    result, as_json = shared_shell.run("actions", order), shared_shell.run("actions", order, "--json")

    assert result.status == as_json.status == 0
    assert result.out.startswith("Amazon takes no messages for this order now: Invalid amazonOrderId")
    assert as_json.document["actions"] == []
    assert as_json.document["closed_reason"] == result.out.strip()


def test_attributes_tell_the_buyers_language(shared_amazon: Amazon, shared_shell: Shell) -> None:
    order = shared_amazon.order(locale="es-US")

    assert shared_shell.run("attributes", order).out == "The buyer reads es-US.\n"
    assert shared_shell.run("attributes", order, "--json").document == {"order_id": order, "locale": "es-US"}


@pytest.mark.parametrize("command", ["actions", "attributes"])
@pytest.mark.parametrize(
    ("order", "status", "code"), [("902-123", 3, "order_id_malformed"), ("111-1111111-1111111", 4, "not_found")]
)
def test_a_wrong_order_is_said_in_one_line(
    order: str, status: int, code: str, command: str, shared_shell: Shell
) -> None:
    result = shared_shell.run(command, order, "--json")

    assert result.status == status
    assert result.problem.startswith(("error: order_id: ", "error: order_id (ORDER): "))
    assert result.document["error"]["code"] == code


def test_orders_of_another_marketplace(shared_shell: Shell) -> None:
    orders = shared_shell.run("orders", "--marketplace=mx", "--days=90", "--json").document["orders"]

    assert orders
    assert {order["marketplace_id"] for order in orders} == {"A1AM78C64UM0Y8"}


def test_orders_of_a_marketplace_where_the_account_does_not_sell(shared_shell: Shell) -> None:
    result = shared_shell.run("orders", "--marketplace=DE", "--json")

    assert result.status == 3
    assert "it sells in CA, US, MX, BR only" in result.problem
    assert result.document["error"]["code"] == "marketplace_region"


def test_orders_that_cannot_be_asked_for_now_may_be_asked_for_again(shared_shell: Shell) -> None:
    result = shared_shell.run("orders", BUYERLINE_ENDPOINT="http://127.0.0.1:9")

    assert result.status == 6
    assert result.problem.endswith("the endpoint. Try again.")
