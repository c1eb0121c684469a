"""What all forms and lists of the desk have in common."""

from typing import Any, cast

import js_asset
from django import forms
from django.contrib import admin
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.widgets import AdminTextareaWidget
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from articles.models import Photo

from .widgets import KnownAutocomplete, PhotoChooser

COUNTED_AT_MOST = 2_000
YEARS = range(1000, 9999)  # In those beyond, not every moment can be told in every zone.


class MomentField(forms.SplitDateTimeField):
    """A day and a time of which the database and Python both know."""

    def compress(self, data_list: Any) -> Any:
        if data_list and data_list[0] and data_list[0].year not in YEARS:
            raise ValidationError(
                _("The year must lie between %(first)s and %(last)s."),
                params={"first": YEARS[0], "last": YEARS[-1]},
            )
        return super().compress(data_list)


class BoundedPaginator(Paginator):
    """Pages over the first 2,000 rows of a list, so that its cost does not grow with the archive.

    What lies behind is reached by searching and filtering.
    """

    @cached_property
    def count(self) -> int:
        rows: QuerySet[Any] = self.object_list  # type: ignore[assignment]
        return rows[:COUNTED_AT_MOST].count()


class DeskAdmin(admin.ModelAdmin):
    """A list that never counts the whole table, a form in which photos are chosen by looking."""

    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = BoundedPaginator
    list_per_page = 50
    list_max_show_all = 0
    formfield_overrides = {
        models.DateTimeField: {"form_class": MomentField},
        models.URLField: {"assume_scheme": "https"},
        models.TextField: {"widget": AdminTextareaWidget(attrs={"rows": 3})},
    }

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Nothing: an address that somebody sends puts no words into a form."""
        return {}

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field, MomentField):  # Two inputs, to which the one label does not speak.
            day, time = field.widget.widgets
            day.attrs["aria-label"] = _now("%(label)s: day") % {"label": field.label}
            time.attrs["aria-label"] = _now("%(label)s: time") % {"label": field.label}
        return field

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list, under its own name in place of “Select … to change”."""
        titled = extra_context or {}
        if IS_POPUP_VAR not in request.GET:
            titled = {"title": capfirst(self.opts.verbose_name_plural)} | titled
        return super().changelist_view(request, titled)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.related_model is Photo:
            may_add = request.user.has_perm("articles.add_photo")
            kwargs["widget"] = PhotoChooser(db_field, self.admin_site, may_add=may_add)
        elif db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", KnownAutocomplete(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_view_on_site_url(self, obj: Any = None) -> str | None:
        """The address itself: Django's own redirect would tell any of staff every address."""
        address: str | None = obj.get_absolute_url() if hasattr(obj, "get_absolute_url") else None
        return address


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


def name_of(user: User | None, *, me: User | None = None) -> str:
    """What a person is called at the desk."""
    if user is None:
        return _now("Somebody")
    if me is not None and user.pk == me.pk:
        return _now("you, in another window")
    return user.get_full_name() or user.get_username()


def without_links(field: Any) -> Any:
    """A field to choose a record with, without buttons that lead away from the form."""
    field.widget.can_add_related = False
    field.widget.can_change_related = False
    field.widget.can_view_related = False
    return field
