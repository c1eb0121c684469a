"""Fields of the desk's forms: tags by typing, photos by looking, records by searching."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.contrib.admin.sites import AdminSite
from django.contrib.admin.widgets import AutocompleteSelect, ForeignKeyRawIdWidget
from django.core.exceptions import ValidationError
from django.db.models import ForeignKey, Model, prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from articles.models import Photo, Tag, TagAlias
from articles.pagination import NUMBER

from .thumbnails import thumbnail_url


class KnownAutocomplete(AutocompleteSelect):
    """An autocomplete that does not ask the database again for a record the form has loaded.

    Nor for what is no number at all: the form is shown again with nothing chosen.
    """

    known: Model | None = None

    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> list[Any]:
        known = self.known
        if known is None or list(value) != [str(known.pk)]:
            numbers = [key for key in value if key == "" or NUMBER.fullmatch(key)]
            return super().optgroups(name, numbers, attr)
        options = [self.create_option(name, known.pk, str(known), True, 0)]
        if not self.is_required:
            options.insert(0, self.create_option(name, "", "", False, 0))
        return [(None, options, 0)]


class ColleagueInput(KnownAutocomplete):
    """Whoever works at the desk, by name; no permission to see accounts is needed."""

    def get_url(self) -> str:
        return reverse("admin:articles_article_colleagues")


class TagsInput(forms.SelectMultiple):
    """Tags by their names: known ones are completed, others are made when the form is saved."""

    def build_attrs(
        self, base_attrs: dict[str, Any], extra_attrs: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        return super().build_attrs(base_attrs, extra_attrs) | {
            "class": "tags-input",
            "data-ajax--url": reverse("admin:articles_article_tags"),
            "data-ajax--delay": 250,
            "data-ajax--cache": "true",
            "data-tags": "true",
            "data-theme": "admin-autocomplete",
            "data-placeholder": "",
        }

    def optgroups(self, name: str, value: list[str], attrs: Any = None) -> list[Any]:
        options = [
            self.create_option(name, tag, tag, selected=True, index=index)
            for index, tag in enumerate(value)
        ]
        return [(None, options, 0)]

    @property
    def media(self) -> forms.Media:
        select2 = AutocompleteSelect(None, None).media  # type: ignore[arg-type]
        scripts = [*select2._js, "articles/tags-input.js"]  # type: ignore[attr-defined]
        return forms.Media(css=select2._css, js=scripts)  # type: ignore[attr-defined]


class TagsField(forms.Field):
    """Names of tags; one may hold a comma, and another name of a tag means that tag."""

    widget = TagsInput

    def __init__(self, *, may_add: bool = True, **kwargs: Any) -> None:
        self.may_add = may_add
        super().__init__(**kwargs)

    def prepare_value(self, value: Iterable[Tag | str] | None) -> list[str]:
        return [str(tag) for tag in value or []]

    def to_python(self, value: list[str] | None) -> list[str]:
        names: dict[str, str] = {}
        for name in value or []:
            name = " ".join(name.replace("\x00", "").split())
            if name:
                names.setdefault(name.casefold(), name)
        return list(names.values())

    def clean(self, value: list[str] | None) -> list[str]:
        typed = self.to_python(value)
        meant = TagAlias.objects.meant_by(typed)
        names = [meant[name.lower()].name if name.lower() in meant else name for name in typed]
        return super().clean(names)

    def validate(self, value: list[str]) -> None:
        super().validate(value)
        longest = Tag._meta.get_field("name").max_length or 0
        for name in value:
            if len(name) > longest:
                raise ValidationError(
                    _("“%(name)s…” is too long for a tag; at most %(longest)s characters."),
                    params={"name": name[:30], "longest": longest},
                )
            if not self.may_add and not Tag.objects.filter(name__iexact=name).exists():
                raise ValidationError(
                    _("There is no tag “%(name)s”. Choose one from the list."),
                    params={"name": name},
                )

    def has_changed(self, initial: Iterable[Tag | str] | None, data: list[str] | None) -> bool:
        return sorted(self.prepare_value(initial)) != sorted(self.to_python(data))


class PhotoChooser(ForeignKeyRawIdWidget):
    """The number of a photo, chosen in the library or uploaded there, with its thumbnail."""

    template_name = "admin/articles/photo_chooser.html"
    known: Photo | None = None  # What the form has loaded already.

    def __init__(self, field: ForeignKey, admin_site: AdminSite, *, may_add: bool) -> None:
        super().__init__(field.remote_field, admin_site)
        self.may_add = may_add

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        photo = self.known
        if photo is not None and str(value) == str(photo.pk):
            prefetch_related_objects([photo], "renditions")
        elif NUMBER.fullmatch(str(value or "")):
            photo = Photo.objects.prefetch_related("renditions").filter(pk=int(value)).first()
        else:
            photo = None
        context |= {
            "photo": photo,
            "thumbnail_url": thumbnail_url(photo) if photo else "",
            "library_url": reverse("admin:articles_photo_changelist"),
            "may_add": self.may_add,
        }
        return context

    def label_and_url_for_value(self, value: Any) -> tuple[str, str]:
        return "", ""  # The template shows the photo itself.

    class Media:
        js = ["admin/js/jquery.init.js", "articles/photo-chooser.js"]
