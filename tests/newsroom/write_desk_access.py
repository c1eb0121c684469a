"""Writes the table that `test_desk_access.py` compares with; collected only when it is named."""

import csv

import pytest
from django.db import transaction
from django.test import Client

from tests.newsroom.desk_addresses import COLUMNS, METHODS, Records, gets_in, routes, sign_in
from tests.newsroom.test_desk_access import TABLE


@pytest.mark.django_db
def test_write_the_table():
    cells: dict[tuple[str, str], dict[str, str]] = {
        (route, method): {"route": route, "method": method}
        for route in routes()
        for method in METHODS
    }
    for column in COLUMNS:
        with transaction.atomic():
            records = Records()
            client = Client(raise_request_exception=False)
            sign_in(client, column, records)
            for (route, method), row in cells.items():
                row[column] = "yes" if gets_in(client, method, records.address(route)) else "no"
            transaction.set_rollback(True)
    with TABLE.open("w", newline="") as file:
        writer = csv.DictWriter(file, ["route", "method", *COLUMNS], lineterminator="\n")
        writer.writeheader()
        writer.writerows(cells.values())
