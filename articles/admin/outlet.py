"""What the outlet says about itself: its record, its standing pages."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.text import capfirst

from articles.crawlers.indexnow import Engine
from articles.models import Outlet, Page

from .desk import EditorAdmin
from .in_languages import InLanguagesAdmin


@admin.register(Outlet)
class OutletAdmin(InLanguagesAdmin):
    """There is one outlet, so its list is its form."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "indexnow_engines":
            return forms.MultipleChoiceField(
                label=capfirst(db_field.verbose_name),
                choices=Engine.choices,
                required=False,
                widget=forms.CheckboxSelectMultiple,
                help_text=db_field.help_text,
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Outlet.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        outlet = Outlet.objects.first()
        if outlet is not None:
            return HttpResponseRedirect(reverse("admin:articles_outlet_change", args=[outlet.pk]))
        if self.has_add_permission(request):
            return HttpResponseRedirect(reverse("admin:articles_outlet_add"))
        return super().changelist_view(request, extra_context)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.pk = 1
        super().save_model(request, obj, form, change)


@admin.register(Page)
class PageAdmin(EditorAdmin):
    list_display = ["title", "slug", "language", "is_public", "position"]
    list_filter = ["is_public", "language"]
    search_fields = ["title"]

    fields = ["title", "slug", "language", "body", "tells", "position", "is_public"]
    prepopulated_fields = {"slug": ["title"]}
