"""What all forms and lists of the desk have in common."""

from typing import Any, cast

import js_asset
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property

COUNTED_AT_MOST = 2_000


class BoundedPaginator(Paginator):
    """Pages over the first 2,000 rows of a list, so that its cost does not grow with the archive.

    What lies behind is reached by searching and filtering.
    """

    @cached_property
    def count(self) -> int:
        rows: QuerySet[Any] = self.object_list  # type: ignore[assignment]
        return rows[:COUNTED_AT_MOST].count()


class DeskAdmin(admin.ModelAdmin):
    """A list that never counts the whole table."""

    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = BoundedPaginator
    list_per_page = 50
    list_max_show_all = 0
    formfield_overrides = {
        models.URLField: {"assume_scheme": "https"},
        models.TextField: {"widget": AdminTextareaWidget(attrs={"rows": 3})},
    }


class EditorAdmin(DeskAdmin):
    """A form with an editor of formatted text, whose import map needs the nonce of the page."""

    change_form_template = "admin/articles/editor_form.html"

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: models.Model | None = None,
    ) -> HttpResponse:
        nonce = request.csp_nonce  # type: ignore[attr-defined]
        context["media"] = js_asset.Media.from_media(context["media"], nonce=nonce)
        return super().render_change_form(request, context, add, change, form_url, obj)


def signed_in(request: HttpRequest) -> User:
    """Who is at the desk; its pages are shown to nobody else."""
    return cast(User, request.user)


def without_links(field: Any) -> Any:
    """A field to choose a record with, without buttons that lead away from the form."""
    field.widget.can_add_related = False
    field.widget.can_change_related = False
    field.widget.can_view_related = False
    return field
