"""What a bill is made of: units by size, prices by service, quotas in order."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest

from bench import price
from bench.idle import POLLS_A_MONTH
from bench.meter import Use, read_units
from tests.cloud import WORKERS

KILOBYTE = {"S": "x" * 1021}
"""With a name of three letters."""


def _used(**each: float) -> dict[str, Use]:
    return {deed.name: defaultdict(float, each) for deed in price.DEEDS}


@pytest.mark.parametrize(
    ("name", "answer", "units"),
    [
        ("GetItem", {}, 1),
        ("GetItem", {"Item": {"one": KILOBYTE}}, 1),
        ("GetItem", {"Item": {str(n) * 3: KILOBYTE for n in range(5)}}, 2),
        ("BatchGetItem", {"Responses": {"t": [{"one": KILOBYTE}] * 3}}, 3),
        ("Query", {"Items": [{"one": KILOBYTE}] * 9}, 3),
        ("Query", {"Items": []}, 1),
        ("TransactGetItems", {"Responses": [{"Item": {"one": KILOBYTE}}, {}]}, 4),
    ],
)
def test_a_read_takes_a_unit_for_each_four_kilobytes(name: str, answer: Any, units: float) -> None:
    assert read_units(name, answer) == units


def test_a_bill_is_use_times_list_price() -> None:
    use: Use = defaultdict(float, {"write_units": 2e6, "read_units": 8e6, "mails_out": 1000})
    assert price.bill(use) == pytest.approx(
        {**dict.fromkeys(price.bill(use), 0), "DynamoDB": 2.25, "SES": 0.1}
    )
    within = defaultdict(float, {"lambda_requests": 1_000_000.0, "table_gigabytes": 30.0})
    assert price.bill(within, free=True)["Lambda"] == 0
    assert price.bill(within, free=True)["DynamoDB"] == pytest.approx(5 * 0.25)


def test_nobody_pays_but_for_polling() -> None:
    use = price.month(_used(gateway_requests=1, table_gigabytes=1e-6), 0)
    assert {name: amount for name, amount in use.items() if amount} == {
        "sqs_requests": len(WORKERS) * POLLS_A_MONTH
    }


def test_a_month_grows_with_the_customers_and_what_is_kept_with_the_months() -> None:
    once = sum(deed.often for deed in price.DEEDS)
    use = price.month(_used(bus_events=1, table_gigabytes=1e-6), 1000)
    assert use["bus_events"] == pytest.approx(once * 1000)
    assert use["table_gigabytes"] == pytest.approx(once * 1000 * 1e-6 * price.KEPT_MONTHS)


def test_quotas_come_in_the_order_in_which_they_are_met() -> None:
    lines = list(price.quotas(_used(gateway_requests=1, write_units=100)))
    assert [line.what.partition(",")[0] for line in lines] == [
        "our own --api-rate",
        "DynamoDB write units of a table",
        "API Gateway requests",
        "DynamoDB read units of a table",  # of the authorizer
        "Lambda functions at once",
    ]
