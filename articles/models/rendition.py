from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from .photo import Photo


class Rendition(models.Model):
    """One sized copy of a photo; its file's name carries a hash of its content."""

    class Crop(models.TextChoices):
        FULL = "full", _("uncropped")
        CARD = "card", _("3:2 round the focal point")
        SQUARE = "square", _("square round the focal point")
        SHARE = "share", _("1200 × 630 round the focal point, for links elsewhere")

    class Format(models.TextChoices):
        AVIF = "avif"
        WEBP = "webp"
        JPEG = "jpeg"

    photo = models.ForeignKey("articles.Photo", models.CASCADE, related_name="renditions")
    crop = models.CharField(max_length=6, choices=Crop)
    format = models.CharField(max_length=4, choices=Format)
    width_px = models.PositiveIntegerField()
    height_px = models.PositiveIntegerField()
    file = models.FileField(max_length=200)
    size_bytes = models.PositiveIntegerField()

    class Meta:
        ordering = ["photo", "crop", "format", "width_px"]
        verbose_name = _("rendition")
        verbose_name_plural = _("renditions")
        constraints = [
            models.UniqueConstraint(
                name="rendition_exists_once", fields=["photo", "crop", "format", "width_px"]
            )
        ]

    def __str__(self) -> str:
        return self.file.name or ""


class Size(NamedTuple):
    """What a page needs to know of a rendition."""

    crop: str
    format: str
    width_px: int
    height_px: int
    file: str


class Loaded(NamedTuple):
    photo: int
    sizes: list[Size]


class SizesDescriptor:
    """The sized copies of a photo as pages need them: plain values, for a page shows hundreds.

    `prefetch_related("sizes")` loads those of many photos in one query.
    """

    def __get__(self, photo: Photo | None, owner: type[Photo]) -> Any:
        if photo is None:
            return self
        if self.is_cached(photo):
            return photo.__dict__["_loaded_sizes"].sizes
        return [Size(*row) for row in photo.renditions.values_list(*Size._fields)]

    def is_cached(self, photo: Photo) -> bool:
        return "_loaded_sizes" in photo.__dict__

    def get_prefetch_querysets(
        self, photos: Iterable[Photo], querysets: list[models.QuerySet[Rendition]] | None = None
    ) -> tuple[Any, ...]:
        """What Django asks of whatever `prefetch_related` is to load."""
        loaded = {photo.pk: Loaded(photo.pk, []) for photo in photos}
        rows = Rendition.objects.filter(photo__in=loaded).order_by()
        for number, *row in rows.values_list("photo", *Size._fields):
            loaded[number].sizes.append(Size(*row))
        is_one_for_each = True
        return (
            loaded.values(),
            lambda found: found.photo,
            lambda photo: photo.pk,
            is_one_for_each,
            "_loaded_sizes",
            True,
        )


MODERN_FORMATS = [Rendition.Format.AVIF, Rendition.Format.WEBP]
