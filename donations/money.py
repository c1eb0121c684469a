"""Amounts: what a reader types, what Stripe counts, what is printed.

An amount is an integer in the smallest unit of its currency, always beside the currency.
"""

import re
from contextlib import suppress
from decimal import Decimal
from functools import cache

from babel.core import Locale, UnknownLocaleError
from babel.numbers import format_currency
from django.utils.translation import get_language
from django.utils.translation import gettext as _

# Source: https://docs.stripe.com/currencies#zero-decimal
ZERO_DECIMAL = frozenset(
    "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF UGX VND VUV XAF XOF XPF".split()  # noqa: SIM905
)

# Stripe counts these in thousandths, or in hundredths that must be whole: no amount of ours fits.
# Source: https://docs.stripe.com/currencies#special-cases
UNCOUNTED = frozenset({"BHD", "ISK", "JOD", "KWD", "OMR", "TND", "UGX"})

PLAIN = re.compile(r"(?P<whole>[0-9]{1,12})(?:[.,](?P<fraction>[0-9]{1,2}))?", re.ASCII)
AMBIGUOUS = re.compile(r"(?P<before>[0-9]{1,9})[.,](?P<after>[0-9]{3})", re.ASCII)


class UnreadableAmount(ValueError):
    """What was typed is not an amount; the message says what to type instead."""


def decimals_of(currency: str) -> int:
    return 0 if currency.upper() in ZERO_DECIMAL else 2


def read_amount(typed: str, currency: str) -> int:
    """The amount a reader typed, in the smallest unit of `currency`, by one rule in all languages.

    Spaces of any kind are dropped. One comma or point before one or two final digits is the
    decimal mark; before exactly three digits it could be either, so the reader is asked.

    Raises UnreadableAmount with a sentence for everything else.
    """
    text = "".join(typed.split()).replace("\u200b", "").replace("\u2060", "")
    ambiguous = AMBIGUOUS.fullmatch(text)
    if ambiguous:
        number = f"{ambiguous['before']}{ambiguous['after']}".lstrip("0") or "0"
        raise UnreadableAmount(
            _("Do you mean %(number)s? Then write it without a comma or point.")
            % {"number": number}
        )
    match = PLAIN.fullmatch(text)
    if match is None:
        raise UnreadableAmount(_("Write the amount in digits, such as 12 or 12.50."))
    fraction = match["fraction"] or ""
    decimals = decimals_of(currency)
    if len(fraction) > decimals:
        raise UnreadableAmount(
            _("%(currency)s has no smaller unit. Write a whole number.") % {"currency": currency}
        )
    return int(match["whole"] + fraction.ljust(decimals, "0"))


def in_units(amount_minor: int, currency: str) -> Decimal:
    """The amount in whole units: 1250 of EUR is 12.50, 500 of JPY is 500."""
    return Decimal(amount_minor).scaleb(-decimals_of(currency))


def printed(amount_minor: int, currency: str, language: str | None = None) -> str:
    """The amount as readers of a language write it: "€12.50", "12,50 €"."""
    locale = _locale_of(language or get_language() or "en")
    return format_currency(in_units(amount_minor, currency), currency, locale=locale)


@cache
def _locale_of(language: str) -> Locale:
    """How amounts are written in a language; as in English where that is not known."""
    parts = language.split("-")
    for tag in ("_".join(parts), parts[0]):
        with suppress(UnknownLocaleError, ValueError):
            return Locale.parse(tag)
    return Locale("en")
