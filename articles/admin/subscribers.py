"""Subscribers at the desk: how many there are, what is known of one address, leaving with all.

There is no list to leaf through. Whoever looks for an address types all of it; that somebody
looked, changed or took the addresses along stands in the desk's log, without the address.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db.models import Count
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    StreamingHttpResponse,
)
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.timezone import now
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from articles.models import Subscriber, SubscriberState
from articles.newsletter import forgetting

from .desk import DeskAdmin, signed_in

SEPARATORS = re.compile(r"[\s,;<>\"]+")
SUPPRESSED_AT_ONCE = 1000


class AddressForm(forms.Form):
    """One address, and what shall be done about it."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)


class AddressesForm(forms.Form):
    """Addresses to which no mail shall go, however they are separated."""

    emails = forms.CharField(
        label=_("Addresses from which mail came back"),
        max_length=300_000,
        widget=forms.Textarea(attrs={"rows": 6, "cols": 60, "autocomplete": "off"}),
    )

    def clean_emails(self) -> list[str]:
        """The addresses; words among them that are none are refused, and named by their place."""
        words = [word for word in SEPARATORS.split(self.cleaned_data["emails"]) if "@" in word]
        if not words:
            raise ValidationError(_("There is no address in it."))
        if len(words) > SUPPRESSED_AT_ONCE:
            raise ValidationError(_("Paste at most a thousand addresses at once."))
        for number, word in enumerate(words, start=1):
            try:
                validate_email(word)
            except ValidationError:
                text = _("Address number %(number)s is not a whole one. Nothing was changed.")
                raise ValidationError(text, params={"number": number}) from None
        return words


@admin.register(Subscriber)
class SubscriberAdmin(DeskAdmin):
    """One page, and the file of whoever moves to another house."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("", view(self.changelist_view), name="articles_subscriber_changelist"),
            path("export/", view(self.export_view), name="articles_subscriber_export"),
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # Nobody is subscribed but by themselves.

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        step = request.POST.get("step", "")
        address = AddressForm(
            request.POST if request.method == "POST" and step != "paste" else None
        )
        pasted = AddressesForm(request.POST if step == "paste" else None)
        found: Subscriber | None = None
        is_asked = False
        if step == "paste" and pasted.is_valid():
            self._suppress(request, pasted.cleaned_data["emails"])
            pasted = AddressesForm()
        elif address.is_bound and address.is_valid():
            is_asked = True
            found = self._one(request, address.cleaned_data["email"], step)
        context = self.admin_site.each_context(request) | {
            "opts": self.opts,
            "title": gettext("Subscribers"),
            "counts": _counts(),
            "address": address,
            "pasted": pasted,
            "found": found,
            "is_asked": is_asked,
            "may_change": self.has_change_permission(request),
            "may_delete": self.has_delete_permission(request),
            "may_export": self._may_export(request),
        }
        is_refused = (pasted.is_bound and pasted.errors) or (address.is_bound and address.errors)
        response = TemplateResponse(
            request,
            "admin/articles/subscriber/desk.html",
            context,
            status=422 if is_refused else 200,
        )
        response["Cache-Control"] = "no-store"
        return response

    def _one(self, request: HttpRequest, email: str, step: str) -> Subscriber | None:
        """What is known of an address, after the step that was asked for."""
        found = Subscriber.objects.of_address(email).first()
        match step:
            case "unsubscribe" | "suppress" if not self.has_change_permission(request):
                raise PermissionDenied
            case "forget" if not self.has_delete_permission(request):
                raise PermissionDenied
            case "unsubscribe" if found:
                found.unsubscribe()
                self._note(request, "Unsubscribed an address.")
            case "suppress":
                Subscriber.objects.suppress([email])
                self._note(request, "Suppressed an address.")
            case "forget" if found:
                forgetting.forget(found)
                self._note(request, "Forgot an address.")
            case _:
                self._note(request, "Looked for an address.")
                return found
        messages.success(request, gettext("Done."))
        return Subscriber.objects.of_address(email).first()

    def _suppress(self, request: HttpRequest, emails: list[str]) -> None:
        if not self.has_change_permission(request):
            raise PermissionDenied
        count = Subscriber.objects.suppress(emails)
        self._note(request, f"Suppressed {count} addresses.")
        told = ngettext(
            "No more mail goes to %(count)s address.",
            "No more mail goes to %(count)s addresses.",
            count,
        )
        messages.success(request, told % {"count": count})

    def _may_export(self, request: HttpRequest) -> bool:
        return request.user.has_perm("articles.export_subscriber")

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        """All who are subscribed, as a file: an outlet must be able to leave."""
        if not self._may_export(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        self._note(request, "Took all addresses along.")
        response = StreamingHttpResponse(_rows(), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="subscribers-{now():%Y-%m-%d}.csv"'
        response["Cache-Control"] = "no-store"
        return response

    def _note(self, request: HttpRequest, what: str) -> None:
        LogEntry.objects.create(
            user=signed_in(request),
            content_type=ContentType.objects.get_for_model(Subscriber),
            object_repr=str(self.opts.verbose_name_plural),
            action_flag=CHANGE,
            change_message=what,
        )


def _counts() -> list[tuple[str, str, int]]:
    """Language, state and how many, for the states that still have an address."""
    reachable = Subscriber.objects.exclude(email="").values_list("language", "state")
    rows = reachable.annotate(count=Count("pk")).order_by("language", "state")
    return [(language, str(SubscriberState(state).label), count) for language, state, count in rows]


def _rows() -> Iterator[str]:
    """The lines of the file: address, language, when and to which words somebody agreed."""
    columns = ["email", "language", "asked_at", "confirmed_at", "wording"]
    line = io.StringIO()
    writer = csv.writer(line)
    writer.writerow(columns)
    readers = Subscriber.objects.filter(state=SubscriberState.CONFIRMED).order_by("confirmed_at")
    for row in readers.values_list(*columns).iterator():
        yield line.getvalue()
        line.seek(0)
        line.truncate()
        email, language, asked_at, confirmed_at, wording = row
        writer.writerow([email, language, f"{asked_at:%FT%TZ}", f"{confirmed_at:%FT%TZ}", wording])
    yield line.getvalue()
