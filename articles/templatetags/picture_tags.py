from typing import Any

from django import template

from articles.models import Photo
from articles.picture import Picture, picture_of

register = template.Library()


@register.inclusion_tag("articles/_picture.html")
def picture(
    photo: Photo,
    crop: str,
    sizes: str = "100vw",
    alt: str | None = None,
    priority: bool = False,
) -> dict[str, Any]:
    """The picture element of a photo, or nothing while it may not be shown.

    `sizes` says how wide it stands on the page; `alt` defaults to the photo's own text;
    `priority` is for the one picture a reader sees first.
    """
    return {
        "picture": picture_of(photo, crop),
        "sizes": sizes,
        "alt": photo.alt if alt is None else alt,
        "priority": priority,
    }


@register.simple_tag
def picture_file(photo: Photo, crop: str) -> Picture | None:
    """One picture for machines: `{% picture_file photo "full" as file %}`, then `file.url`."""
    return picture_of(photo, crop)
