"""Breaking news on top of every page."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.models import Banner

from .desk import DeskAdmin, without_links


@admin.register(Banner)
class BannerAdmin(DeskAdmin):
    list_display = ["text", "standing", "language", "starts_at", "ends_at"]
    list_select_related = ["picked"]
    sortable_by = ()

    fields = ["text", "picked", "language", "starts_at", "ends_at"]
    autocomplete_fields = ["picked"]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        return without_links(field) if db_field.name == "picked" else field

    @admin.display(description=_("standing"))
    def standing(self, banner: Banner) -> str:
        now = timezone.now()
        if banner.ends_at <= now:
            return gettext("Ended")
        return gettext("On every page") if banner.starts_at <= now else gettext("Coming")
