"""Giving money back: chosen, shown once more, then asked of Stripe."""

import uuid
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Min, Q, Sum
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from donations import gateway, money
from donations.models import Contribution, LedgerEntry
from donations.waiting import place_in_line

from .desk import note

Kind = LedgerEntry.Kind
Left = dict[str, tuple[int, str]]  # Amount and currency by payment.


def left_to_refund(contribution: Contribution) -> Left:
    """By payment of a gift, or of the pledge it began, what came in and was not given back."""
    rows = (
        LedgerEntry.objects.filter(
            Q(payment__contribution=contribution)
            | Q(payment__invoice__pledge__contribution=contribution),
            kind__in=[Kind.CHARGE, Kind.REFUND, Kind.DISPUTE, Kind.DISPUTE_REVERSAL],
        )
        .order_by()
        .values_list("payment", "currency")
        .annotate(Sum("amount_minor"), paid_at=Min("occurred_at"))
        .order_by("-paid_at")
    )
    return {payment: (left, currency) for payment, currency, left, _paid_at in rows if left > 0}


class RefundForm(forms.Form):
    """Which payment, how much of it."""

    payment = forms.ChoiceField(label=_("Payment"), choices=[])
    amount = forms.CharField(
        label=_("Amount"), required=False, help_text=_("Empty: all that is left of the payment.")
    )
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, left: Left, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.left = left
        cast(forms.ChoiceField, self.fields["payment"]).choices = [
            (payment, f"{payment}: {money.printed(amount_minor, currency)}")
            for payment, (amount_minor, currency) in left.items()
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "payment" not in cleaned:
            return cleaned
        left_minor, currency = self.left[cleaned["payment"]]
        try:
            typed = cleaned.get("amount", "")
            amount_minor = money.read_amount(typed, currency) if typed else left_minor
        except money.UnreadableAmount as problem:
            self.add_error("amount", str(problem))
            return cleaned
        if not 0 < amount_minor <= left_minor:
            text = gettext("Of this payment %(left)s is left.")
            self.add_error("amount", text % {"left": money.printed(left_minor, currency)})
        return cleaned | {"amount_minor": amount_minor, "currency": currency}


def refund(admin_site: admin.AdminSite, request: HttpRequest, reference: uuid.UUID) -> HttpResponse:
    """Ask for payment and amount, show both once more, then have Stripe give it back.

    The ledger follows when Stripe's event comes. A second press of the last button sends the
    same key, so nothing is given back twice.
    """
    if not request.user.has_perm("donations.refund_contribution"):
        raise PermissionDenied
    contribution = Contribution.objects.filter(pk=reference).first()
    if contribution is None:
        raise Http404
    form = RefundForm(left_to_refund(contribution), request.POST or None)
    context = admin_site.each_context(request) | {
        "title": gettext("Give money back"),
        "contribution": contribution,
        "form": form,
    }
    if not form.is_valid():
        return render(request, "admin/donations/contribution/refund.html", context)
    chosen = form.cleaned_data
    context |= {
        "amount": money.printed(chosen["amount_minor"], chosen["currency"]),
        "payment": chosen["payment"],
        # What was shown is given back, also where it was “all that is left” when asked.
        "typed": str(money.in_units(chosen["amount_minor"], chosen["currency"])),
        "key": chosen["key"] or uuid.uuid4(),
    }
    if chosen["key"] is None:
        return render(request, "admin/donations/contribution/refund_confirm.html", context)
    what = f"Asked Stripe to give back {context['amount']} of {chosen['payment']}."
    note(request, Contribution, contribution.pk, str(contribution), what)
    try:
        with place_in_line():
            gateway.create_refund(chosen["payment"], chosen["amount_minor"], key=str(chosen["key"]))
    except gateway.Refused as refusal:
        messages.error(request, refusal_shown(refusal))
    except gateway.Unavailable:
        # Under the same key: perhaps Stripe did it, and only its answer was lost.
        messages.error(request, gettext("Stripe does not answer. You can safely try again here."))
        return render(request, "admin/donations/contribution/refund_confirm.html", context)
    else:
        messages.success(request, gettext("Stripe gives it back. The history shows it shortly."))
    address = reverse("admin:donations_contribution_change", args=[contribution.pk])
    return HttpResponseRedirect(address)


def refusal_shown(refusal: gateway.Refused) -> str:
    """Why Stripe refused, as far as it says so in a word."""
    code = refusal.args[0] if refusal.args else None
    if not code:
        return gettext("Stripe does not give this back, and names no reason. Its dashboard may.")
    return gettext("Stripe does not give this back: %(reason)s") % {"reason": code}
