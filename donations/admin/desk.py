"""What the lists and pages about money have in common."""

from datetime import datetime
from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Paginator
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from donations import money
from donations.models import LedgerEntry

COUNTED_AT_MOST = 2_000


class BoundedPaginator(Paginator):
    """Pages over the first 2,000 rows of a list; what lies behind is found by filters."""

    @cached_property
    def count(self) -> int:
        rows: QuerySet[Any] = self.object_list  # type: ignore[assignment]
        return rows[:COUNTED_AT_MOST].count()


class MoneyAdmin(admin.ModelAdmin):
    """A list that never counts the whole table, and is filtered only as it offers."""

    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = BoundedPaginator
    list_per_page = 50
    list_max_show_all = 0

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Django lets any column be asked for: an address, letter by letter, and unlogged."""
        if lookup in {getattr(each, "parameter_name", None) for each in self.list_filter}:
            return True
        fields = {each[0] if isinstance(each, tuple) else each for each in self.list_filter}
        field, _separator, comparison = lookup.partition("__")
        is_offered = field in fields and comparison in {"", "exact", "gte", "lt", "isnull"}
        return is_offered and super().lookup_allowed(lookup, value, request)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """The record; None also where the address holds what no key can."""
        return None if "\x00" in object_id else super().get_object(request, object_id, from_field)


class ReadOnlyAdmin(MoneyAdmin):
    """Records that Stripe's events write, and nobody by hand."""

    sortable_by = ()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class WatchedAdmin(ReadOnlyAdmin):
    """Records about people: who looked at which, and when, stands in the record's history."""

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: models.Model | None = None,
    ) -> HttpResponse:
        if obj is not None:
            note(request, self.model, obj.pk, str(obj), "Looked at.")
        return super().render_change_form(request, context, add, change, form_url, obj)


def note(request: HttpRequest, model: type[models.Model], pk: Any, name: str, what: str) -> None:
    """Write into the desk's log who did something that changes nothing."""
    LogEntry.objects.create(
        user=cast(User, request.user),
        content_type=ContentType.objects.get_for_model(model),
        object_id=pk,
        object_repr=name,
        action_flag=CHANGE,
        change_message=what,
    )


def amount_shown(amount_minor: int, currency: str) -> str:
    """An amount for the desk; a dash where a pledge's details are not known yet."""
    return money.printed(amount_minor, currency) if currency else "–"


def history_of(entries: QuerySet[LedgerEntry], mails: QuerySet[Any]) -> SafeString:
    """What happened with money and by mail, oldest first, as a list."""
    steps: list[tuple[datetime, Any, str]] = [
        (
            entry.occurred_at,
            entry.get_kind_display(),
            amount_shown(entry.amount_minor, entry.currency),
        )
        for entry in entries.order_by("occurred_at", "pk")  # A charge before its fee.
    ]
    steps += [
        (mail.handed_over_at or mail.ordered_at, _("Mail"), mail.get_kind_display())
        for mail in mails
    ]
    if not steps:
        return format_html("{}", _("Nothing yet."))
    rows = [
        (f"{at:%Y-%m-%d %H:%M}", kind, what)
        for at, kind, what in sorted(steps, key=lambda step: step[0])
    ]
    return format_html("<ul>{}</ul>", format_html_join("", "<li>{} UTC · {} · {}</li>", rows))
