"""Many photos at once: taken in one by one, then credited together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Exists, OuterRef, QuerySet
from django.forms import BaseModelFormSet, modelformset_factory
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from articles import images, photo_metadata
from articles.models import Licence, Photo, PublicationPhoto
from articles.models.photo import content_hash_of

from .photo_form import (
    SAME_SHOWN,
    CreditForm,
    field_labels,
    known_licence,
    same_in_words,
    with_demands,
    with_https,
)
from .thumbnails import card_of, thumbnail_of

if TYPE_CHECKING:
    from .photo import PhotoAdmin

AT_ONCE = 40  # Photos in one form; the rest follow in the next.
MOST = 200
FOR_ALL = ["creator", "agency", "source_url", "licence"]


@dataclass
class Outcome:
    """What became of one file: a new photo, or photos that are the same picture, or errors."""

    name: str
    photo: Photo | None = None
    same: list[Photo] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "photo": card_of(self.photo) if self.photo else None,
            "same": [card_of(photo) for photo in self.same],
            "errors": self.errors,
            "said": said_of(self.photo.file_says) if self.photo else [],
        }


def take_in(upload: UploadedFile, *, anyway: bool) -> Outcome:
    """Make a photo of one file, with what the file says of itself.

    A picture that is in the library is not taken in again, unless `anyway`.
    """
    outcome = Outcome(str(upload.name))
    if not anyway:
        outcome.same = same_as(upload)
        if outcome.same:
            return outcome
    photo = Photo(original=upload)
    fill_in(photo, photo_metadata.read(upload))
    try:
        photo.save()
    except ValidationError as refusal:
        outcome.errors = refusal.messages
    else:
        outcome.photo = photo
    return outcome


def same_as(upload: UploadedFile) -> list[Photo]:
    """Photos of the library that were made from the same file."""
    if not upload.size or upload.size > images.MAXIMUM_BYTES:
        return []
    same = Photo.objects.with_content(content_hash_of(upload)).select_related("licence")
    return list(same.prefetch_related("renditions")[:SAME_SHOWN])


def fill_in(photo: Photo, told: photo_metadata.Told) -> None:
    """Set the fields of a new photo to what its file says."""
    said = photo_metadata.values_of(told)
    code = said.pop("licence", "")
    for name, value in said.items():
        setattr(photo, name, value)
    if code:
        photo.licence = known_licence(code, said)


def said_of(told: photo_metadata.Told) -> list[str]:
    """What a person should know of what a file says, the licence it names included."""
    sentences = photo_metadata.sentences_of(told, field_labels())
    if told.get("licence"):
        code = told["licence"][0][1]
        sentences.append(gettext("The file says its licence is %(code)s.") % {"code": code})
    return sentences


# The pages


def upload_view(model_admin: PhotoAdmin, request: HttpRequest) -> HttpResponse:
    """Take in the files of a form, or one file for a script, which gets the outcome as JSON."""
    if not model_admin.has_add_permission(request):
        raise PermissionDenied
    uploads = request.FILES.getlist("pictures")
    if request.method == "POST":
        anyway = request.POST.get("anyway") == "1"
        if request.headers.get("Accept") == "application/json":
            return _answer(uploads, anyway=anyway)
        if uploads:
            return _taken_in(request, [take_in(upload, anyway=anyway) for upload in uploads])
        messages.error(request, gettext("Choose at least one picture."))
    context = model_admin.admin_site.each_context(request) | {
        "opts": model_admin.opts,
        "title": gettext("Upload photos"),
        "most": MOST,
        "megabytes": images.MAXIMUM_BYTES // 1_000_000,
        "formats": ["JPEG", "PNG", "WebP", "AVIF", "TIFF"],
    }
    return TemplateResponse(request, "admin/articles/photo/upload.html", context)


def _answer(uploads: list[UploadedFile], *, anyway: bool) -> JsonResponse:
    if len(uploads) == 1:
        outcome = take_in(uploads[0], anyway=anyway)
    else:
        outcome = Outcome("", errors=[gettext("Send one picture at a time.")])
    return _unstored(outcome.as_json())


def _taken_in(request: HttpRequest, outcomes: list[Outcome]) -> HttpResponse:
    """Lead on to the form for what was taken in; what was not is named."""
    for outcome in outcomes:
        for error in outcome.errors:
            messages.error(request, f"“{outcome.name}”: {error}")
        if outcome.same:
            messages.warning(
                request, format_html("“{}”: {}", outcome.name, same_in_words(outcome.same))
            )
    photos = [outcome.photo for outcome in outcomes if outcome.photo]
    if not photos:
        return HttpResponseRedirect(reverse("admin:articles_photo_upload"))
    return HttpResponseRedirect(complete_address([photo.pk for photo in photos]))


def complete_address(numbers: list[int]) -> str:
    """Where the photos of these numbers are completed."""
    listed = ",".join(map(str, numbers))
    return f"{reverse('admin:articles_photo_complete')}?photos={listed}"


def read_view(model_admin: PhotoAdmin, request: HttpRequest) -> HttpResponse:
    """What a file says of itself, and whether it is in the library; nothing is stored."""
    if not (model_admin.has_add_permission(request) or model_admin.has_change_permission(request)):
        raise PermissionDenied
    upload = request.FILES.get("original")
    if request.method != "POST" or upload is None:
        return HttpResponse(status=400)
    told = photo_metadata.read(upload)
    return _unstored(
        {
            "values": photo_metadata.values_of(told),
            "said": said_of(told),
            "same": [card_of(photo) for photo in same_as(upload)],
        }
    )


def _unstored(answer: dict[str, Any]) -> JsonResponse:
    response = JsonResponse(answer)
    response["Cache-Control"] = "no-store"
    return response


class DetailsForm(CreditForm):
    """What has to be known of a photo before it is printed."""

    class Meta:
        model = Photo
        fields = ["caption", "alt", "creator", "agency", "source_url", "licence"]
        widgets = {"caption": forms.Textarea(attrs={"rows": 2})}
        formfield_callback = with_https


class ForAllForm(forms.ModelForm):
    """What is the same for all photos of an upload."""

    is_for_all = forms.BooleanField(
        label=_("Also where something else stands below"), required=False
    )

    class Meta:
        model = Photo
        fields = FOR_ALL
        formfield_callback = with_https

    def clean(self) -> dict[str, Any]:
        return self.cleaned_data

    def _post_clean(self) -> None:
        """What is typed here belongs to other photos, each of which is checked as a whole."""


def complete_view(model_admin: PhotoAdmin, request: HttpRequest) -> HttpResponse:
    """Caption, alt text, credit and licence of the photos named in the address, in one form."""
    numbers = _numbers(request.GET.get("photos", ""))
    photos = _changeable(model_admin, request).filter(pk__in=numbers[:AT_ONCE])
    licences = list(Licence.objects.all())
    for_all = ForAllForm(request.POST or None, prefix="all")
    with_demands(for_all.fields["licence"], licences)
    formset = _formset(request, photos.order_by("pk"), licences, for_all)
    if request.method == "POST" and formset.is_valid() and for_all.is_valid():
        formset.save()
        return _completed(request, formset, numbers)
    context = model_admin.admin_site.each_context(request) | {
        "opts": model_admin.opts,
        "title": gettext("Complete the photos"),
        "for_all": for_all,
        "formset": formset,
        "rows": [
            {
                "form": form,
                "photo": form.instance,
                "thumbnail": thumbnail_of(form.instance),
                "said": said_of(form.instance.file_says),
            }
            for form in formset.forms
        ],
        "left": max(len(numbers) - AT_ONCE, 0),
    }
    return TemplateResponse(request, "admin/articles/photo/complete.html", context)


def _numbers(listed: str) -> list[int]:
    parts = [part for part in listed.split(",")[:MOST] if part.isascii() and part.isdigit()]
    return list(dict.fromkeys(int(part) for part in parts if len(part) < 16))


def _changeable(model_admin: PhotoAdmin, request: HttpRequest) -> QuerySet[Photo]:
    """The photos this person may change; `PhotoAdmin.has_change_permission` says so of one."""
    if not model_admin.has_change_permission(request):
        raise PermissionDenied
    photos = model_admin.get_queryset(request)
    if model_admin.may_change_public_photos(request):
        return photos
    return photos.exclude(Exists(PublicationPhoto.objects.filter(photo=OuterRef("pk"))))


def _of_those_there(request: HttpRequest, photos: QuerySet[Photo]) -> QueryDict:
    """What was sent, without the rows of photos that are gone or out of reach meanwhile."""
    sent, data = request.POST, request.POST.copy()
    there = {str(number) for number in photos.values_list("pk", flat=True)}
    named = [number for number in range(AT_ONCE) if sent.get(f"form-{number}-id")]
    rows = [number for number in named if sent[f"form-{number}-id"] in there]
    for place, number in enumerate(rows):
        for name in ["id", *DetailsForm.Meta.fields]:
            data[f"form-{place}-{name}"] = sent.get(f"form-{number}-{name}", "")
    data["form-TOTAL_FORMS"] = data["form-INITIAL_FORMS"] = str(len(rows))
    if len(rows) < len(named):
        messages.warning(request, gettext("Photos that are no longer there were left out."))
    return data


def _formset(
    request: HttpRequest, photos: QuerySet[Photo], licences: list[Licence], for_all: ForAllForm
) -> BaseModelFormSet[Photo, Any]:
    formset_class = modelformset_factory(Photo, form=DetailsForm, extra=0, max_num=AT_ONCE)
    data = _of_those_there(request, photos) if request.method == "POST" else None
    if data is not None and for_all.is_valid():
        overrides = for_all.cleaned_data["is_for_all"]
        for position in range(AT_ONCE):
            for name in FOR_ALL:
                key = f"form-{position}-{name}"
                shared = str(data.get(f"all-{name}", "")).strip()
                if shared and key in data and (overrides or not str(data[key]).strip()):
                    data[key] = shared
    formset = formset_class(data, queryset=photos)
    for form in formset.forms:
        field = with_demands(form.fields["licence"], licences)
        said = form.instance.file_says.get("licence")
        if (
            data is None
            and said
            and form.instance.licence_id is None
            and said[0][1] in dict(field.choices)
        ):
            form.initial["licence"] = said[0][1]
    return formset


def _completed(
    request: HttpRequest, formset: BaseModelFormSet[Photo, Any], numbers: list[int]
) -> HttpResponse:
    count = len(formset.forms)
    said = ngettext("%(count)s photo is saved.", "%(count)s photos are saved.", count)
    messages.success(request, said % {"count": count})
    if numbers[AT_ONCE:]:
        return HttpResponseRedirect(complete_address(numbers[AT_ONCE:]))
    return HttpResponseRedirect(reverse("admin:articles_photo_changelist"))
