"""The library of photos: whose they are, what they show, where they are used."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import FileField, Q, QuerySet
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.credit import credit_of
from articles.models import Article, Author, Photo
from articles.publishing import photo_problems

from .desk import DeskAdmin, without_links
from .filters import RightsFilter
from .thumbnails import thumbnail_of, thumbnail_url

USES_SHOWN = 20


class PhotoForm(forms.ModelForm):
    """A photo; what its licence demands is asked for at the field that lacks it."""

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        licence = values.get("licence")
        if licence is not None:
            about = {"licence": licence.code}
            if licence.demands_creator and not values.get("creator"):
                self.add_error(
                    "creator", _("%(licence)s demands the creator's name: fill it in.") % about
                )
            has_source = values.get("source_url") or "source_url" in self.errors
            if licence.demands_source and not has_source:
                self.add_error(
                    "source_url",
                    _("%(licence)s demands the source: give the address of the picture.") % about,
                )
        if self.instance.pk and self.instance.publication_uses.exists():
            self._keep_the_credit(values)
        return values

    def _keep_the_credit(self, values: dict[str, Any]) -> None:
        """What publishing demanded cannot be taken away from a photo that readers get."""
        if not values.get("creator") and not values.get("agency"):
            self.add_error(
                "creator", _("A published story has this photo: it needs a creator or an agency.")
            )
        if values.get("licence") is None and "licence" not in self.errors:
            self.add_error("licence", _("A published story has this photo: it needs a licence."))


@admin.register(Photo)
class PhotoAdmin(DeskAdmin):
    list_display = ["thumbnail", "title_or_caption", "credit_line", "licence", "rights"]
    list_display_links = ["thumbnail", "title_or_caption"]
    list_filter = [RightsFilter, ("licence", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["licence"]
    search_fields = ["caption", "title", "creator", "agency", "alt"]
    search_help_text = _("Words of title, caption, alt text, creator or agency")
    ordering = ["-pk"]
    sortable_by = ()
    list_per_page = 24

    form = PhotoForm
    # The original has no address a link could lead to.
    formfield_overrides = DeskAdmin.formfield_overrides | {FileField: {"widget": forms.FileInput}}
    readonly_fields = ["preview", "printed_line", "used_in"]
    fieldsets = [
        (None, {"fields": ["original", "preview", "focal_x", "focal_y", "printed_line"]}),
        (_("What it shows"), {"fields": ["caption", "alt", "title"]}),
        (_("Whose it is"), {"fields": ["creator", "creator_url", "agency", "source_url"]}),
        (
            _("Rights"),
            {"fields": ["licence", "modification", "usable_from", "usable_until", "restrictions"]},
        ),
        (_("Used in"), {"fields": ["used_in"]}),
    ]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A photo that readers get is changed by those who publish or who run the library."""
        if not super().has_change_permission(request, obj):
            return False
        if obj is None or not obj.publication_uses.exists():
            return True
        return request.user.has_perm("articles.publish_article") or request.user.has_perm(
            "articles.delete_photo"
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Photo]:
        return super().get_queryset(request).prefetch_related("renditions")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        return without_links(field) if db_field.name == "licence" else field

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None:  # Nothing to preview yet.
            first, *others = fieldsets
            return [(first[0], {"fields": ["original", "focal_x", "focal_y"]}), *others[:-1]]
        return fieldsets

    # The list

    @admin.display(description=_("picture"))
    def thumbnail(self, photo: Photo) -> str:
        size = thumbnail_of(photo)
        if size is None:
            return str(_("no picture"))
        return format_html(
            '<img class="thumbnail" src="{}" alt="{}" width="{}" height="{}" loading="lazy">',
            size.file.url,
            photo.alt,
            size.width_px,
            size.height_px,
        )

    @admin.display(description=_("photo"))
    def title_or_caption(self, photo: Photo) -> str:
        return str(photo)

    @admin.display(description=_("credit"))
    def credit_line(self, photo: Photo) -> str:
        return credit_of(photo).agents_text or str(_("none yet"))

    @admin.display(description=_("rights"))
    def rights(self, photo: Photo) -> str:
        if photo.is_usable and photo.usable_until:
            day = timezone.localtime(photo.usable_until)
            return str(_("until %(day)s") % {"day": f"{day:%Y-%m-%d}"})
        if photo.is_usable:
            return str(_("in force"))
        is_over = photo.usable_until is not None and photo.usable_until <= timezone.now()
        return format_html(
            '<span class="standing standing-withdrawn">{}</span>',
            _("ended") if is_over else _("not yet"),
        )

    # The form

    @admin.display(description=_("as it is"))
    def preview(self, photo: Photo) -> str:
        size = thumbnail_of(photo)
        if size is None:
            return str(_("There is no sized copy yet."))
        return format_html(
            '<span class="focal-picture">'
            '<img class="preview" src="{}" alt="{}" width="{}" height="{}"></span>'
            "<p>{} × {} px</p><p>{}</p>",
            size.file.url,
            photo.alt,
            size.width_px,
            size.height_px,
            photo.width_px,
            photo.height_px,
            _("Click on what must not be cropped away."),
        )

    @admin.display(description=_("printed line"))
    def printed_line(self, photo: Photo) -> str:
        """What readers get under the photo, and what keeps it from being printed."""
        problems = format_html_join("", "<li>{}</li>", ((text,) for text in photo_problems(photo)))
        return format_html(
            '<p class="printed-line">{}</p>{}',
            str(credit_of(photo)) or _("Nothing yet."),
            format_html('<ul class="errorlist">{}</ul>', problems) if problems else "",
        )

    @admin.display(description=_("used in"))
    def used_in(self, photo: Photo) -> str:
        """Stories with this lead photo or published with it, and authors it portrays."""
        stories = Article.objects.filter(
            Q(lead_photo=photo) | Q(publication__photo_uses__photo=photo)
        ).with_standing()
        rows = [
            (reverse("admin:articles_article_change", args=[story.pk]), story, story.standing)
            for story in stories.distinct()[:USES_SHOWN]
        ] + [
            (reverse("admin:articles_author_change", args=[author.pk]), author, _("author"))
            for author in Author.objects.filter(photo=photo)[:USES_SHOWN]
        ]
        if not rows:
            return str(_("Not used yet, save perhaps in the text of a draft."))
        links = format_html_join("", '<li><a href="{}">{}</a> ({})</li>', rows)
        return format_html('<ul class="uses">{}</ul>', links)

    def get_deleted_objects(
        self, objs: Sequence[Any] | QuerySet[Any], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Also protect photos that only the text of a story on the desk shows."""
        related, counts, missing, protected = super().get_deleted_objects(objs, request)
        for photo in objs:
            in_text = f'<figure data-photo="{photo.pk}"'
            for story in Article.objects.filter(body__contains=in_text)[:USES_SHOWN]:
                url = reverse("admin:articles_article_change", args=[story.pk])
                words = gettext("Text of the story")
                protected.append(format_html('{}: <a href="{}">{}</a>', words, url, story))
        return related, counts, missing, protected

    class Media:
        js = ["articles/focal-point.js"]

    # For the editor and the chooser

    def get_urls(self) -> list[URLPattern]:
        card = self.admin_site.admin_view(self.card_view)
        return [
            path("<int:number>/card/", card, name="articles_photo_card"),
            *super().get_urls(),
        ]

    def card_view(self, request: HttpRequest, number: int) -> JsonResponse:
        """What the forms show of a photo: thumbnail, printed line, what is wrong with it."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        photo = get_object_or_404(self.get_queryset(request).select_related("licence"), pk=number)
        response = JsonResponse(
            {
                "thumbnail": thumbnail_url(photo),
                "alt": photo.alt,
                "line": str(credit_of(photo)),
                "problems": [str(sentence) for sentence in photo_problems(photo)],
            }
        )
        response["Cache-Control"] = "no-store"
        return response
