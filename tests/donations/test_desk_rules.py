"""What the outlet decides about giving: refused where it cannot be meant."""

import pytest

from donations.models import ContributionRules, CurrencyRule
from tests.desk import form_values
from tests.factories import make_user

pytestmark = pytest.mark.django_db

EURO = "/admin/donations/currencyrule/EUR/change/"
RULES = "/admin/donations/contributionrules/"


@pytest.fixture
def desk(client):
    client.force_login(make_user("boss", "Administrator"))
    return client


def save(desk, address: str = EURO, **changes):
    """Fill in `changes`, save, and show what comes."""
    return desk.post(address, form_values(desk.get(address)) | changes, follow=True)


def refused(page, sentence: str) -> bool:
    return "errorlist" in page.content.decode() and sentence in page.content.decode()


@pytest.mark.parametrize("amount", ["99", "1000001"])
def test_a_suggested_amount_outside_of_the_limits_is_refused(desk, amount):
    before = sorted(CurrencyRule.objects.get(pk="EUR").presets.values_list("amount_minor"))
    page = save(desk, **{"presets-0-amount_minor": amount})

    assert refused(page, "Suggest amounts from 100 (€1.00) to 1000000 (€10,000.00).")
    after = sorted(CurrencyRule.objects.get(pk="EUR").presets.values_list("amount_minor"))
    assert after == before


def test_limits_that_leave_a_suggested_amount_outside_are_refused(desk):
    page = save(desk, minimum_minor="700")

    assert refused(page, "Suggest amounts from 700 (€7.00)")
    assert CurrencyRule.objects.get(pk="EUR").minimum_minor == 100


def test_limits_are_widened_together_with_what_they_allow(desk):
    save(desk, maximum_minor="2000000", **{"presets-0-amount_minor": "1500000"})

    rule = CurrencyRule.objects.get(pk="EUR")
    assert rule.presets.filter(amount_minor=1_500_000).exists()


def test_an_amount_that_goes_may_be_outside(desk):
    first = form_values(desk.get(EURO))["presets-0-amount_minor"]
    page = save(desk, minimum_minor=str(int(first) + 1), **{"presets-0-DELETE": "on"})

    said = page.content.decode()
    assert CurrencyRule.objects.get(pk="EUR").minimum_minor == int(first) + 1 or "Suggest" in said


@pytest.mark.parametrize("minimum", ["", "x", "-1", "99999999999999999999"])
def test_limits_that_are_no_numbers_are_refused_kindly(desk, minimum):
    page = save(desk, minimum_minor=minimum)

    assert page.status_code == 200
    assert "errorlist" in page.content.decode()


@pytest.mark.parametrize(("name", "value"), [("keep_ended_days", "40000"), ("quiet_hours", "9000")])
def test_times_beyond_any_calendar_are_refused(desk, name, value):
    ContributionRules.objects.create(pk=1)
    page = save(desk, f"{RULES}1/change/", **{name: value})

    assert "errorlist" in page.content.decode()
