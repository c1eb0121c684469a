"""The library of photos: whose they are, what they show, where they are used."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import FileField, QuerySet
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.credit import credit_of
from articles.models import Licence, Photo, Rendition
from articles.publishing import photo_problems

from . import photo_upload
from .desk import DeskAdmin, signed_in, without_links
from .filters import RightsFilter
from .photo_filters import AgencyFilter, UseFilter
from .photo_form import PhotoForm, field_labels, with_demands
from .photo_uses import uses_of
from .thumbnails import card_of, jpegs_of, thumbnail_of

PREVIEW_WIDTH_PX = 800
CROPS = [Rendition.Crop.CARD, Rendition.Crop.SQUARE]


@admin.register(Photo)
class PhotoAdmin(DeskAdmin):
    list_display = ["thumbnail", "title_or_caption", "credit_line", "licence", "rights", "lacking"]
    list_display_links = ["thumbnail", "title_or_caption"]
    list_filter = [
        RightsFilter,
        UseFilter,
        AgencyFilter,
        ("licence", admin.RelatedOnlyFieldListFilter),
    ]
    search_fields = ["caption", "title", "creator", "agency", "keywords"]
    search_help_text = _("Words of title, caption, alt text, keywords, creator or agency")
    ordering = ["-pk"]
    sortable_by = ()
    list_per_page = 24

    form = PhotoForm
    # The original has no address a link could lead to.
    formfield_overrides = DeskAdmin.formfield_overrides | {FileField: {"widget": forms.FileInput}}
    readonly_fields = ["preview", "printed_line", "said_by_the_file", "used_in"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    *("original", "is_read", "anyway", "preview", "focal_x", "focal_y"),
                    *("printed_line", "said_by_the_file"),
                ]
            },
        ),
        (_("What it shows"), {"fields": ["caption", "alt", "title", "keywords"]}),
        (
            _("Whose it is"),
            {"fields": ["creator", "creator_url", "agency", "source_url", "copyright_notice"]},
        ),
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
        if obj is None or not obj.is_published:
            return True
        return self.may_change_public_photos(request)

    def may_change_public_photos(self, request: HttpRequest) -> bool:
        return request.user.has_perm("articles.publish_article") or request.user.has_perm(
            "articles.delete_photo"
        )

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Photo | None:
        """The photo, which knows by whom: of its uses each person sees what they may know of."""
        photo = super().get_object(request, object_id, from_field)
        if photo is not None:
            photo.looked_at_by = signed_in(request)
        return photo

    def get_queryset(self, request: HttpRequest) -> QuerySet[Photo]:
        photos = super().get_queryset(request).select_related("licence")
        return photos.prefetch_related("renditions")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "licence":
            return with_demands(without_links(field), list(Licence.objects.all()))
        return field

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None:  # Nothing to preview yet.
            first, *others = fieldsets
            fields = ["original", "is_read", "anyway", "focal_x", "focal_y"]
            return [(first[0], {"fields": fields}), *others[:-1]]
        return fieldsets

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Photo], search_term: str
    ) -> tuple[QuerySet[Photo], bool]:
        """Photos found by the beginnings of their words, by an index of the words."""
        return queryset.found_by(search_term), False  # type: ignore[attr-defined]

    def save_model(self, request: HttpRequest, obj: Photo, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if form.taken and "_popup" not in request.POST:
            labels = field_labels()
            names = ", ".join(str(labels[name]) for name in form.taken)
            messages.info(request, gettext("Taken from the file: %(names)s.") % {"names": names})

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

    @admin.display(description=_("still missing"))
    def lacking(self, photo: Photo) -> str:
        """What keeps it from being printed; a photo that lacks nothing shows nothing."""
        problems = photo_problems(photo)
        if not photo.alt.strip():
            problems.append(gettext("It has no alt text."))
        return format_html_join("", '<span class="lacking">{}</span> ', ((it,) for it in problems))

    # The form

    @admin.display(description=_("as it is"))
    def preview(self, photo: Photo) -> str:
        sizes = [each for each in jpegs_of(photo) if each.width_px <= PREVIEW_WIDTH_PX]
        size = sizes[-1] if sizes else thumbnail_of(photo)
        if size is None:
            return str(_("There is no sized copy yet."))
        return format_html(
            '<span class="focal-picture">'
            '<img class="preview" src="{}" alt="{}" width="{}" height="{}"></span>'
            '<span class="focal-crops">{}</span>'
            "<p>{} × {} px</p><p>{}</p>",
            size.file.url,
            photo.alt,
            size.width_px,
            size.height_px,
            self._crops(photo),
            photo.width_px,
            photo.height_px,
            _("Click on what must not be cropped away, or move the point with the arrow keys."),
        )

    def _crops(self, photo: Photo) -> str:
        """The crops as they are; a script shows in their place what they would become."""
        crops = ((crop, thumbnail_of(photo, crop)) for crop in CROPS)
        return format_html_join(
            "",
            '<span class="crop crop-{}"><img src="{}" alt=""><span>{}</span></span>',
            ((crop, size.file.url, crop.label) for crop, size in crops if size is not None),
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

    @admin.display(description=_("in the file"))
    def said_by_the_file(self, photo: Photo) -> str:
        """Where the file disagrees with itself, what was cut, which licence it names."""
        sentences = photo_upload.said_of(photo.file_says)
        if not sentences:
            return str(_("Nothing else."))
        lines = format_html_join("", "<li>{}</li>", ((text,) for text in sentences))
        return format_html('<ul class="said">{}</ul>', lines)

    @admin.display(description=_("used in"))
    def used_in(self, photo: Photo) -> str:
        """Stories on the desk and before readers, live entries, and authors it portrays."""
        uses = uses_of(photo, photo.looked_at_by)  # type: ignore[attr-defined]
        if not uses:
            return str(_("Not used yet."))
        links = format_html_join(
            "",
            '<li><a href="{}">{}</a> ({})</li>',
            ((use.address, use.record, use.place) for use in uses),
        )
        return format_html('<ul class="uses">{}</ul>', links)

    class Media:
        js = [
            "articles/focal-point.js",
            "articles/photo-original.js",
            "articles/photo-licence.js",
            "articles/photo-search.js",
        ]

    # For the editor and the chooser

    def get_urls(self) -> list[URLPattern]:
        def page(view: Any) -> Any:
            return self.admin_site.admin_view(view)

        def own(view: Any) -> Any:
            return page(partial(view, self))

        return [
            path("<int:number>/card/", page(self.card_view), name="articles_photo_card"),
            path("upload/", own(photo_upload.upload_view), name="articles_photo_upload"),
            path("read/", own(photo_upload.read_view), name="articles_photo_read"),
            path("complete/", own(photo_upload.complete_view), name="articles_photo_complete"),
            *super().get_urls(),
        ]

    def card_view(self, request: HttpRequest, number: int) -> JsonResponse:
        """What the forms show of a photo: thumbnail, printed line, what is wrong with it."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        photo = get_object_or_404(self.get_queryset(request), pk=number)
        response = JsonResponse(card_of(photo))
        response["Cache-Control"] = "no-store"
        return response
