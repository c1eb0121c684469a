"""Forgetting a supporter who asked for it by mail or telephone."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from donations import forgetting
from donations.models import Supporter

from .desk import note


class ForgetForm(forms.Form):
    is_sure = forms.BooleanField(label=_("This person asked for it, and I have made sure of that."))


def forget(admin_site: admin.AdminSite, request: HttpRequest, number: int) -> HttpResponse:
    """Ask whether it is meant, then have the supporter forgotten, which is logged first."""
    if not request.user.has_perm("donations.forget_supporter"):
        raise PermissionDenied
    supporter = get_object_or_404(Supporter, pk=number)
    form = ForgetForm(request.POST or None)
    if not form.is_valid():
        context = admin_site.each_context(request) | {
            "title": gettext("Forget a supporter"),
            "supporter": supporter,
            "form": form,
        }
        return render(request, "admin/donations/supporter/forget.html", context)
    note(request, Supporter, supporter.pk, str(supporter), "Had them forgotten.")
    if forgetting.forget(supporter):
        messages.success(request, gettext("Forgotten, here and at Stripe."))
    else:
        text = gettext("Forgotten here. Stripe is asked again until it has forgotten, too.")
        messages.warning(request, text)
    address = reverse("admin:donations_supporter_change", args=[supporter.pk])
    return HttpResponseRedirect(address)
