"""What a reader says who wants to give."""

import re
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from django import forms
from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from articles.models.publication import Publication
from donations import money, wording
from donations.models import Appeal, Contribution, CurrencyRule, Frequency, Preset

Row = TypeVar("Row", bound=Model)

OTHER = "other"
WHOLE_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)


@dataclass(frozen=True)
class Gift:
    """An amount and what would cover its fee, in the smallest unit of the currency."""

    currency: str
    frequency: str
    amount_minor: int
    fee_minor: int
    has_fee: bool

    @property
    def fee_cover_minor(self) -> int:
        return self.fee_minor if self.has_fee else 0

    @property
    def total_minor(self) -> int:
        return self.amount_minor + self.fee_cover_minor

    @property
    def amount(self) -> str:
        return money.printed(self.amount_minor, self.currency)

    @property
    def fee(self) -> str:
        return money.printed(self.fee_minor, self.currency)

    @property
    def sentence(self) -> str:
        """ "You will give €10.00 every month." """
        return wording.promise(money.printed(self.total_minor, self.currency), self.frequency)


class ContributionForm(forms.Form):
    """The form at /contribute. What it shows follows from what was sent, be that right or not."""

    frequency = forms.ChoiceField(
        choices=Frequency.choices,
        initial=Frequency.MONTHLY,
        error_messages={
            "required": gettext_lazy("Choose how often you want to give."),
            "invalid_choice": gettext_lazy("Choose how often you want to give."),
        },
    )
    currency = forms.ChoiceField(
        error_messages={
            "required": gettext_lazy("Choose a currency."),
            "invalid_choice": gettext_lazy("Choose one of these currencies."),
        }
    )
    amount = forms.CharField(required=False)
    other_amount = forms.CharField(required=False, max_length=40)
    cover_fee = forms.BooleanField(required=False)
    email = forms.EmailField(
        max_length=254,
        error_messages={
            "required": gettext_lazy("Write your e-mail address: the receipt goes there."),
            "invalid": gettext_lazy("Write an e-mail address such as name@example.org."),
        },
    )
    name = forms.CharField(required=False, max_length=120)
    message = forms.CharField(required=False, max_length=1000)
    shown_for = forms.CharField(required=False)  # What the suggested amounts were shown for.
    appeal = forms.CharField(required=False)
    article = forms.CharField(required=False)

    def __init__(self, rules: list[CurrencyRule], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rules = {rule.currency: rule for rule in rules}
        currency = cast(forms.ChoiceField, self.fields["currency"])
        currency.choices = [(code, code) for code in self.rules]
        currency.initial = next(iter(self.rules))

    @classmethod
    def for_link(cls, rules: list[CurrencyRule], query: QueryDict) -> "ContributionForm":
        """The form as a link opens it; it may say frequency, currency, appeal and article."""
        names = ("frequency", "currency", "appeal", "article")
        return cls(rules, initial={name: query[name] for name in names if query.get(name)})

    @classmethod
    def for_return(cls, rules: list[CurrencyRule], earlier: Contribution) -> "ContributionForm":
        """The form with the choices of `earlier`, for whoever comes back from Stripe.

        E-mail, name and message are left out: the link stands in a browser's history.
        """
        initial = {
            "frequency": earlier.frequency,
            "currency": earlier.currency,
            "amount": str(earlier.amount_minor),
            "cover_fee": earlier.fee_cover_minor > 0,
            "appeal": earlier.appeal_id,
            "article": earlier.publication_id,
        }
        return cls(rules, initial=initial)

    @classmethod
    def for_other_choices(cls, rules: list[CurrencyRule], sent: QueryDict) -> "ContributionForm":
        """The form with what was typed, and suggestions for the frequency and currency chosen."""
        form = cls(rules, sent)
        if form.said("shown_for") not in {"", form.suggestions_are_for} and (
            form.said("amount") != OTHER
        ):
            sent = sent.copy()
            sent["amount"] = ""
            form = cls(rules, sent)
        return form

    # What is shown

    def said(self, name: str) -> str:
        """What stands in a field now, right or not."""
        value = self[name].value()
        return "" if value is None else str(value)

    @cached_property
    def rule(self) -> CurrencyRule:
        """Of the currency chosen, or of the first where that is none of ours."""
        return self.rules.get(self.said("currency"), next(iter(self.rules.values())))

    @cached_property
    def chosen_frequency(self) -> Frequency:
        said = self.said("frequency")
        return Frequency(said) if said in Frequency.values else Frequency.MONTHLY

    @property
    def frequencies(self) -> list[Frequency]:
        return list(Frequency)

    @property
    def has_fee(self) -> bool:
        return bool(self["cover_fee"].value())

    @property
    def suggestions_are_for(self) -> str:
        return f"{self.chosen_frequency} {self.rule.currency}"

    @cached_property
    def suggestions(self) -> list[Gift]:
        return [self._gift(preset.amount_minor) for preset in self._presets]

    @cached_property
    def chosen_amount(self) -> str:
        """The suggestion chosen, as it is sent, or "other"."""
        said = self.said("amount")
        if said == OTHER or said in self._suggested or self._is_amount_of_its_own(said):
            return said if said in self._suggested else OTHER
        default = next((preset for preset in self._presets if preset.is_default), None)
        return str(default.amount_minor) if default else next(iter(self._suggested), OTHER)

    @cached_property
    def typed_amount(self) -> str:
        """What stands in the field for another amount."""
        said = self.said("amount")
        if said not in self._suggested and self._is_amount_of_its_own(said):
            return str(money.in_units(int(said), self.rule.currency))
        return self.said("other_amount")

    @cached_property
    def gift(self) -> Gift | None:
        """What would be given with the form as it stands; None where that cannot be told."""
        try:
            if self.chosen_amount == OTHER:
                return self._read(self.typed_amount)
            return self._checked(int(self.chosen_amount))
        except forms.ValidationError:
            return None

    @cached_property
    def doubts(self) -> dict[str, list[str]]:
        """Why nobody can tell what would be given: what is wrong with the amount that was typed."""
        if self.chosen_amount == OTHER and self.typed_amount:
            try:
                self._read(self.typed_amount)
            except forms.ValidationError as refusal:
                return {"other_amount": refusal.messages}
        return {}

    @property
    def _presets(self) -> list[Preset]:
        frequency = self.chosen_frequency
        return [preset for preset in self.rule.presets.all() if preset.frequency == frequency]

    @cached_property
    def _suggested(self) -> list[str]:
        return [str(preset.amount_minor) for preset in self._presets]

    def _is_amount_of_its_own(self, said: str) -> bool:
        """Whether it is an amount of this currency, though not suggested now."""
        shown_currency = self.said("shown_for").rpartition(" ")[2]
        return WHOLE_NUMBER.fullmatch(said) is not None and shown_currency in {
            "",
            self.rule.currency,
        }

    # What is taken

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        field = "other_amount" if cleaned.get("amount") == OTHER else "amount"
        if not {"frequency", "currency", field} <= cleaned.keys():
            return cleaned
        try:
            if field == "other_amount":
                cleaned["gift"] = self._read(cleaned["other_amount"])
            else:
                cleaned["gift"] = self._chosen(cleaned["amount"])
        except forms.ValidationError as refusal:
            self.add_error(field, refusal)
        return cleaned

    def _chosen(self, amount: str) -> Gift:
        if not WHOLE_NUMBER.fullmatch(amount):
            raise forms.ValidationError(_("Choose an amount, or “Other amount” and type it."))
        if amount not in self._suggested and not self._is_amount_of_its_own(amount):
            raise forms.ValidationError(
                _("The amounts are in %(currency)s now. Choose one.")
                % {"currency": self.rule.currency}
            )
        return self._checked(int(amount))

    def _read(self, typed: str) -> Gift:
        try:
            return self._checked(money.read_amount(typed, self.rule.currency))
        except money.UnreadableAmount as unreadable:
            raise forms.ValidationError(str(unreadable)) from None

    def _checked(self, amount_minor: int) -> Gift:
        """The gift of this amount; raises ValidationError where it is too small or too large."""
        gift = self._gift(amount_minor)
        self.rule.check_gift(amount_minor, gift.total_minor)
        return gift

    def _gift(self, amount_minor: int) -> Gift:
        return Gift(
            currency=self.rule.currency,
            frequency=self.chosen_frequency,
            amount_minor=amount_minor,
            fee_minor=self.rule.fee_cover_minor(amount_minor),
            has_fee=self.has_fee,
        )

    def contribution(self) -> Contribution:
        """What was said in a form that is right, not saved.

        An appeal or story we do not know, or that readers may not see, is left out.
        """
        said = self.cleaned_data
        gift: Gift = said["gift"]
        return Contribution(
            frequency=gift.frequency,
            currency=gift.currency,
            amount_minor=gift.amount_minor,
            fee_cover_minor=gift.fee_cover_minor,
            total_minor=gift.total_minor,
            email=said["email"],
            name=said["name"],
            message=said["message"],
            language=get_language(),
            appeal=_known(Appeal.objects.all(), said["appeal"]),
            publication=_known(Publication.objects.visible(), said["article"]),
        )


def _known(rows: QuerySet[Row], number: str) -> Row | None:
    return rows.filter(pk=number).first() if WHOLE_NUMBER.fullmatch(number) else None
