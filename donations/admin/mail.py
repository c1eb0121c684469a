"""Mails, and what to do about those that may have been sent."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from donations import emails
from donations.models import OutgoingMail

from .desk import ReadOnlyAdmin

# Before that the process may still be at it.
SETTLED_AFTER = timedelta(minutes=10)


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ReadOnlyAdmin):
    list_display = ["ordered_at", "kind", "state", "handed_over_at", "about"]
    list_filter = ["state", "kind"]
    actions = ["send_again", "take_as_sent"]

    fields = ["kind", "about", "state", "ordered_at", "handed_over_at"]

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("donations.change_outgoingmail")

    @admin.action(description=_("Send again what may have been sent"), permissions=["decide"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[OutgoingMail]) -> None:
        mails = list(doubtful(queryset))
        for mail in mails:
            emails.order_again(mail)
        self.report(request, len(mails))

    @admin.action(description=_("Take as sent what may have been sent"), permissions=["decide"])
    def take_as_sent(self, request: HttpRequest, queryset: QuerySet[OutgoingMail]) -> None:
        self.report(request, doubtful(queryset).update(state=OutgoingMail.State.SENT))

    def report(self, request: HttpRequest, count: Any) -> None:
        self.message_user(request, gettext("Settled: %(count)s") % {"count": count})


def doubtful(mails: QuerySet[OutgoingMail]) -> QuerySet[OutgoingMail]:
    """Of `mails` those whose hand-over began a while ago and was not seen to end."""
    return mails.filter(
        state=OutgoingMail.State.HANDING_OVER,
        handed_over_at__lt=timezone.now() - SETTLED_AFTER,
    )
