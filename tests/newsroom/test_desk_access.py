"""Who gets in where at the desk: role × address × method, every cell of the table."""

import csv
from pathlib import Path

import pytest
from django.test import Client

from tests.newsroom.desk_addresses import COLUMNS, Records, gets_in, routes, sign_in

# `python -m pytest tests/newsroom/write_desk_access.py` writes it anew after a change; then every
# line of the difference wants to be read.
TABLE = Path(__file__).with_name("desk_access.csv")

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("column", COLUMNS)
def test_the_desk_lets_in_exactly_whom_the_table_says(column):
    with TABLE.open(newline="") as file:
        table = {(row["route"], row["method"]): row for row in csv.DictReader(file)}
    assert {route for route, _method in table} == set(routes())
    records = Records()
    client = Client(raise_request_exception=False)
    sign_in(client, column, records)

    found = {
        key: "yes" if gets_in(client, key[1], records.address(key[0])) else "no" for key in table
    }

    assert found == {key: row[column] for key, row in table.items()}
