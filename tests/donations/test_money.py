from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from donations.models import CurrencyRule
from donations.money import UnreadableAmount, in_units, printed, read_amount


@pytest.mark.parametrize(
    ("typed", "amount_minor"),
    [
        ("12", 1200),
        ("12,50", 1250),
        ("12.50", 1250),
        ("12.5", 1250),
        ("1 000", 100_000),
        ("1\u00a0000", 100_000),
        ("1\u202f000,5", 100_050),
        (" 7 ", 700),
        ("0", 0),
        ("0.01", 1),
    ],
)
def test_an_amount_is_read_by_one_rule(typed, amount_minor):
    assert read_amount(typed, "EUR") == amount_minor


@pytest.mark.parametrize("typed", ["1,000", "1.000", "12.345"])
def test_three_digits_behind_a_mark_are_asked_about(typed):
    with pytest.raises(UnreadableAmount, match="Do you mean"):
        read_amount(typed, "EUR")


@pytest.mark.parametrize(
    "typed",
    [
        *("", " ", "NaN", "-5", "+5", "1e9", "0.0001", "5 JPY", "€5", "１２", "١٢", "²", "0x10"),
        *("1,000.00", "1..5", ".5", "5.", "9" * 13, "\x00", "Infinity", "1\n.\n2.3", "12,5,0"),
    ],
)
def test_all_else_is_refused_with_a_sentence(typed):
    with pytest.raises(UnreadableAmount, match=r"\.$"):
        read_amount(typed, "EUR")


def test_yen_have_no_smaller_unit():
    assert read_amount("500", "JPY") == 500
    with pytest.raises(UnreadableAmount, match="whole number"):
        read_amount("500.50", "JPY")


def test_every_amount_from_one_to_a_hundred_comes_back_unchanged():
    for amount_minor in range(100, 10_000):
        assert read_amount(str(in_units(amount_minor, "EUR")), "EUR") == amount_minor


def test_an_amount_is_printed_as_its_language_writes_it():
    assert printed(1250, "EUR", "en") == "€12.50"
    assert printed(1250, "EUR", "ru") == "12,50\u00a0€"
    assert printed(500, "JPY", "en") == "¥500"


@pytest.mark.django_db
@pytest.mark.parametrize("currency", ["KWD", "UGX", "ISK"])
def test_a_currency_that_stripe_counts_in_its_own_way_cannot_be_taken(currency):
    rule = CurrencyRule(currency=currency, minimum_minor=100, maximum_minor=10_000)
    with pytest.raises(ValidationError, match="its own way"):
        rule.validate_constraints()


@pytest.mark.django_db
@pytest.mark.parametrize("percent", ["-1", "50.01", "100", "999.99"])
def test_a_fee_that_would_leave_nothing_is_refused(percent):
    rule = CurrencyRule(
        currency="EUR", minimum_minor=100, maximum_minor=10_000, fee_percent=Decimal(percent)
    )
    with pytest.raises(ValidationError, match="from 0 to 50"):
        rule.validate_constraints()
