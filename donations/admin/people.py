"""Supporters, their contributions and pledges: for those who answer their questions."""

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from donations.models import Contribution, LedgerEntry, OutgoingMail, Pledge, Supporter
from donations.models.people import LEAVING

from .desk import ReadOnlyAdmin, WatchedAdmin, amount_shown, history_of, note
from .forget import forget
from .refund import refund


class LeavingFilter(admin.SimpleListFilter):
    title = _("standing")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("leaving", _("Forgotten here, not yet at Stripe"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Supporter]) -> QuerySet[Supporter]:
        return queryset.filter(LEAVING) if self.value() == "leaving" else queryset


@admin.register(Supporter)
class SupporterAdmin(WatchedAdmin):
    """The list names nobody. Who knows an address finds its supporter; each look is logged."""

    list_display = ["__str__", "language", "created_at", "forget_asked_at", "scrubbed_at"]
    list_filter = [LeavingFilter]
    change_list_template = "admin/donations/supporter/change_list.html"

    fields = [
        "email",
        "name",
        "language",
        "created_at",
        "forget_asked_at",
        "scrubbed_at",
        "gifts",
    ]
    readonly_fields = ["gifts"]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(partial(forget, self.admin_site))
        name = "donations_supporter_forget"
        return [path("<int:number>/forget/", view, name=name), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        # By POST, for an address in a URL stays in histories and logs.
        if (
            request.method == "POST"
            and "email" in request.POST
            and self.has_view_permission(request)
        ):
            # Without what no address holds, and no database takes.
            typed = request.POST["email"].replace("\x00", "").strip()
            found = Supporter.objects.of_address(typed)
            if found is not None:
                address = reverse("admin:donations_supporter_change", args=[found.pk])
                return HttpResponseRedirect(address)
            # Who looks up whom is nobody's business but the desk's: not which address it was.
            note(request, Supporter, None, str(_("supporters")), "Looked for an unknown address.")
            text = gettext("No supporter has this address.")
            self.message_user(request, text, messages.WARNING)
            return HttpResponseRedirect(request.path)
        return super().changelist_view(request, extra_context)

    @admin.display(description=_("gifts"))
    def gifts(self, supporter: Supporter) -> SafeString:
        gifts: list[tuple[str, str, str, str]] = [
            (
                reverse("admin:donations_contribution_change", args=[gift.pk]),
                gift.get_frequency_display(),
                amount_shown(gift.total_minor, gift.currency),
                gift.get_state_display(),
            )
            for gift in supporter.contributions.all()
        ]
        gifts += [
            (
                reverse("admin:donations_pledge_change", args=[pledge.pk]),
                str(_("Pledge")),
                amount_shown(pledge.amount_minor, pledge.currency),
                pledge.get_status_display(),
            )
            for pledge in supporter.pledges.all()
        ]
        rows = format_html_join("", '<li><a href="{}">{} · {} · {}</a></li>', gifts)
        return format_html("<ul>{}</ul>", rows)


@admin.register(Contribution)
class ContributionAdmin(WatchedAdmin):
    list_display = ["created_at", "state", "frequency", "total", "id"]
    list_filter = ["state", "frequency"]
    search_fields = ["id"]
    search_help_text = _("The reference of a receipt")

    fields = [
        "id",
        "state",
        "frequency",
        "gift",
        "fee_cover",
        "total",
        "supporter",
        "email",
        "name",
        "message",
        "language",
        "publication",
        "appeal",
        "created_at",
        "changed_at",
        "history",
    ]
    readonly_fields = ["gift", "fee_cover", "total", "history"]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(partial(refund, self.admin_site))
        name = "donations_contribution_refund"
        return [path("<uuid:reference>/refund/", view, name=name), *super().get_urls()]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Contribution], search_term: str
    ) -> tuple[QuerySet[Contribution], bool]:
        if not search_term:
            return queryset, False
        found = queryset.by_reference(search_term.strip())  # type: ignore[attr-defined]
        return (queryset.filter(pk=found.pk) if found else queryset.none()), False

    @admin.display(description=_("gift"))
    def gift(self, contribution: Contribution) -> str:
        return amount_shown(contribution.amount_minor, contribution.currency)

    @admin.display(description=_("for the fee"))
    def fee_cover(self, contribution: Contribution) -> str:
        return amount_shown(contribution.fee_cover_minor, contribution.currency)

    @admin.display(description=_("total"))
    def total(self, contribution: Contribution) -> str:
        return amount_shown(contribution.total_minor, contribution.currency)

    @admin.display(description=_("history"))
    def history(self, contribution: Contribution) -> SafeString:
        return history_of(
            LedgerEntry.objects.filter(
                Q(payment__contribution=contribution)
                | Q(payment__invoice__pledge__contribution=contribution)
            ),
            OutgoingMail.objects.filter(
                Q(about=str(contribution.pk)) | Q(pledge__contribution=contribution)
            ),
        )


@admin.register(Pledge)
class PledgeAdmin(ReadOnlyAdmin):
    list_display = [
        "created_at",
        "status",
        "frequency",
        "amount",
        "next_charge_at",
        "subscription_id",
    ]
    list_filter = ["status", "frequency"]
    search_fields = ["=subscription_id"]

    fields = [
        "subscription_id",
        "status",
        "frequency",
        "amount",
        "next_charge_at",
        "resumes_at",
        "supporter",
        "contribution",
        "created_at",
        "as_of",
        "history",
    ]
    readonly_fields = ["subscription_id", "amount", "history"]

    @admin.display(description=_("amount"))
    def amount(self, pledge: Pledge) -> str:
        return amount_shown(pledge.amount_minor, pledge.currency)

    @admin.display(description=_("history"))
    def history(self, pledge: Pledge) -> SafeString:
        return history_of(
            LedgerEntry.objects.filter(payment__invoice__pledge=pledge), pledge.mails.all()
        )
