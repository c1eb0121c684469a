"""The ledger: its entries, its sums, and its export. No person appears in it."""

import csv
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase, HttpResponseNotAllowed
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from donations import money
from donations.models import LedgerEntry

from .desk import ReadOnlyAdmin, amount_shown, note

COLUMNS = ["moment", "kind", "currency", "amount", "smallest_units", "object", "payment"]


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    list_display = ["occurred_at", "kind", "amount", "stripe_id", "payment_id"]
    list_filter = ["kind", ("occurred_at", admin.DateFieldListFilter)]
    search_fields = ["=stripe_id", "=payment__intent_id"]
    change_list_template = "admin/donations/ledgerentry/change_list.html"

    fields = [
        "occurred_at",
        "kind",
        "amount",
        "currency",
        "stripe_id",
        "payment_id",
        "booked_at",
    ]
    readonly_fields = ["amount", "payment_id"]

    @admin.display(description=_("amount"))
    def amount(self, entry: LedgerEntry) -> str:
        return amount_shown(entry.amount_minor, entry.currency)

    @admin.display(description=_("payment at Stripe"))
    def payment_id(self, entry: LedgerEntry) -> str:
        return entry.payment_id or "–"

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        months = [
            {
                "month": row["month"],
                "currency": row["currency"],
                "amounts": [
                    amount_shown(row[kind], row["currency"])
                    for kind in [*LedgerEntry.Kind.values, "left"]
                ],
            }
            for row in LedgerEntry.objects.sums_by_month(since=a_year_ago())
        ]
        context = {"months": months, "kinds": LedgerEntry.Kind.labels}
        return super().changelist_view(request, context | (extra_context or {}))

    def get_urls(self) -> list[URLPattern]:
        export = self.admin_site.admin_view(self.export)
        return [path("export", export, name="donations_ledgerentry_export"), *super().get_urls()]

    def export(self, request: HttpRequest) -> HttpResponseBase:
        """The whole ledger as CSV, written into the desk's log first."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_view_permission(request):
            return HttpResponse(status=403)
        note(request, LedgerEntry, None, str(_("ledger")), "Exported.")
        name = f"ledger-{timezone.localdate():%Y-%m-%d}.csv"
        return StreamingHttpResponse(
            lines(),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )


def a_year_ago() -> datetime:
    """The beginning of this month, last year."""
    first = timezone.localtime().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return first.replace(year=first.year - 1)


class Line:
    """What csv.writer writes to: hands each line back."""

    def write(self, line: str) -> str:
        return line


def lines() -> Iterator[str]:
    writer = csv.writer(Line())
    yield writer.writerow(COLUMNS)
    for entry in LedgerEntry.objects.order_by("occurred_at", "pk").iterator():
        yield writer.writerow(
            [
                entry.occurred_at.isoformat(),
                cell(entry.kind),
                cell(entry.currency),
                money.in_units(entry.amount_minor, entry.currency),
                entry.amount_minor,
                cell(entry.stripe_id),
                cell(entry.payment_id or ""),
            ]
        )


def cell(text: str) -> str:
    """Text that no spreadsheet takes for a formula.

    Source: https://owasp.org/www-community/attacks/CSV_Injection
    """
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else text
