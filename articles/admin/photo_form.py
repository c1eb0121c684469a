"""The form of a photo: what its file says is filled in, what its licence demands is asked for."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles import photo_metadata
from articles.models import Licence, Photo
from articles.models.photo import content_hash_of

from .thumbnails import thumbnail_url

SAME_SHOWN = 3


def demands_of(licence: Licence) -> str:
    """What has to be filled in for a photo under `licence`, in a sentence."""
    about = {"licence": licence.code}
    if licence.demands_creator and licence.demands_source:
        return gettext("%(licence)s demands the creator's name and the source.") % about
    if licence.demands_creator:
        return gettext("%(licence)s demands the creator's name.") % about
    if licence.demands_source:
        return gettext("%(licence)s demands the source, and every photo a creator or agency.") % (
            about
        )
    return gettext("%(licence)s demands a creator or an agency.") % about


def demands_in_words() -> str:
    """What has to be filled in for any photo, whatever its licence."""
    return gettext(
        "Every photo needs a creator or an agency before it is published. Creative Commons"
        " licences (CC BY…) demand the creator's name and the source; OGL demands the creator's"
        " name. CC0, public domain, agency, own work and permission demand nothing more."
    )


def field_labels() -> dict[str, Any]:
    """By name, what the form calls the fields that a file may fill."""
    return {
        name: Photo._meta.get_field(name).verbose_name  # type: ignore[union-attr]
        for name in photo_metadata.LONGEST
    }


def with_demands(field: Any, licences: list[Licence]) -> Any:
    """The field of a licence, with what each demands for the script that says so."""
    field.choices = [("", "---------"), *((each.code, str(each)) for each in licences)]
    field.help_text = lazy(demands_in_words, str)()
    sentences = {each.code: demands_of(each) for each in licences}
    field.widget.attrs |= {"class": "licence-select", "data-demands": json.dumps(sentences)}
    return field


def with_https(db_field: Any, **kwargs: Any) -> Any:
    """The form's field for a column; an address typed without its scheme begins with https."""
    if isinstance(db_field, models.URLField):
        kwargs["assume_scheme"] = "https"
    return db_field.formfield(**kwargs)


class CreditForm(forms.ModelForm):
    """Whose a photo is; what its licence demands is asked for at the field that lacks it."""

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
        if self.instance.pk and self.instance.is_published:
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


class PhotoForm(CreditForm):
    """A photo of the library, with its file.

    A script reads the file as soon as it is chosen and fills the form, so that all is seen
    before it is saved. Without it, what the file says goes into the fields left empty.
    """

    is_read = forms.BooleanField(required=False, widget=forms.HiddenInput)
    anyway = forms.BooleanField(
        label=_("Upload the picture again"),
        required=False,
        help_text=_("Only for a picture that is in the library already."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.taken: list[str] = []  # The names of the fields that the file filled.

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        upload = values.get("original")
        if isinstance(upload, UploadedFile):
            if not values.get("is_read"):
                self._fill_in(values, photo_metadata.values_of(photo_metadata.read(upload)))
            if not values.get("anyway"):
                self._find_the_same(upload)
        return super().clean()

    def _fill_in(self, values: dict[str, Any], said: dict[str, Any]) -> None:
        for name, value in said.items():
            if name in self.fields and name not in self.errors and not values.get(name):
                if name == "licence":
                    value = known_licence(value, values)
                if value:
                    values[name] = value
                    self.taken.append(name)

    def _find_the_same(self, upload: UploadedFile) -> None:
        same = Photo.objects.with_content(content_hash_of(upload)).exclude(pk=self.instance.pk)
        photos = same.prefetch_related("renditions")[:SAME_SHOWN]
        if photos:
            self.add_error("original", same_in_words(list(photos)))


def known_licence(code: str, values: dict[str, Any]) -> Licence | None:
    """The licence a file names, if we have it and what it demands is there as well."""
    licence = Licence.objects.filter(pk=code).first()
    if licence is None:
        return None
    lacks_creator = licence.demands_creator and not values.get("creator")
    lacks_source = licence.demands_source and not values.get("source_url")
    return None if lacks_creator or lacks_source else licence


def same_in_words(photos: list[Photo]) -> SafeString:
    """That a picture is in the library, and as which photos; a script lets popups take one."""
    links = format_html_join(
        "",
        '<a class="same-photo" href="{}" data-number="{}"><img class="thumbnail" src="{}" alt="">'
        " {}</a>",
        (
            (
                reverse("admin:articles_photo_change", args=[photo.pk]),
                photo.pk,
                thumbnail_url(photo),
                gettext("Use it: %(photo)s") % {"photo": photo},
            )
            for photo in photos
        ),
    )
    return format_html(
        "{} {} {}",
        gettext("This picture is in the library already."),
        links,
        gettext("Or tick “Upload the picture again” and choose the file once more."),
    )
