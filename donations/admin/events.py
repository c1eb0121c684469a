"""What Stripe told, and trying again what could not be applied."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from donations import webhooks
from donations.models import StripeEvent

from .desk import ReadOnlyAdmin


class StandingFilter(admin.SimpleListFilter):
    title = _("standing")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("failed", _("Not applied"))]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[StripeEvent]
    ) -> QuerySet[StripeEvent]:
        return queryset.filter(applied_at=None) if self.value() == "failed" else queryset


@admin.register(StripeEvent)
class StripeEventAdmin(ReadOnlyAdmin):
    """Payloads are never shown: nobody needs them to decide what to do."""

    list_display = ["received_at", "type", "id", "applied_at", "failure"]
    list_filter = [StandingFilter]
    search_fields = ["=id", "=type"]
    actions = ["try_again"]

    fields = ["id", "type", "received_at", "applied_at", "failure"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[StripeEvent]:
        return super().get_queryset(request).defer("payload")

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("donations.change_stripeevent")

    @admin.action(description=_("Try again"), permissions=["retry"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[StripeEvent]) -> None:
        applied = 0
        # Oldest first: a later event may need what an earlier one brings.
        for event in queryset.filter(applied_at=None).order_by("received_at"):
            payload = event.payload
            if payload is None:
                # Applied meanwhile, or scrubbed; what an old one brought, reconciling has booked.
                continue
            try:
                webhooks.process(payload)
            except webhooks.NotApplied as failure:
                text = gettext("Failed again: %(event)s, %(failure)s")
                self.message_user(
                    request, text % {"event": event.pk, "failure": failure}, messages.ERROR
                )
            else:
                applied += 1
        if applied:
            self.message_user(request, gettext("Applied: %(count)s") % {"count": applied})
