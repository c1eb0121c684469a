"""Tags, their other names, and making one of two."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from articles.models import ArticleTag, Tag, TagAlias

from .desk import DeskAdmin
from .widgets import KnownAutocomplete


class MergeForm(forms.Form):
    """Which tag the stories of `tag` are to have instead."""

    other: forms.ModelChoiceField = forms.ModelChoiceField(
        Tag.objects.all(),
        label=_("Merge into"),
        widget=KnownAutocomplete(ArticleTag._meta.get_field("tag"), admin.site),
    )

    def __init__(self, *args: Any, tag: Tag, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tag = tag

    def clean_other(self) -> Tag:
        other: Tag = self.cleaned_data["other"]
        if other == self.tag:
            raise ValidationError(_("A tag cannot be merged into itself. Choose another."))
        return other


class AliasRows(forms.BaseInlineFormSet):
    """The other names of one tag."""

    def clean(self) -> None:
        super().clean()
        seen: set[str] = set()
        for form in self.forms:
            name = form.cleaned_data.get("name", "").lower() if form.is_valid() else ""
            if not name or form.cleaned_data.get("DELETE"):
                continue
            if name in seen:
                form.add_error("name", _("This name stands here twice. Take one of them out."))
            seen.add(name)


class AliasInline(admin.TabularInline):
    """Whoever may see or change a tag may see or change its other names."""

    model = TagAlias
    formset = AliasRows
    extra = 1
    fields = ["name"]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("articles.view_tag")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("articles.change_tag")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("articles.change_tag")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("articles.change_tag")


@admin.register(Tag)
class TagAdmin(DeskAdmin):
    list_display = ["name", "kind", "slug"]
    list_filter = ["kind"]
    search_fields = ["name", "aliases__name"]
    ordering = ["name"]

    fields = ["name", "slug", "kind", "description"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [AliasInline]
    change_form_template = "admin/articles/tag/change_form.html"

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "slug":  # No address of ours holds other letters.
            kwargs["allow_unicode"] = False
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def has_merge_permission(self, request: HttpRequest) -> bool:
        """Merging takes one tag away and changes stories' use of another."""
        return self.has_change_permission(request) and self.has_delete_permission(request)

    def get_urls(self) -> list[URLPattern]:
        merge = self.admin_site.admin_view(self.merge_view)
        return [
            path("<int:number>/merge/", merge, name="articles_tag_merge"),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = {"may_merge": self.has_merge_permission(request)} | (extra_context or {})
        return super().change_view(request, object_id, form_url, context)

    def merge_view(self, request: HttpRequest, number: int) -> HttpResponse:
        """Choose the other tag, then merge."""
        if not self.has_merge_permission(request):
            raise PermissionDenied
        tag = get_object_or_404(Tag, pk=number)
        form = MergeForm(request.POST or None, tag=tag)
        if form.is_valid():
            other = form.cleaned_data["other"]
            name = tag.name
            tag.merge_into(other)
            self.message_user(
                request,
                _("“%(tag)s” is merged into “%(other)s”; its old address leads there.")
                % {"tag": name, "other": other.name},
                messages.SUCCESS,
            )
            return HttpResponseRedirect(reverse("admin:articles_tag_change", args=[other.pk]))
        context = self.admin_site.each_context(request) | {
            "opts": self.opts,
            "title": _("Merge “%(tag)s” into another tag") % {"tag": tag.name},
            "step": _("Merge"),
            "original": tag,
            "form": form,
            "media": self.media + form.media,
        }
        return TemplateResponse(request, "admin/articles/tag/merge.html", context)
