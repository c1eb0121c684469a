"""What the outlet decides about giving."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext

from donations import money
from donations.models import ContributionRules, CurrencyRule, Preset, RulesText

from .desk import MoneyAdmin


class RulesTextInline(admin.StackedInline):
    model = RulesText
    extra = 0


@admin.register(ContributionRules)
class ContributionRulesAdmin(MoneyAdmin):
    """There is one record of rules, so its list is its form."""

    inlines = [RulesTextInline]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not ContributionRules.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if ContributionRules.objects.exists():
            address = reverse("admin:donations_contributionrules_change", args=[1])
            return HttpResponseRedirect(address)
        if self.has_add_permission(request):
            return HttpResponseRedirect(reverse("admin:donations_contributionrules_add"))
        return super().changelist_view(request, extra_context)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.pk = 1
        super().save_model(request, obj, form, change)


class PresetFormSet(forms.BaseInlineFormSet):
    """Suggested amounts, held against the limits that are saved with them."""

    def clean(self) -> None:
        super().clean()
        rule = self.instance
        if rule.minimum_minor is None or rule.maximum_minor is None:
            return
        for form in self.forms:
            amount_minor = form.cleaned_data.get("amount_minor")
            if amount_minor is None or form.cleaned_data.get("DELETE"):
                continue
            if not rule.minimum_minor <= amount_minor <= rule.maximum_minor:
                text = gettext("Suggest amounts from %(minimum)s to %(maximum)s.")
                form.add_error("amount_minor", text % limits_shown(rule))


def limits_shown(rule: CurrencyRule) -> dict[str, str]:
    """The limits of a currency, as the form counts them and as readers see them."""
    return {
        name: f"{amount_minor} ({money.printed(amount_minor, rule.currency)})"
        for name, amount_minor in (
            ("minimum", rule.minimum_minor),
            ("maximum", rule.maximum_minor),
        )
    }


class PresetInline(admin.TabularInline):
    model = Preset
    formset = PresetFormSet
    extra = 1
    fields = ["frequency", "amount_minor", "is_default"]


@admin.register(CurrencyRule)
class CurrencyRuleAdmin(MoneyAdmin):
    list_display = ["currency", "minimum_minor", "maximum_minor", "fee_percent", "fee_fixed_minor"]

    fields = [
        "currency",
        "position",
        "minimum_minor",
        "maximum_minor",
        "fee_percent",
        "fee_fixed_minor",
    ]
    inlines = [PresetInline]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["currency"] if obj else []  # It is the key.
