"""A photo at the desk, small: its picture, its printed line, what is wrong with it."""

from typing import Any

from django.urls import reverse

from articles.credit import credit_of
from articles.models import Photo, Rendition
from articles.publishing import photo_problems

WIDTH_PX = 320


def jpegs_of(photo: Photo, crop: str = Rendition.Crop.FULL) -> list[Rendition]:
    """The JPEG sizes of one crop, the smallest first."""
    sizes = (
        size
        for size in photo.renditions.all()
        if (size.crop, size.format) == (crop, Rendition.Format.JPEG)
    )
    return sorted(sizes, key=lambda size: size.width_px)


def thumbnail_of(photo: Photo, crop: str = Rendition.Crop.FULL) -> Rendition | None:
    """The smallest JPEG that is wide enough, or else the widest; None without sizes."""
    sizes = jpegs_of(photo, crop)
    wide_enough = [size for size in sizes if size.width_px >= WIDTH_PX]
    return wide_enough[0] if wide_enough else (sizes[-1] if sizes else None)


def thumbnail_url(photo: Photo) -> str:
    """The address of its thumbnail; "" without sizes."""
    size = thumbnail_of(photo)
    return size.file.url if size else ""


def card_of(photo: Photo) -> dict[str, Any]:
    """What scripts show of a photo; two queries unless licence and sizes are loaded."""
    return {
        "number": photo.pk,
        "name": str(photo),
        "address": reverse("admin:articles_photo_change", args=[photo.pk]),
        "thumbnail": thumbnail_url(photo),
        "alt": photo.alt,
        "line": str(credit_of(photo)),
        "problems": [str(sentence) for sentence in photo_problems(photo)],
    }
