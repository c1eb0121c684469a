"""What supporters say on their own pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from donations import money
from donations.models import CurrencyRule, Pledge
from donations.standing import LONGEST_PAUSE_MONTHS


class LinkForm(forms.Form):
    """To which address a link shall go."""

    email = forms.EmailField(
        max_length=254,
        error_messages={
            "required": gettext_lazy("Write the e-mail address with which you give."),
            "invalid": gettext_lazy("Write an e-mail address such as name@example.org."),
        },
    )


class AmountForm(forms.Form):
    """What a regular gift shall be; `amount` is read by the rule for all amounts."""

    amount = forms.CharField(required=False, max_length=40)

    def __init__(self, pledge: Pledge, rule: CurrencyRule, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rule = rule
        self.initial["amount"] = str(money.in_units(pledge.amount_minor, pledge.currency))

    def clean_amount(self) -> int:
        """The amount in the smallest unit."""
        try:
            amount_minor = money.read_amount(self.cleaned_data["amount"], self.rule.currency)
        except money.UnreadableAmount as unreadable:
            raise forms.ValidationError(str(unreadable)) from None
        self.rule.check_gift(amount_minor, amount_minor)
        return amount_minor


class PauseForm(forms.Form):
    """For how many months nothing shall be given."""

    months = forms.TypedChoiceField(
        choices=[(n, n) for n in range(1, LONGEST_PAUSE_MONTHS + 1)],
        coerce=int,
        error_messages={
            "required": gettext_lazy("Choose for how long."),
            "invalid_choice": gettext_lazy("Choose for how long: one to three months."),
        },
    )
