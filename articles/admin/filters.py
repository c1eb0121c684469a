"""How the lists of the desk are narrowed."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models import Article


class StandingFilter(SimpleListFilter):
    """Stories by where they stand, in the words of the list."""

    title = _("standing")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, Any]]:
        return [
            *[(value, label) for value, label in Article.Stage.choices],
            ("scheduled", _("Scheduled")),
            ("live", _("Live")),
            ("changes", _("Changes waiting")),
            ("withdrawn", _("Withdrawn")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        public = Q(publication__isnull=False, publication__withdrawn_at=None)
        now = timezone.now()
        conditions = {
            "scheduled": public & Q(publication__visible_from__gt=now),
            "live": public & Q(publication__visible_from__lte=now),
            "changes": public & ~Q(publication__fingerprint=F("fingerprint")),
            "withdrawn": Q(publication__withdrawn_at__isnull=False),
        }
        if value in Article.Stage.values:
            return queryset.filter(publication=None, stage=value)
        return queryset.filter(conditions[value]) if value in conditions else queryset


class RightsFilter(SimpleListFilter):
    """Photos by whether they may be used today."""

    title = _("rights")
    parameter_name = "rights"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, Any]]:
        return [
            ("usable", _("In force")),
            ("ended", _("Ended")),
            ("later", _("Begin later")),
            ("no-credit", _("Without credit")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        now = timezone.now()
        match self.value():
            case "usable":
                return queryset.usable()  # type: ignore[attr-defined]
            case "ended":
                return queryset.filter(usable_until__lte=now)
            case "later":
                return queryset.filter(usable_from__gt=now)
            case "no-credit":
                return queryset.filter(creator="", agency="")
        return queryset
