"""How the lists of the desk are narrowed."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models import Standing
from articles.models.standing import IN_WORK

from .desk import signed_in


class StandingFilter(SimpleListFilter):
    """Stories by where they stand, in the words of the list."""

    title = _("standing")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, Any]]:
        return [*Standing.choices, ("changes", _("Changes waiting"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if value == "changes":
            return queryset.filter(Standing.with_changes())
        if value in Standing.values:
            return queryset.filter(Standing(value).condition())
        return queryset


class AssignedFilter(SimpleListFilter):
    """Stories by who is at them."""

    title = _("assigned to")
    parameter_name = "assigned"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, Any]]:
        return [
            ("me", _("Me")),
            ("mine", _("Me, or begun by me")),
            ("waiting", _("Waiting for me")),
            ("nobody", _("Nobody")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        user = signed_in(request)
        match self.value():
            case "me":
                return queryset.filter(assigned_to=user)
            case "mine":
                return queryset.filter(Q(created_by=user) | Q(assigned_to=user))
            case "waiting":
                return queryset.waiting_for(user)  # type: ignore[attr-defined]
            case "nobody":
                return queryset.filter(IN_WORK, assigned_to=None)
        return queryset


class DeadlineFilter(SimpleListFilter):
    """Stories in work that are wanted by a certain time."""

    title = _("deadline")
    parameter_name = "deadline"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, Any]]:
        return [("overdue", _("Overdue")), ("coming", _("Still to come"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "overdue":
                return queryset.filter(IN_WORK, deadline__lt=timezone.now())
            case "coming":
                return queryset.filter(IN_WORK, deadline__gte=timezone.now())
        return queryset


class RightsFilter(SimpleListFilter):
    """Photos by whether they may be used today."""

    title = _("rights")
    parameter_name = "rights"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, Any]]:
        return [
            ("usable", _("In force")),
            ("ended", _("Ended")),
            ("later", _("Begin later")),
            ("soon", _("End within two weeks")),
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
            case "soon":
                return queryset.rights_end_soon()  # type: ignore[attr-defined]
            case "no-credit":
                return queryset.without_credit()  # type: ignore[attr-defined]
        return queryset
