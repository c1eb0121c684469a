"""Mails, and what to do about those that may have been sent, and those that were refused."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from donations import emails
from donations.models import OutgoingMail
from donations.models.mail import OutgoingMailQuerySet

from .desk import ReadOnlyAdmin


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ReadOnlyAdmin):
    list_display = ["ordered_at", "kind", "state", "handed_over_at", "about"]
    list_filter = ["state", "kind"]
    actions = ["send_again", "take_as_sent"]

    fields = ["kind", "about", "state", "ordered_at", "handed_over_at"]

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("donations.change_outgoingmail")

    @admin.action(
        description=_("Send again what was refused or may have been sent"),
        permissions=["decide"],
    )
    def send_again(self, request: HttpRequest, queryset: OutgoingMailQuerySet) -> None:
        mails = [*queryset.doubtful(), *queryset.refused()]
        for mail in mails:
            emails.order_again(mail)
        self.report(request, len(mails))

    @admin.action(description=_("Take as sent what may have been sent"), permissions=["decide"])
    def take_as_sent(self, request: HttpRequest, queryset: OutgoingMailQuerySet) -> None:
        self.report(request, queryset.doubtful().update(state=OutgoingMail.State.SENT))

    def report(self, request: HttpRequest, count: Any) -> None:
        self.message_user(request, gettext("Settled: %(count)s") % {"count": count})
