"""How gifts are told of, in the same words by forms, pages and mails."""

from django.utils.translation import gettext_lazy

from donations.models import Frequency

TERMS = {
    Frequency.MONTHLY: gettext_lazy("%(amount)s every month"),
    Frequency.ANNUAL: gettext_lazy("%(amount)s every year"),
    "": gettext_lazy("%(amount)s each time"),  # Made at Stripe by hand.
}
PROMISES = {
    Frequency.ONCE: gettext_lazy("You will give %(total)s once."),
    Frequency.MONTHLY: gettext_lazy("You will give %(total)s every month."),
    Frequency.ANNUAL: gettext_lazy("You will give %(total)s every year."),
    "": gettext_lazy("You will give %(total)s each time."),
}


def terms(amount: str, frequency: str) -> str:
    """What is given, within a sentence: "€10.00 every month", "€10.00" of a single gift."""
    return TERMS[frequency] % {"amount": amount} if frequency in TERMS else amount


def promise(total: str, frequency: str) -> str:
    """ "You will give €10.00 every month." """
    return PROMISES[frequency] % {"total": total}
