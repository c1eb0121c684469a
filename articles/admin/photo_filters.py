"""How the library of photos is narrowed, beside the rights."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from articles.models import Photo

AGENCIES_SHOWN = 40


class UseFilter(SimpleListFilter):
    """Photos by whether a story, a draft, a live entry or an author has them."""

    title = _("use")
    parameter_name = "use"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, Any]]:
        return [("used", _("Used")), ("unused", _("Not used"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "used":
                return queryset.in_use()  # type: ignore[attr-defined]
            case "unused":
                return queryset.not_in_use()  # type: ignore[attr-defined]
        return queryset


class AgencyFilter(SimpleListFilter):
    """Photos by their agency; a search finds those of agencies past the first forty."""

    title = _("agency")
    parameter_name = "agency"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, Any]]:
        agencies = Photo.objects.exclude(agency="").order_by("agency").values_list("agency")
        return [(name, name) for (name,) in agencies.distinct()[:AGENCIES_SHOWN]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(agency=self.value()) if self.value() else queryset
