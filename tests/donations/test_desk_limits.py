"""The money desk under many rows and under nonsense: as many queries, and never a broken page."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from donations.models import (
    Appeal,
    Contribution,
    ContributionRules,
    CurrencyRule,
    LedgerEntry,
    OutgoingMail,
    Payment,
    Pledge,
    StripeEvent,
    Supporter,
)
from tests.donations.records import make_contribution

pytestmark = pytest.mark.django_db

LISTS = [Appeal, Contribution, CurrencyRule, LedgerEntry, OutgoingMail, Pledge, StripeEvent]
LISTS.append(Supporter)
NONSENSE = [
    "%00",
    "%FF%FE",
    "nonsense",
    "-1",
    "99999999999999999999999",
    "0.5",
    "%27%22%3E%3Cscript%3E",
    "2026-13-45",
    "%F0%9F%92%B6",
    "x" * 2000,
]


def fill(number: int) -> None:
    """One row more in each list, of the same supporter."""
    supporter, _new = Supporter.objects.get_or_create(email="reader@example.org")
    Supporter.objects.create(email=f"r{number}@example.org")
    gift = make_contribution(supporter=supporter, appeal=Appeal.objects.first(), email="")
    pledge = Pledge.objects.create(
        subscription_id=f"sub_{number}",
        supporter=supporter,
        contribution=gift,
        currency="EUR",
        amount_minor=1000,
    )
    payment = Payment.objects.create(intent_id=f"pi_{number}", contribution=gift)
    entry = {"currency": "EUR", "amount_minor": 1000, "payment": payment}
    now = timezone.now()
    LedgerEntry.objects.create(kind="charge", stripe_id=f"ch_{number}", occurred_at=now, **entry)
    OutgoingMail.objects.create(
        kind="thanks", about=str(gift.pk), supporter=supporter, pledge=pledge
    )
    StripeEvent.objects.create(id=f"evt_{number}", type="x", applied_at=now)
    Appeal.objects.create(
        placement="strip", headline=f"Headline {number}", button="Give", language="en"
    )
    code = f"{chr(65 + number // 26)}{chr(65 + number % 26)}Q"
    rule = CurrencyRule.objects.create(currency=code, minimum_minor=1, maximum_minor=10_000)
    for amount_minor in range(100, 100 * (number + 2), 100):
        rule.presets.create(frequency="monthly", amount_minor=amount_minor)


def queries_of(client, address: str) -> int:
    client.get(address)  # Content types are remembered.
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(address).status_code == 200, address
    assert not any("COUNT(*)" in q["sql"] and "LIMIT" not in q["sql"] for q in queries), address
    return len(queries)


def list_of(model) -> str:
    return reverse(f"admin:donations_{model._meta.model_name}_changelist")


def page_of(record) -> str:
    return reverse(f"admin:donations_{record._meta.model_name}_change", args=[record.pk])


@pytest.mark.parametrize("model", LISTS)
def test_a_list_and_a_page_take_as_many_queries_for_many_rows(admin_client, model):
    """Of superusers no permissions are asked: two queries fewer than of others."""
    fill(0)
    record = model.objects.order_by("pk").last()
    few = queries_of(admin_client, list_of(model)), queries_of(admin_client, page_of(record))
    for number in range(1, 20):
        fill(number)
    many = queries_of(admin_client, list_of(model)), queries_of(admin_client, page_of(record))

    assert many == few
    # Session, user, a bounded count, rows, two whether there is a record of which there is one;
    # the ledger's sums.
    assert many[0] <= 7
    # Session, user, record, what it belongs to, what happened to it, and the look, logged.
    assert many[1] <= 13


def test_the_page_of_one_with_many_gifts_takes_no_more(admin_client):
    fill(0)
    supporter = Supporter.objects.get(email="reader@example.org")
    few = queries_of(admin_client, page_of(supporter))
    for number in range(1, 20):
        fill(number)

    assert queries_of(admin_client, page_of(supporter)) == few


def parameters_of(model) -> set[str]:
    """All that a list's address may say, and some that it does not know."""
    site = admin.site._registry[model]
    names = {"q", "p", "o", "all", "e", "_facets", "_popup", "_to_field", "standing", "unknown"}
    for entry in site.list_filter:
        field = entry[0] if isinstance(entry, tuple) else entry
        if isinstance(field, str):
            names |= {
                f"{field}{lookup}"
                for lookup in ("", "__exact", "__gte", "__lt", "__isnull", "__in", "__year", "__x")
            }
    return names | {"id__exact", "supporter__email__startswith", "email"}


@pytest.mark.parametrize("model", LISTS)
def test_nonsense_in_the_address_of_a_list_breaks_nothing(admin_client, model):
    fill(0)
    for name in sorted(parameters_of(model)):
        for value in NONSENSE:
            address = f"{list_of(model)}?{name}={value}"
            assert admin_client.get(address).status_code < 500, address


@pytest.mark.parametrize("model", [*LISTS, ContributionRules])
def test_nonsense_in_the_address_of_a_page_breaks_nothing(admin_client, model):
    name = f"admin:donations_{model._meta.model_name}_changelist"
    for value in NONSENSE:
        for end in ("change/", "history/", "delete/", "refund/", "forget/", ""):
            address = f"{reverse(name)}{value}/{end}"
            assert admin_client.get(address).status_code < 500, address


def test_an_address_of_a_person_is_no_filter(admin_client):
    """Or it would stand in a URL, and letter by letter be guessed unlogged."""
    fill(0)
    for model in (Supporter, Contribution, Pledge):
        for name in ("email__startswith", "supporter__email__startswith", "name__startswith"):
            answer = admin_client.get(list_of(model), {name: "r"})
            assert answer.status_code in {302, 400}, (model, name)
